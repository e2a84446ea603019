import { browserScript } from '../../browser-script.ts';

/** Entry of the script of the pages inside the widget's frame. */
function enhanceFrame(): void {
  tellPage();
  // On a phone the focus would bring up the keyboard over half of the page.
  if (window.matchMedia('(pointer: fine)').matches) document.querySelector<HTMLElement>('[data-first]')?.focus();
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeFrame();
  });
  for (const button of document.querySelectorAll('[data-close]')) button.addEventListener('click', closeFrame);
  for (const form of document.querySelectorAll('form')) form.addEventListener('submit', () => showBusy(form));
  for (const button of document.querySelectorAll<HTMLElement>('[data-card]')) button.addEventListener('click', () => fillCard(button));
  formatAsTyped('cardNumber', (digits) => digits.slice(0, 19).replace(/(.{4})(?=.)/g, '$1 '));
  formatAsTyped('expiry', (digits) => (digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2, 4)}` : digits));
  formatAsTyped('cvv', (digits) => digits.slice(0, 4));
}

/** A result page tells the site what happened, at once and not only when it is left. */
function tellPage(): void {
  const { result, autoClose } = document.body.dataset;
  if (result !== undefined) window.parent.postMessage({ kind: 'complete', result: JSON.parse(result) }, '*');
  if (autoClose !== undefined) setTimeout(closeFrame, Number(autoClose) * 1000);
}

function closeFrame(): void {
  window.parent.postMessage({ kind: 'close' }, '*');
}

/** Disabled only after the browser has collected the form: a disabled button is not sent. */
function showBusy(form: HTMLFormElement): void {
  form.setAttribute('aria-busy', 'true');
  setTimeout(() => {
    for (const button of form.querySelectorAll('button')) button.disabled = true;
  });
}

function fillCard(button: HTMLElement): void {
  const values: Readonly<Record<string, string | undefined>> = { cardNumber: button.dataset['card'], expiry: '12/39', cvv: '123' };
  for (const [name, value] of Object.entries(values)) {
    const field = document.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (field !== null) field.value = value ?? '';
  }
  document.querySelector<HTMLElement>('button[data-pay]')?.focus();
}

function formatAsTyped(name: string, format: (digits: string) => string): void {
  const field = document.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  field?.addEventListener('input', () => {
    const isAtEnd = field.selectionStart === field.value.length;
    if (isAtEnd) field.value = format(field.value.replace(/\D/g, ''));
  });
}

export const FRAME_SCRIPT: string = browserScript([enhanceFrame, tellPage, closeFrame, showBusy, fillCard, formatAsTyped]);
