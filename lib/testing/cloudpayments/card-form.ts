import type { CardForm } from './pages/card-page.ts';
import type { Messages } from './pages/messages.ts';
import { hasValidCheckDigit } from './test-cards.ts';
import type { WidgetIntent } from './widget-intent.ts';

/** Reads a form as it was posted; what is missing is empty. */
export function readCardForm(body: unknown): CardForm {
  const fields: Readonly<Record<string, unknown>> = Object(body);
  const read = (name: string) => String(fields[name] ?? '').trim();
  return { cardNumber: read('cardNumber'), expiry: read('expiry'), cvv: read('cvv'), email: read('email') };
}

/** The number without the spaces between its groups. */
export function cardDigits({ cardNumber }: CardForm): string {
  return cardNumber.replace(/[\s-]/g, '');
}

/** A sentence for each field that cannot be right; none when the form can be sent to the bank. */
export function cardFormProblems(form: CardForm, { emailBehavior }: WidgetIntent, text: Messages): Partial<CardForm> {
  const isEmailFine = form.email === '' ? emailBehavior !== 'Required' : /^[^\s@]+@[^\s@]+$/.test(form.email);
  return {
    ...(!isCardNumber(cardDigits(form)) && { cardNumber: text.badNumber }),
    ...(!isFuture(form.expiry) && { expiry: text.badExpiry }),
    ...(!/^\d{3,4}$/.test(form.cvv) && { cvv: text.badCvv }),
    ...(!isEmailFine && { email: text.badEmail }),
  };
}

function isCardNumber(digits: string): boolean {
  return /^\d{13,19}$/.test(digits) && hasValidCheckDigit(digits);
}

/** A card is good until the end of its month. */
function isFuture(expiry: string): boolean {
  const match = /^(0[1-9]|1[0-2])\/(\d\d)$/.exec(expiry);
  return match !== null && Date.UTC(2000 + Number(match[2]), Number(match[1])) > Date.now();
}
