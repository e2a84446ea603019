/**
 * Amounts are plain decimal text ("25.00") from end to end. Where two are compared or added they become whole
 * ten-thousandths in a bigint; no amount is ever a JavaScript number.
 */
const PLAIN_DECIMAL = /^(\d{1,15})(?:\.(\d{1,4}))?$/;
const SCALE = 10_000n;

/**
 * SQLite keeps a decimal column as a double, which holds 15 significant digits exactly. Larger amounts are refused
 * everywhere, so that a payment means the same on each database.
 */
const MAX_SIGNIFICANT_DIGITS = 15;

/**
 * Canonical text of a plain decimal ("1000" → "1000.00", "10.5" → "10.50"), or undefined for anything else:
 * signs, exponents, commas, spaces, more than four decimals or more than 15 significant digits.
 */
export function parseAmount(text: string): string | undefined {
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const integer = whole.replace(/^0+(?=\d)/, '');
  const significant = fraction.replace(/0+$/, '');
  if (integer.length + significant.length > MAX_SIGNIFICANT_DIGITS) return undefined;
  return `${integer}.${significant.padEnd(2, '0')}`;
}

/** Decimals that carry value: "25.00" → 0, "25.10" → 1. */
export function decimalsOf(amount: string): number {
  const fraction = amount.split('.')[1] ?? '';
  return fraction.replace(/0+$/, '').length;
}

/** Whole ten-thousandths of a canonical amount. */
export function toScaled(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole) * SCALE + BigInt(fraction.padEnd(4, '0'));
}

/** The canonical amount of whole ten-thousandths (not negative). */
export function fromScaled(scaled: bigint): string {
  const fraction = (scaled % SCALE)
    .toString()
    .padStart(4, '0')
    .replace(/0{1,2}$/, '');
  return `${scaled / SCALE}.${fraction}`;
}

export function addAmounts(a: string, b: string): string {
  return fromScaled(toScaled(a) + toScaled(b));
}

/** Negative, zero or positive, like a comparator of `Array.sort`. */
export function compareAmounts(a: string, b: string): number {
  const difference = toScaled(a) - toScaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isPositive(amount: string): boolean {
  return toScaled(amount) > 0n;
}

/** The amount as a JSON number literal, digit for digit: "45.00" → "45", "45.50" → "45.5". */
export function toJsonNumber(amount: string): string {
  return amount.replace(/\.?0+$/, '');
}
