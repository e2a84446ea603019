import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CurrencyTable, currencyDecimals } from '../domain/currencies.ts';
import { OptionsError } from '../domain/errors.ts';
import { decimalsOf, isPositive, parseAmount } from '../domain/money.ts';
import type { CardLinkOptions } from '../payments-router.ts';

/** Names of the parameters of a pay link, in the order in which they are signed. */
const SIGNED_NAMES = ['account', 'sum', 'description', 'currency', 'success_url', 'fail_url', 'lang', 'expires', 'order'] as const;

const MAX_ORDER_ID_LENGTH = 128;

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

/** The address of the card page for one payment, signed. Throws `OptionsError` for what the page would refuse. */
export function makeCardLink(key: Uint8Array, base: string, options: CardLinkOptions, currencies: CurrencyTable): string {
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(checkLink(options, currencies))) if (value !== undefined) parameters[name] = value;
  return `${base}/pub/card?${new URLSearchParams({ ...parameters, signature: signLink(key, parameters) })}`;
}

function checkLink(options: CardLinkOptions, currencies: CurrencyTable): LinkParameters {
  const { account, description, successUrl, failUrl, lang, expiresAt, orderId } = options;
  const sum = parseAmount(String(options.sum));
  const currency = options.currency.toUpperCase();
  if (sum === undefined || !isPositive(sum)) throw linkError(`sum "${options.sum}" is not a positive decimal number`);
  if (!Object.hasOwn(currencies, currency)) throw linkError(`currency "${currency}" is not known; add it with "cloudpayments.currencies"`);
  if (decimalsOf(sum) > currencyDecimals(currencies, currency)) throw linkError(`sum "${options.sum}" has more decimals than ${currency}`);
  if (account === '' || description === '') throw linkError('account and description must not be empty');
  if (orderId !== undefined && (orderId === '' || orderId.length > MAX_ORDER_ID_LENGTH))
    throw linkError(`orderId must have 1 to ${MAX_ORDER_ID_LENGTH} characters`);
  return {
    ...{ account, sum, description, currency },
    ...(successUrl !== undefined && { success_url: successUrl }),
    ...(failUrl !== undefined && { fail_url: failUrl }),
    ...(lang !== undefined && { lang }),
    ...(expiresAt !== undefined && { expires: String(Math.floor(expiresAt.getTime() / 1000)) }),
    ...(orderId !== undefined && { order: orderId }),
  };
}

function linkError(problem: string): OptionsError {
  return new OptionsError('ERR_PAYMENTS_OPTIONS', `links.card: ${problem}.`);
}
