// Asks the server what became of the payment, and remembers over a reload which payment that was.
(() => {
  /** `pauseMs()` until the next question; `receive(status)` gets "pending" where no answer came: the next round asks again. */
  const watch = ({ pauseMs, receive }) => {
    const watcher = { url: undefined, isOver: false, ask: undefined };
    let asking;
    let timer;

    const read = async () => {
      try {
        const signal = AbortSignal.timeout?.(10_000);
        const response = await fetch(watcher.url, { headers: { accept: 'application/json' }, cache: 'no-store', signal });
        return response.ok ? (await response.json()).status : 'pending';
      } catch {
        return 'pending';
      }
    };

    const round = async () => {
      const { url } = watcher;
      const status = await read();
      asking = undefined;
      // Meanwhile the page may have turned to another payment.
      if (!watcher.isOver && url === watcher.url) receive(status);
      if (!watcher.isOver) timer = setTimeout(watcher.ask, pauseMs());
    };

    watcher.ask = () => {
      clearTimeout(timer);
      if (!watcher.isOver) asking ??= round();
      return asking;
    };
    return watcher;
  };

  const KEY = `payment ${location.pathname}${location.search}`;

  const remember = (payment) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(payment));
    } catch {
      // Storage is off: nothing to remember with.
    }
  };

  /** The payment begun before this page was reloaded or come back to; a fresh visit means a fresh payment. */
  const recall = () => {
    const [navigation] = performance.getEntriesByType('navigation');
    if (navigation?.type !== 'reload' && navigation?.type !== 'back_forward') return undefined;
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? undefined;
    } catch {
      return undefined;
    }
  };

  window.cardPage = { ...window.cardPage, status: { watch, remember, recall } };
})();
