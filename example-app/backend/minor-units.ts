/** Decimals of the currencies that have no two. */
const DECIMALS: Readonly<Record<string, number>> = { BHD: 3, IQD: 3, JOD: 3, KWD: 3, OMR: 3, TND: 3, JPY: 0, KRW: 0, VND: 0 };

/** 2 for most, 3 for KWD. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/** "25.50" USD → 2550. Undefined for anything but a plain decimal that fits; a fraction of a cent does not. */
export function toMinorUnits(amount: string, currency: string): number | undefined {
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const decimals = decimalsOf(currency);
  const cents = fraction.replace(/0+$/, '');
  const minor = Number(whole + cents.padEnd(decimals, '0'));
  return whole !== '' && cents.length <= decimals && Number.isSafeInteger(minor) ? minor : undefined;
}

/** 2550 USD → "25.50". */
export function fromMinorUnits(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const amount = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return minor < 0 ? `-${amount}` : amount;
}
