import { type CurrencyTable, currencyDecimals } from '../domain/currencies.ts';
import { HttpError, PageParametersError, type PageProblem, type PageProblemReason } from '../domain/errors.ts';
import { decimalsOf, isPositive, parseAmount } from '../domain/money.ts';
import { storableText } from '../domain/storable-text.ts';
import { isLinkGenuine, type LinkParameters, maxLength } from '../payments/pay-links.ts';
import { returnUrlProblem } from '../payments/return-url.ts';
import { messages } from './messages.ts';

/** What a payer sets out to pay, by the parameters of the page. */
export interface PageOrder {
  readonly account: string;
  /** Canonical decimal text. */
  readonly sum: string;
  readonly currency: string;
  readonly description: string;
  readonly successUrl: string | undefined;
  readonly failUrl: string | undefined;
  readonly orderId: string | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number | undefined;
}

export interface OrderRules {
  readonly currencies: CurrencyTable;
  readonly returnUrlOrigins: readonly string[] | undefined;
  readonly links: 'open' | 'signed';
  readonly linkKeys: readonly Uint8Array[];
}

const NAMES = ['account', 'sum', 'description', 'currency', 'success_url', 'fail_url', 'lang', 'expires', 'order', 'signature'] as const;
type Name = (typeof NAMES)[number];

/** The parameters of a payment page out of a query or form, and nothing else. */
export function orderParameters(query: string): URLSearchParams {
  const given = new URLSearchParams(query);
  return new URLSearchParams(NAMES.flatMap((name) => (given.has(name) ? [[name, storableText(given.get(name) ?? '')]] : [])));
}

/** Reads the parameters of a payment page. Throws `PageParametersError` with every problem, or 410 for an expired link. */
export function readOrder(query: string, rules: OrderRules): PageOrder {
  const reader = new ParameterReader(query);
  const account = reader.required('account');
  const currency = reader.required('currency').toUpperCase();
  if (currency !== '' && !Object.hasOwn(rules.currencies, currency)) reader.complain('currency', 'unknown-currency');
  const sum = readSum(reader, rules.currencies, currency);
  const description = reader.required('description');
  const order: PageOrder = {
    ...{ account, currency, sum, description },
    successUrl: readReturnUrl(reader, 'success_url', rules.returnUrlOrigins),
    failUrl: readReturnUrl(reader, 'fail_url', rules.returnUrlOrigins),
    ...readSignedPart(reader, rules),
  };
  reader.finish();
  if (order.expiresAt !== undefined && Date.now() > order.expiresAt * 1000)
    throw new HttpError(410, 'ERR_PAYMENTS_LINK_EXPIRED', 'This payment link has expired.');
  return order;
}

/** Only what the signature covers may set an expiry or an order number. */
function readSignedPart(reader: ParameterReader, { links, linkKeys }: OrderRules): Pick<PageOrder, 'orderId' | 'expiresAt'> {
  const signature = reader.optional('signature');
  if (signature === undefined) {
    if (links === 'signed' || reader.optional('expires') !== undefined || reader.optional('order') !== undefined)
      reader.complain('signature', 'signature-missing');
    return { orderId: undefined, expiresAt: undefined };
  }
  const expires = reader.optional('expires');
  if (!isLinkGenuine(linkKeys, reader.linkParameters(), signature)) reader.complain('signature', 'signature-wrong');
  return { orderId: reader.optional('order'), expiresAt: expires === undefined ? undefined : Number(expires) };
}

function readSum(reader: ParameterReader, currencies: CurrencyTable, currency: string): string {
  const text = reader.required('sum');
  if (text === '') return '';
  const sum = parseAmount(text);
  if (sum === undefined)
    reader.complain(
      'sum',
      /^\d{14,}(\.\d+)?$/.test(text) ? 'sum-too-large' : /^\d+\.\d{5,}$/.test(text) ? 'too-many-decimals' : 'not-a-sum',
    );
  else if (!isPositive(sum)) reader.complain('sum', 'not-positive');
  else if (decimalsOf(sum) > currencyDecimals(currencies, currency)) reader.complain('sum', 'too-many-decimals');
  return sum ?? '';
}

function readReturnUrl(
  reader: ParameterReader,
  name: 'success_url' | 'fail_url',
  origins: readonly string[] | undefined,
): string | undefined {
  const text = reader.optional(name);
  if (text === undefined) return undefined;
  const problem = returnUrlProblem(text, origins);
  if (problem !== undefined) reader.complain(name, problem);
  return problem === undefined ? new URL(text).href : undefined;
}

class ParameterReader {
  readonly #values = new Map<Name, string>();
  readonly #problems: PageProblem[] = [];

  constructor(text: string) {
    const query = new URLSearchParams(text);
    for (const name of NAMES) this.#read(name, query.getAll(name), query.has(`${name}[]`));
  }

  required(name: Name): string {
    const value = this.#values.get(name) ?? '';
    if (value.trim() === '' && !this.#problems.some((problem) => problem.parameter === name)) this.complain(name, 'missing');
    return value;
  }

  /** Empty counts as absent. */
  optional(name: Name): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || value === '' ? undefined : value;
  }

  /** Everything that a signature covers, as it stands in the address. */
  linkParameters(): LinkParameters {
    const { signature: _, ...rest } = Object.fromEntries(this.#values);
    return rest;
  }

  complain(parameter: Name, reason: PageProblemReason): void {
    this.#problems.push({ parameter, reason, message: messages.en.problems[reason] });
  }

  finish(): void {
    if (this.#problems.length > 0) throw new PageParametersError(this.#problems);
  }

  #read(name: Name, values: readonly string[], isArray: boolean): void {
    const [value] = values;
    if (values.length > 1 || isArray) this.complain(name, 'repeated');
    if (value === undefined) return;
    this.#values.set(name, storableText(value));
    // Bytes that are no UTF-8 became this: paid for an account that nobody has.
    if (/[\0\uFFFD]/.test(value)) this.complain(name, 'not-text');
    if (value.length > maxLength(name)) this.complain(name, 'too-long');
  }
}
