import { currencyDecimals } from '../../domain/currencies.ts';
import type { Language } from '../../http/choose-language.ts';
import { formatSum } from '../../http/format-sum.ts';
import { CASHU_CURRENCIES, fromMinorUnits, toMinorUnits } from '../../providers/ecommpay/index.ts';

/** A sum as it travels, in minor units. */
export interface WireSum {
  readonly amount: number;
  readonly currency: string;
}

function decimalsOfCurrency(currency: string): number {
  return currencyDecimals(CASHU_CURRENCIES, currency);
}

/** Minor units of an amount that the books have; nothing left is 0. */
export function wireSum(amount: string, currency: string): WireSum {
  return { amount: toMinorUnits(amount, decimalsOfCurrency(currency)) ?? 0, currency };
}

/** The decimal text of minor units; undefined for anything but a whole number. */
export function amountOf(units: string, currency: string): string | undefined {
  return fromMinorUnits(units, decimalsOfCurrency(currency));
}

export function shownSum(amount: string, currency: string, language: Language): string {
  return formatSum(amount, currency, decimalsOfCurrency(currency), language);
}
