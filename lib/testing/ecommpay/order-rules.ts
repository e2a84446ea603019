import { CASHU_CURRENCIES } from '../../providers/ecommpay/index.ts';
import { invalidValue, RefusalError } from './refusal-error.ts';
import { amountOf } from './sums.ts';

const MAX_UNITS = 10_000_000_000_000;
export const MAX_TEXT = 255;
const DAY_MS = 86_400_000;
/** A `best_before` that is further ahead is ignored. */
const LONGEST_DAYS = 30;
const EDGES = /^[ \t\v\n\r\0]|[ \t\v\n\r\0]$/;
const WHOLE_NUMBER = /^[1-9]\d{0,13}$/;

/** 1 to 255 characters, without space at the ends. Throws `RefusalError` 3024. */
export function requirePaymentId(field: string, id: string): string {
  if (id === '' || [...id].length > MAX_TEXT) throw new RefusalError('3024', { field, detail: `1 to ${MAX_TEXT} characters` });
  if (EDGES.test(id)) throw new RefusalError('3024', { field, detail: 'it must not begin or end with white space' });
  return id;
}

/** One of CashU's. Throws `RefusalError` 3023. */
export function requireCurrency(field: string, currency: string): string {
  if (Object.hasOwn(CASHU_CURRENCIES, currency)) return currency;
  throw new RefusalError('3023', { field, detail: `"${currency}" is none of CashU's: ${Object.keys(CASHU_CURRENCIES).join(', ')}` });
}

/** Decimal text of whole minor units, 1 to 10^13. */
export function requireUnits(field: string, units: string, currency: string): string {
  const amount = WHOLE_NUMBER.test(units) && Number(units) <= MAX_UNITS ? amountOf(units, currency) : undefined;
  if (amount === undefined) throw invalidValue(field, `a whole number of minor units, 1 to ${MAX_UNITS}`);
  return amount;
}

/** Milliseconds since the epoch; undefined for one that is too far ahead to count. */
export function requireBestBefore(field: string, text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)([+-]\d\d)(?::(\d\d))?$/.exec(text);
  const at = Date.parse(`${match?.[1]}${match?.[2]}:${match?.[3] ?? '00'}`);
  if (Number.isNaN(at)) throw invalidValue(field, 'YYYY-MM-DDThh:mm:ss±hh or ±hh:mm');
  if (at <= Date.now()) throw invalidValue(field, `the time is over: ${text}`);
  return at - Date.now() > LONGEST_DAYS * DAY_MS ? undefined : at;
}

export function requireUrl(field: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw invalidValue(field, 'a whole http(s) address');
}

/** The same signed text could be cut in another way. */
export function refuseSemicolon(field: string, text: string): void {
  if (text.includes(';')) throw invalidValue(field, 'no semicolon, which separates the values in the signed text');
}
