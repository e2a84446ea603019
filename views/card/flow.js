// What the widget says is only a hint: that a payment was made is known from the server's status alone.
(() => {
  const data = JSON.parse(document.getElementById('payment-data').textContent);
  const { widget, status } = window.cardPage;
  const screen = window.cardPage.screen.create(data);

  const WIDGET_LOAD_MS = 20_000;
  const FIRST_ANSWER_MS = 1_500;
  const RESULT_SHOWN_MS = 5_000;

  /** loading, open (the widget is), confirming, idle, review, done */
  let phase = 'loading';
  let phaseSince = Date.now();
  /** What the widget has said since it was opened. */
  let said = new Set();
  /** A status that ends the payment, seen while the widget was still open. */
  let settled;
  const timers = {};

  const after = (name, ms, act) => {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(act, ms);
  };

  const enter = (nextPhase, state, look) => {
    if (phase !== nextPhase) phaseSince = Date.now();
    phase = nextPhase;
    screen.show(state, look);
  };

  const pauseMs = () => {
    const age = Date.now() - phaseSince;
    if (phase === 'open') return said.has('success') ? 1_000 : 3_000;
    if (phase === 'confirming') return age < 30_000 ? 1_000 : age < 300_000 ? 5_000 : 15_000;
    return age < 120_000 ? 5_000 : 30_000;
  };
  const watcher = status.watch({ pauseMs, receive: (now) => receive(now) });
  const askBriefly = () => Promise.race([watcher.ask(), new Promise((resolve) => setTimeout(resolve, FIRST_ANSWER_MS))]);

  const finish = (result) => {
    watcher.isOver = true;
    for (const timer of Object.values(timers)) clearTimeout(timer);
    enter('done', result === 'authorized' ? 'reserved' : 'paid', { isReturning: data.successUrl !== undefined });
    if (data.successUrl === undefined) return;
    screen.offerSuccess();
    location.replace(data.successUrl);
  };

  const leave = async () => {
    if (data.failUrl === undefined) return;
    await askBriefly();
    if (phase === 'idle') location.assign(data.failUrl);
  };

  const decline = () => {
    enter('idle', 'declined', { isReturning: data.failUrl !== undefined });
    after('leave', RESULT_SHOWN_MS, leave);
  };

  const confirm = () => {
    const age = Date.now() - phaseSince;
    // After a success, "declined" is an earlier attempt's: the payer may have tried twice inside the widget.
    if (said.has('success')) enter('confirming', age > 30_000 ? 'waiting' : 'confirming');
    else enter('confirming', age > 15_000 ? 'unclear' : 'confirming');
  };

  const receive = (now) => {
    if (now === 'paid' || now === 'authorized') {
      if (phase !== 'open') finish(now);
      // The widget is showing its own result; it may also never report that it was closed.
      else if (settled === undefined) after('finish', RESULT_SHOWN_MS, () => finish(now));
      settled = now;
    } else if (now === 'review' && phase !== 'open') {
      enter('review', 'review');
    } else if (phase === 'confirming') {
      const isDeclined = now === 'declined' && !said.has('success') && Date.now() - phaseSince > 5_000;
      if (isDeclined) decline();
      else confirm();
    }
  };

  const widgetProgressed = (outcome) => {
    said.add(outcome);
    if (outcome !== 'success') return;
    status.remember({ url: watcher.url, hasSucceeded: true });
    watcher.ask();
  };

  const widgetEnded = (outcome) => {
    if (phase !== 'open') return;
    if (outcome === 'success') widgetProgressed(outcome);
    if (settled !== undefined) finish(settled);
    else if (said.has('success') || outcome === 'unclear') enter('confirming', 'confirming');
    else if (outcome === 'declined') decline();
    else if (outcome === 'cancelled' && said.has('declined')) {
      enter('idle', 'declined');
      leave();
    } else enter('idle', outcome);
    watcher.ask();
  };

  const openWidget = () => {
    clearTimeout(timers.leave);
    said = new Set();
    settled = undefined;
    watcher.url = data.statusUrl;
    enter('open', 'open');
    status.remember({ url: watcher.url, hasSucceeded: false });
    watcher.ask();
    widget.open({ ...data, language: data.lang === 'ru' ? 'ru-RU' : 'en-US' }, { progress: widgetProgressed, ended: widgetEnded });
  };

  const widgetMissing = () => {
    if (phase === 'loading') enter('loading', 'unavailable');
  };

  const loadWidgetAgain = () => {
    const failed = document.getElementById('pp-widget');
    const script = document.createElement('script');
    Object.assign(script, { id: failed.id, src: failed.src, nonce: failed.nonce, async: true });
    enter('loading', 'loading');
    after('load', WIDGET_LOAD_MS, widgetMissing);
    failed.replaceWith(script);
  };

  // A reload may make a new payment on the server: one that may have been paid already is not to be paid twice.
  const earlier = status.recall();
  const askFirst = async () => {
    watcher.url = earlier?.url ?? data.statusUrl;
    await askBriefly();
    if (phase !== 'loading' || earlier?.hasSucceeded !== true) return;
    said.add('success');
    enter('confirming', 'confirming');
    watcher.ask();
  };
  const asked = askFirst();

  const widgetLoaded = async () => {
    if (!widget.isLoaded()) return widgetMissing();
    await asked;
    if (phase !== 'loading') return;
    if (earlier === undefined) openWidget();
    else enter('idle', 'ready');
  };

  // In the capture phase: these events do not bubble, and they may come before anything can be attached to the script itself.
  document.addEventListener('load', (event) => event.target.id === 'pp-widget' && widgetLoaded(), true);
  document.addEventListener('error', (event) => event.target.id === 'pp-widget' && widgetMissing(), true);
  document.addEventListener('visibilitychange', () => document.hidden || watcher.ask());
  window.addEventListener('pageshow', (event) => event.persisted && watcher.ask());
  screen.pay.addEventListener('click', () => {
    if (!screen.canPay) return;
    if (widget.isLoaded()) openWidget();
    else loadWidgetAgain();
  });
  after('load', WIDGET_LOAD_MS, widgetMissing);
})();
