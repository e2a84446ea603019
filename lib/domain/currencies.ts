/** Decimals by currency code (ISO 4217 alpha-3, upper case). */
export type CurrencyTable = Readonly<Record<string, number>>;

/** The decimals of a currency that no table names: notifications of any currency print two. */
const DEFAULT_DECIMALS = 2;

/** The decimals of a currency, by the table of its provider. */
export function currencyDecimals(currencies: CurrencyTable, currency: string): number {
  return Object.hasOwn(currencies, currency) ? (currencies[currency] ?? DEFAULT_DECIMALS) : DEFAULT_DECIMALS;
}
