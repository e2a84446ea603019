import { browserScript } from './browser-script.ts';

/** Entry of the script of a control page: acts without leaving the page, and shows what has changed. */
function watchControls(): void {
  document.addEventListener('submit', (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    event.preventDefault();
    const body = new URLSearchParams([...new FormData(event.target)].map(([name, value]) => [name, String(value)]));
    // A field of the name "action" stands before the form's own property.
    fetch(event.target.getAttribute('action') ?? '', { method: 'POST', body, headers: { accept: 'application/json' } })
      .then(showAnswer)
      .then(refresh, () => undefined);
  });
  setInterval(() => {
    if (!document.hidden) refresh().catch(() => undefined);
  }, 1000);
}

async function showAnswer(response: Response): Promise<void> {
  if (response.ok) return;
  const answer: { readonly error?: string } = await response.json();
  window.alert(answer.error ?? response.statusText);
}

async function refresh(): Promise<void> {
  const main = document.querySelector<HTMLElement>('main');
  const response = await fetch(main?.dataset['live'] ?? '');
  const markup = await response.text();
  if (main === null || !response.ok || markup === main.dataset['shown']) return;
  const restore = rememberInput(main);
  main.innerHTML = markup;
  main.dataset['shown'] = markup;
  restore();
}

/** What is typed, focused and opened outlives the exchange of the markup. */
function rememberInput(main: HTMLElement): () => void {
  const focused = document.activeElement?.id ?? '';
  const opened = [...main.querySelectorAll('details[open]')].map(({ id }) => id);
  const typed = [...main.querySelectorAll('input')].map(({ id, value }) => ({ id, value }));
  return () => {
    for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
    for (const { id, value } of typed) {
      const input = id === '' ? null : main.querySelector<HTMLInputElement>(`#${CSS.escape(id)}`);
      if (input !== null) input.value = value;
    }
    if (focused !== '') document.getElementById(focused)?.focus();
  };
}

export const CONTROL_SCRIPT: string = browserScript([watchControls, showAnswer, refresh, rememberInput]);
