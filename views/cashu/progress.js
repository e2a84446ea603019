// Follows the payment until there is something else to show; after the payment, takes the payer back to the site.
(() => {
  const { state, statusUrl, reloadUrl, successUrl, texts } = JSON.parse(document.getElementById('page-data').textContent);
  const status = document.getElementById('pp-status');
  const more = document.getElementById('pp-state-more');

  const FIRST_PAUSE_MS = 1_500;
  const LONGEST_PAUSE_MS = 10_000;
  const GROWTH = 1.25;
  const SLOW_AFTER_MS = 60_000;
  const FAILURES_SHOWN = 3;
  const THANKS_SHOWN_MS = 3_000;

  const say = (text) => {
    if (more.textContent === text) return;
    more.textContent = text;
    more.hidden = text === '';
  };

  const leaveForSite = () => {
    const [navigation] = performance.getEntriesByType('navigation');
    const stay = () => say('');
    // Who comes back to the thanks wants to see them, and has the button.
    if (navigation?.type === 'back_forward') return stay();
    const timer = setTimeout(() => location.replace(successUrl), THANKS_SHOWN_MS);
    window.addEventListener('pagehide', () => clearTimeout(timer));
    window.addEventListener('pageshow', (event) => event.persisted && stay());
  };

  const follow = () => {
    const startedAt = Date.now();
    let pauseMs = FIRST_PAUSE_MS;
    let failures = 0;
    let isLeaving = false;
    let isAsking = false;
    let timer;

    const read = async () => {
      try {
        const signal = AbortSignal.timeout?.(10_000);
        const response = await fetch(statusUrl, { headers: { accept: 'application/json' }, cache: 'no-store', signal });
        return response.ok ? await response.json() : undefined;
      } catch {
        return undefined;
      }
    };

    // The server may know less than this page does: that the payer came back is no news from CashU.
    const isNews = (answer) => {
      if (typeof answer?.state !== 'string') return false;
      if (answer.state === 'waiting') return state === 'waiting' ? answer.go === true : state !== 'returned';
      return answer.state !== state;
    };

    const leave = () => {
      isLeaving = true;
      // Not reload(): the next page tells by that whether the payer asked for it.
      location.replace(reloadUrl ?? location.href.split('#')[0]);
    };

    const round = async () => {
      isAsking = true;
      const answer = await read();
      isAsking = false;
      if (isLeaving) return;
      if (isNews(answer)) return leave();
      failures = answer === undefined ? failures + 1 : 0;
      const isSlow = (state === 'waiting' || state === 'returned') && Date.now() - startedAt > SLOW_AFTER_MS;
      say(failures >= FAILURES_SHOWN ? texts.offline : isSlow ? texts.slow : '');
      timer = setTimeout(ask, pauseMs);
      pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
    };

    const ask = () => {
      clearTimeout(timer);
      if (!isLeaving && !isAsking && !document.hidden) round();
    };

    document.addEventListener('visibilitychange', ask);
    window.addEventListener('online', ask);
    window.addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      isLeaving = false;
      ask();
    });
    timer = setTimeout(ask, pauseMs);
  };

  // A live region is read out when it changes, not when a page comes with it.
  setTimeout(() => status.prepend(...status.children), 250);
  if (successUrl !== undefined) leaveForSite();
  else if (statusUrl !== undefined) follow();
})();
