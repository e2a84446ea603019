/** Runs in the browser: fetches what may have changed. Like the one below it uses nothing but the page. */
function followAccount(): void {
  const live = document.getElementById('live');
  let shown = '';
  setInterval(async () => {
    if (live === null || document.hidden) return;
    const response = await fetch(live.dataset['url'] ?? '').catch(() => undefined);
    const markup = response?.ok ? await response.text() : shown;
    if (markup === shown) return;
    const before = [...live.querySelectorAll('.money')].map((balance) => balance.textContent);
    live.innerHTML = markup;
    for (const balance of live.querySelectorAll('.money')) {
      if (shown !== '' && !before.includes(balance.textContent)) balance.classList.add('changed');
    }
    shown = markup;
  }, 1000);
}

/** Shows and fills in proposed sums, which are of no use without it, and takes a comma for a point: some telephones have no other key. */
function helpWithSums(): void {
  for (const sums of document.querySelectorAll<HTMLElement>('.sums')) sums.hidden = false;
  for (const button of document.querySelectorAll<HTMLElement>('[data-sum]')) {
    button.addEventListener('click', () => {
      const field = button.closest('form')?.querySelector<HTMLInputElement>('input[name="sum"]');
      if (field) field.value = button.dataset['sum'] ?? '';
    });
  }
  for (const field of document.querySelectorAll<HTMLInputElement>('input[name="sum"]')) {
    field.addEventListener('input', () => {
      field.value = field.value.replace(',', '.');
    });
  }
}

/** The script of the landing page: the functions travel as their own source. */
export const LANDING_SCRIPT: string = `(${followAccount})();(${helpWithSums})();`;
