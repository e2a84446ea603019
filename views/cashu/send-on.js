// Presses the button for the payer, unless they have come back onto this page.
(() => {
  const data = JSON.parse(document.getElementById('page-data').textContent);
  const form = document.getElementById('pp-form');
  const KEY = `sent on ${location.pathname}`;

  const wasSentOn = () => {
    try {
      return sessionStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  };

  const remember = () => {
    try {
      sessionStorage.setItem(KEY, 'yes');
    } catch {
      // Storage is off: then how the page was come to has to be enough.
    }
  };

  /** By "back", by a reload, or from the place they were sent to: whoever was sent on once decides for themselves. */
  const hasComeBack = () => {
    const [navigation] = performance.getEntriesByType('navigation');
    if (navigation?.type === 'back_forward') return true;
    const isFromOwnPage = document.referrer.startsWith(`${location.origin}/`);
    return wasSentOn() && (navigation?.type === 'reload' || !isFromOwnPage);
  };

  const show = (state, tone, { title, text }) => {
    const main = document.getElementById('pp-main');
    main.dataset.state = state;
    main.dataset.tone = tone;
    document.getElementById('pp-state-title').textContent = title;
    document.getElementById('pp-state-text').textContent = text;
  };

  const ready = {
    title: document.getElementById('pp-state-title').textContent,
    text: document.getElementById('pp-state-text').textContent,
  };
  window.addEventListener('pageshow', (event) => event.persisted && show('ready', 'calm', ready));
  if (hasComeBack()) return;
  remember();
  show('going', 'busy', data.going);
  // A field may be named "submit", and would then hide the form's own method.
  HTMLFormElement.prototype.submit.call(form);
})();
