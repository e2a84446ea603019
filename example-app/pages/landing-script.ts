/** Runs in the browser: fetches what may have changed, and fills sums in. It uses nothing but the page. */
function followAccount(): void {
  const live = document.getElementById('live');
  let shown = '';
  setInterval(async () => {
    if (live === null || document.hidden) return;
    const response = await fetch(live.dataset['url'] ?? '').catch(() => undefined);
    const markup = response?.ok ? await response.text() : shown;
    if (markup === shown) return;
    const before = document.getElementById('balance')?.textContent;
    live.innerHTML = markup;
    const balance = document.getElementById('balance');
    if (shown !== '' && balance?.textContent !== before) balance?.classList.add('changed');
    shown = markup;
  }, 1000);
  for (const button of document.querySelectorAll<HTMLElement>('[data-sum]')) {
    button.addEventListener('click', () => {
      const field = document.querySelector<HTMLInputElement>('input[name="sum"]');
      if (field !== null) field.value = button.dataset['sum'] ?? '';
    });
  }
}

/** The script of the landing page: the function travels as its own source. */
export const LANDING_SCRIPT: string = `(${followAccount})();`;
