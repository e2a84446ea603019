import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CurrencyTable, currencyDecimals } from '../domain/currencies.ts';
import { OptionsError } from '../domain/errors.ts';
import { decimalsOf, isPositive, parseAmount } from '../domain/money.ts';
import type { PayLinkOptions } from '../payments-router.ts';
import { returnUrlProblem } from './return-url.ts';

/** Names of the parameters of a pay link, in the order in which they are signed. */
const SIGNED_NAMES = ['account', 'sum', 'description', 'currency', 'success_url', 'fail_url', 'lang', 'expires', 'order'] as const;

/** By the widget's documentation an account has less than 255 characters. */
const MAX_LENGTHS: Readonly<Record<string, number>> = { account: 254, description: 1_000, success_url: 2_048, fail_url: 2_048, order: 128 };

/** The most characters that a parameter of a payment page may have. */
export function maxLength(name: string): number {
  return MAX_LENGTHS[name] ?? 512;
}

export type LinkParameters = Readonly<Partial<Record<(typeof SIGNED_NAMES)[number], string>>>;

/** Signature over every parameter of a pay link, so that none can be edited, added or taken away. */
function signLink(key: Uint8Array, parameters: LinkParameters): string {
  const message = JSON.stringify(SIGNED_NAMES.map((name) => parameters[name] ?? null));
  return createHmac('sha256', key).update(message).digest('base64url');
}

export function isLinkGenuine(keys: readonly Uint8Array[], parameters: LinkParameters, signature: string): boolean {
  const given = Buffer.from(signature, 'base64url');
  return keys.some((key) => given.length === 32 && timingSafeEqual(Buffer.from(signLink(key, parameters), 'base64url'), given));
}

export interface PayLinkRules {
  readonly key: Uint8Array;
  readonly currencies: CurrencyTable;
  readonly returnUrlOrigins: readonly string[] | undefined;
}

/** The query of a payment page for one payment, signed. Throws `OptionsError` for what the page would refuse. */
export function makePayLink(options: PayLinkOptions, rules: PayLinkRules): string {
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(linkParameters(options)))
    if (value !== undefined) parameters[name] = String(value).toWellFormed();
  checkTexts(parameters);
  checkSum(parameters, rules.currencies);
  checkReturnUrls(parameters, rules.returnUrlOrigins);
  return String(new URLSearchParams({ ...parameters, signature: signLink(rules.key, parameters) }));
}

function linkParameters(options: PayLinkOptions): Readonly<Record<string, string | undefined>> {
  const { account, description, currency, successUrl, failUrl, lang, expiresAt, orderId } = options;
  for (const [name, value] of Object.entries({ account, description, currency })) {
    if (typeof value !== 'string') throw linkError(`${name} is missing, or is not text`);
  }
  if (expiresAt !== undefined && Number.isNaN(expiresAt.getTime())) throw linkError('expiresAt is not a date');
  const sum = parseAmount(String(options.sum));
  if (sum === undefined || !isPositive(sum)) throw linkError(`sum "${options.sum}" is not a positive decimal number`);
  return {
    ...{ account, sum, description, currency: currency.toUpperCase(), success_url: successUrl, fail_url: failUrl, lang },
    expires: expiresAt && String(Math.floor(expiresAt.getTime() / 1000)),
    order: orderId,
  };
}

function checkTexts(parameters: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value.trim() === '') throw linkError(`${name} must not be empty`);
    if (value.length > maxLength(name)) throw linkError(`${name} must have at most ${maxLength(name)} characters`);
    if (value.includes('\0')) throw linkError(`${name} must not hold a NUL character`);
  }
}

function checkSum({ sum = '', currency = '' }: LinkParameters, currencies: CurrencyTable): void {
  if (!Object.hasOwn(currencies, currency))
    throw linkError(`currency "${currency}" is not known here; options "cloudpayments.currencies" and "cashu.currencies" add some`);
  if (decimalsOf(sum) > currencyDecimals(currencies, currency)) throw linkError(`sum "${sum}" has more decimals than ${currency}`);
}

function checkReturnUrls(parameters: LinkParameters, origins: readonly string[] | undefined): void {
  for (const name of ['success_url', 'fail_url'] as const) {
    const text = parameters[name];
    const problem = text === undefined ? undefined : returnUrlProblem(text, origins);
    if (problem !== undefined) throw linkError(`${name} "${text}" would be refused (${problem}): ${RETURN_URL_RULE}`);
  }
}

const RETURN_URL_RULE = 'it must be an absolute http(s) address without user name, of an origin in "returnUrlOrigins" where that is set';

function linkError(problem: string): OptionsError {
  return new OptionsError('ERR_PAYMENTS_OPTIONS', `A pay link cannot be made: ${problem}.`);
}
