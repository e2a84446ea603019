/** The longest text that ECommPay takes in one value, in characters. */
export const MAX_TEXT = 255;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** Whether a text can be signed as it is. */
export function isSignable(text: string, maxLength: number): boolean {
  return signableText(text, maxLength) === text;
}

/**
 * Text of a payer as it may be signed for ECommPay. A semicolon separates the parts of what is signed: behind one a payer could write what
 * then passes for a callback. So there is none. Nor are there line breaks and other control characters: browsers rewrite them in a form,
 * and the signature would not fit any more.
 */
export function signableText(text: string, maxLength: number): string {
  const safe = text.toWellFormed().replaceAll(';', ',').replace(CONTROL_CHARACTERS, ' ');
  return Array.from(safe).slice(0, maxLength).join('');
}

/** An address without semicolons; escaped it is the same address. */
export function signableUrl(url: string): string {
  return url.replaceAll(';', '%3B');
}
