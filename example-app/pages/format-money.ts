import { decimalsOf } from '../backend/minor-units.ts';
import type { Language } from './messages.ts';

/** "1 900,50 ₽", "RUB 1,900.50", "KWD 1.005". The decimal text goes to Intl as it is: no digit is lost. */
export function formatMoney(amount: string, currency: string, language: Language): string {
  // Not by Intl's own table: there Lebanese pounds have no decimals, and half a pound would be rounded away.
  const decimals = decimalsOf(currency);
  const significant = amount.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  const format = new Intl.NumberFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: Math.max(decimals, significant),
  });
  return isDecimal(amount) ? format.format(amount) : `${amount} ${currency}`;
}

function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}
