// One press of the button, one payment: a second one is let through only when the first seems to have come to nothing.
(() => {
  const GIVEN_UP_MS = 20_000;
  const button = document.getElementById('pp-pay');
  const label = button.textContent;
  let timer;

  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    button.textContent = label;
    button.removeAttribute('aria-disabled');
  };

  document.addEventListener('submit', (event) => {
    if (timer !== undefined) {
      event.preventDefault();
      return;
    }
    timer = setTimeout(release, GIVEN_UP_MS);
    button.textContent = button.dataset.busy;
    button.setAttribute('aria-disabled', 'true');
  });
  window.addEventListener('pageshow', (event) => event.persisted && release());
})();
