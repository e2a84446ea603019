import type { CurrencyTable } from '../../domain/currencies.ts';

/**
 * The currencies of CashU with their decimals. Fixed on purpose: `Intl` gives the Lebanese pound none.
 * Sources: https://developers.ecommpay.com/ru/pm_cashu.html, ISO 4217
 */
export const CASHU_CURRENCIES: CurrencyTable = {
  AED: 2,
  BHD: 3,
  DZD: 2,
  EGP: 2,
  EUR: 2,
  GBP: 2,
  JOD: 3,
  KWD: 3,
  LBP: 2,
  MAD: 2,
  OMR: 3,
  QAR: 2,
  SAR: 2,
  TRY: 2,
  USD: 2,
};
