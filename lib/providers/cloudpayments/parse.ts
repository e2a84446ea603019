import { createHash } from 'node:crypto';
import { isLosslessNumber, parse as parseJson, stringify as stringifyJson } from 'lossless-json';
import { NotificationError } from '../../domain/errors.ts';
import { formatUtc } from '../../domain/format-utc.ts';
import { isPositive, parseAmount } from '../../domain/money.ts';
import type { Notification, NotificationType } from '../../domain/notification.ts';
import { storableText } from '../../domain/storable-text.ts';
import { decodeForm, decodeUtf8, type FormPair } from './decode-form.ts';

type Fields = Readonly<Record<string, string>>;

/** Types that move or promise money: without an amount they cannot be used. */
const NEEDS_AMOUNT: ReadonlySet<NotificationType> = new Set(['check', 'pay', 'confirm', 'refund']);
const NEEDS_TRANSACTION: ReadonlySet<NotificationType> = new Set(['check', 'pay', 'fail', 'confirm', 'refund', 'cancel']);
/** Names of which a second value could change what is credited to whom. */
const DECISIVE_NAMES: ReadonlySet<string> = new Set([
  ...['TransactionId', 'PaymentTransactionId', 'Amount', 'Currency', 'Status', 'AccountId', 'InvoiceId', 'SubscriptionId', 'Data'],
  ...['TestMode', 'OperationType', 'Reason', 'ReasonCode', 'DateTime', 'Id', 'GatewayName', 'AuthCode', 'Token', 'TotalFee', 'Rrn'],
]);
const TRANSACTION_ID = /^\d{1,20}$/;

/**
 * The parameters of a notification by name: form or JSON, empty ones left out. JSON numbers keep their text, objects and arrays
 * stay JSON. Throws `NotificationError`.
 */
export function readFields(raw: Uint8Array, format: 'form' | 'json'): Fields {
  const pairs = format === 'json' ? readJson(raw) : readForm(raw);
  const fields: Record<string, string> = Object.create(null);
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (seen.has(name) && DECISIVE_NAMES.has(name)) throw new NotificationError(`The parameter ${name} stands there twice.`, name);
    const key = storableText(name);
    // Of what decides nothing every value is kept.
    if (value !== '')
      fields[key] = seen.has(name) && fields[key] !== undefined ? `${fields[key]},${storableText(value)}` : storableText(value);
    seen.add(name);
  }
  return fields;
}

/**
 * The format is told by the bytes, which are signed, and not by the content type, which is not: the same bytes never mean two things.
 */
export function formatOf(raw: Uint8Array): 'form' | 'json' {
  const first = raw.find((byte) => !WHITE_SPACE.has(byte));
  return first === OPENING_BRACE ? 'json' : 'form';
}

const WHITE_SPACE: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);
const OPENING_BRACE = 0x7b;

/**
 * White space is what the *decoded* parameters hold, over which CloudPayments makes its other signature with the same key (each
 * notification has a DateTime with a space): that text must not pass for a body, where its `&` and `=` would be cut anew.
 */
function readForm(raw: Uint8Array): readonly FormPair[] {
  if (raw.some((byte) => byte <= 0x20 || byte === 0x7f)) {
    throw new NotificationError(
      'The parameters are not percent-encoded (there is white space in them).',
      undefined,
      'ERR_PAYMENTS_BODY_FORMAT',
    );
  }
  return decodeForm(raw);
}

function readJson(raw: Uint8Array): FormPair[] {
  const text = decodeUtf8(raw);
  let pairs: FormPair[] | undefined;
  try {
    pairs = readPairs(parseJson(text));
  } catch {
    // Also what is nested so deeply that nobody can mean it.
    throw new NotificationError('The body is not readable JSON.', undefined, 'ERR_PAYMENTS_BODY_FORMAT');
  }
  if (pairs === undefined) throw new NotificationError('The body is JSON, but not an object.', undefined, 'ERR_PAYMENTS_BODY_FORMAT');
  return pairs;
}

function readPairs(value: unknown): FormPair[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isLosslessNumber(value)) return undefined;
  return Object.entries(value).map(([name, item]) => [name, fieldText(item)]);
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (isLosslessNumber(value)) return value.value;
  return value === null ? '' : (stringifyJson(value) ?? '');
}

/**
 * What a notification says, by its type (which only the address tells).
 * Source: https://developers.cloudpayments.ru/#tipy-uvedomleniy. Throws `NotificationError` naming the field.
 */
export function parseNotification(type: NotificationType, fields: Fields): Notification {
  const transactionId = readTransactionId(type, fields, 'TransactionId');
  const paymentCode = type === 'refund' ? readTransactionId(type, fields, 'PaymentTransactionId') : transactionId;
  return {
    provider: 'cloudpayments',
    type,
    externalId: NEEDS_TRANSACTION.has(type) ? (transactionId ?? '') : digestOf(type, fields),
    paymentCode,
    amount: readAmount(type, fields),
    currency: readCurrency(fields),
    status: fields['Status'],
    account: fields['AccountId'],
    invoiceId: fields['InvoiceId'],
    subscriptionId: type === 'recurrent' ? fields['Id'] : fields['SubscriptionId'],
    description: fields['Description'],
    email: fields['Email'],
    isTest: fields['TestMode'] === '1' || fields['TestMode']?.toLowerCase() === 'true',
    occurredAt: readDateTime(fields['DateTime']),
    fields,
  };
}

function readTransactionId(type: NotificationType, fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (!NEEDS_TRANSACTION.has(type)) return value !== undefined && TRANSACTION_ID.test(value) ? value : undefined;
  if (value === undefined) throw new NotificationError(`The parameter ${name} is missing.`, name);
  if (!TRANSACTION_ID.test(value)) throw new NotificationError(`The parameter ${name} is not a number.`, name);
  return value;
}

function readAmount(type: NotificationType, fields: Fields): string | undefined {
  const text = fields['Amount'];
  const amount = text === undefined ? undefined : parseAmount(text);
  if (!NEEDS_AMOUNT.has(type)) return amount;
  if (text === undefined) throw new NotificationError('The parameter Amount is missing.', 'Amount');
  if (amount === undefined || !isPositive(amount)) {
    throw new NotificationError('The parameter Amount is not a positive decimal number such as 1900.00.', 'Amount');
  }
  return amount;
}

/** Upper case; Refund and Cancel carry none. */
function readCurrency(fields: Fields): string | undefined {
  const currency = fields['Currency']?.toUpperCase();
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    throw new NotificationError('The parameter Currency is not a code of three letters.', 'Currency');
  return currency;
}

/** `yyyy-MM-dd HH:mm:ss` in UTC (also with `T` and `Z`); anything else counts as not sent. */
function readDateTime(text: string | undefined): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?Z?$/.exec(text ?? '');
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}Z`);
  // Date.parse takes 30 February for 2 March.
  const isReal = !Number.isNaN(ms) && formatUtc(ms) === `${match?.[1]} ${match?.[2]}`;
  return isReal ? ms : undefined;
}

/**
 * Recurrent and Receipt have no number of their own that tells a repeat from the next event: what they say is their identity.
 */
function digestOf(type: NotificationType, fields: Fields): string {
  const names =
    type === 'recurrent'
      ? ['Id', 'Status', 'SuccessfulTransactionsNumber', 'FailedTransactionsNumber', 'LastTransactionDate', 'NextTransactionDate']
      : Object.keys(fields).sort();
  return createHash('sha256')
    .update(JSON.stringify(names.map((name) => [name, fields[name] ?? ''])))
    .digest('hex');
}
