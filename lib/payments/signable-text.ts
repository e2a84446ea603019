/**
 * Text of a payer as it may be signed for ECommPay. A semicolon separates the parts of what is signed: behind one a payer could write what
 * then passes for a callback. So there is none.
 */
export function signableText(text: string, maxLength: number): string {
  const safe = text.toWellFormed().replaceAll(';', ',');
  return Array.from(safe).slice(0, maxLength).join('');
}

/** An address without semicolons; escaped it is the same address. */
export function signableUrl(url: string): string {
  return url.replaceAll(';', '%3B');
}
