import type { CurrencyTable } from '../../domain/currencies.ts';

const PUBLISHED = 'RUB EUR USD GBP UAH BYN KZT AZN CHF CZK CAD PLN SEK TRY CNY INR BRL ZAR UZS BGN RON AUD HKD GEL KGS AMD AED';

/**
 * The published currencies; each has two decimals. Fixed on purpose: the data of `Intl` differ between versions.
 * Source: https://developers.cloudpayments.ru/#spisok-valyut
 */
export const CLOUDPAYMENTS_CURRENCIES: CurrencyTable = Object.fromEntries(PUBLISHED.split(' ').map((code) => [code, 2]));
