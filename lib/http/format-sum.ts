import type { Language } from './choose-language.ts';

/** ISO 4217 for "no currency": Intl has a sign for it that nobody knows. */
const NO_CURRENCY = 'XXX';

function isDecimalText(text: string): text is `${number}` {
  return /^\d+(?:\.\d+)?$/.test(text);
}

/**
 * An amount as a payer reads it: `25.00`, `RUB` → `25,00 ₽`. The decimal text goes to Intl as it is, never through a
 * number, and no digit that carries value is rounded away. Codes that Intl refuses come as `25.00 XXX`.
 */
export function formatSum(amount: string, currency: string, decimals: number, lang: Language): string {
  const plain = `${amount} ${currency}`;
  if (!isDecimalText(amount) || currency === NO_CURRENCY) return plain;
  const significant = (amount.split('.')[1] ?? '').replace(/0+$/, '').length;
  try {
    const format = new Intl.NumberFormat(lang, {
      style: 'currency',
      currency,
      minimumFractionDigits: decimals,
      maximumFractionDigits: Math.max(decimals, significant),
    });
    return format.format(amount);
  } catch (error) {
    if (error instanceof RangeError) return plain;
    throw error;
  }
}
