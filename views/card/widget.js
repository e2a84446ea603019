// One door to every generation of the widget: the current start(), the older pay(), the oldest charge() and auth().
(() => {
  /** The widget's class, once its script has run; each brand has a name of its own for it. */
  const findWidget = () => {
    const { cp, tiptop } = window;
    return [cp?.CloudPayments, tiptop?.Widget, tiptop?.CloudPayments, cp?.Widget].find((candidate) => typeof candidate === 'function');
  };

  /** A result in one word. What is not understood is 'unclear': only the server knows then. */
  const outcomeOf = (result) => {
    if (typeof result !== 'object' || result === null || result.isAwaitingResult === true) return 'unclear';
    const status = String(result.status ?? '').toLowerCase();
    const type = String(result.type ?? '').toLowerCase();
    if (status === 'success' || result.success === true) return 'success';
    if (status === 'cancel' || type === 'cancel') return 'cancelled';
    if (status === 'fail' || status === 'reject' || result.success === false) return 'declined';
    return type === 'error' ? 'interrupted' : 'unclear';
  };

  const startCurrent = (widget, intent, { progress, end }) => {
    let endsByPromise = false;
    widget.oncomplete = (result) => {
      const outcome = outcomeOf(result);
      // It also fires in between, when the payer goes back to the list of methods.
      if (outcome === 'cancelled' && !endsByPromise) end(outcome);
      else progress(outcome);
    };
    const ended = widget.start(intent);
    endsByPromise = typeof ended?.then === 'function';
    if (endsByPromise) {
      ended.then(
        (result) => end(outcomeOf(result)),
        () => end('interrupted'),
      );
    }
  };

  const startLegacy = (widget, { method, options }, { progress, end }) => {
    // Both may be handed a URL instead of an object, so their arguments are never followed.
    const onSuccess = () => end('success');
    const onFail = (reason) => end(/cancel/i.test(String(reason)) && !/^https?:/i.test(reason) ? 'cancelled' : 'declined');
    if (typeof widget.pay !== 'function') {
      widget[method](options, onSuccess, onFail);
      return;
    }
    const ended = widget.pay(method, options, { onSuccess, onFail, onComplete: (result) => progress(outcomeOf(result)) });
    ended?.catch?.(() => end('interrupted'));
  };

  // Widgets write into what they are given, and it is needed again for the next attempt.
  const copyOf = (json) => JSON.parse(JSON.stringify(json));

  const isLoaded = () => findWidget() !== undefined;

  /** Calls `progress(outcome)` while the widget is open and `ended(outcome)` once, when it is not any more. */
  const open = ({ intent, legacy, language }, { progress, ended }) => {
    let isOver = false;
    const hooks = {
      progress: (outcome) => {
        if (!isOver) progress(outcome);
      },
      end: (outcome) => {
        if (isOver) return;
        isOver = true;
        ended(outcome);
      },
    };
    try {
      const Widget = findWidget();
      const widget = new Widget({ language });
      if (typeof widget.start === 'function') startCurrent(widget, copyOf(intent), hooks);
      else startLegacy(widget, copyOf(legacy), hooks);
    } catch (error) {
      window.reportError?.(error);
      hooks.end('interrupted');
    }
  };

  window.cardPage = { ...window.cardPage, widget: { isLoaded, open } };
})();
