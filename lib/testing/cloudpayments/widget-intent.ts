import { PaymentsError } from '../../domain/errors.ts';
import { decimalsOf, isPositive, parseAmount } from '../../domain/money.ts';

/**
 * What a page asks the widget for. Source: https://developers.cloudpayments.ru/#parametry
 * (top-level `accountId` and `email` are ignored, as the real widget does).
 */
export interface WidgetIntent {
  readonly publicTerminalId: string;
  /** Decimal text with two decimals. */
  readonly amount: string;
  readonly currency: string;
  readonly schema: 'Single' | 'Dual';
  readonly culture: string;
  readonly description: string | undefined;
  /** Arrives as InvoiceId. */
  readonly externalId: string | undefined;
  readonly accountId: string | undefined;
  readonly email: string | undefined;
  readonly emailBehavior: 'Required' | 'Hidden' | 'Optional';
  /** JSON text; arrives as Data. */
  readonly metadata: string | undefined;
  readonly retryPayment: boolean;
  /** Seconds after a success until the widget closes by itself. */
  readonly autoClose: number | undefined;
}

/** Reads the JSON text that the widget's script sends. Throws `PaymentsError` with a sentence for the developer of the page. */
export function parseWidgetIntent(text: string): WidgetIntent {
  const intent = parseObject(text);
  const userInfo = isObject(intent['userInfo']) ? intent['userInfo'] : {};
  return {
    publicTerminalId: readText(intent, 'publicTerminalId') ?? '',
    amount: readAmount(intent['amount']),
    currency: readCurrency(intent['currency']),
    schema: readChoice(intent, 'paymentSchema', ['Single', 'Dual']) ?? fail('paymentSchema has to be "Single" or "Dual".'),
    culture: readText(intent, 'culture') ?? 'ru-RU',
    description: readText(intent, 'description'),
    externalId: readText(intent, 'externalId'),
    accountId: readText(userInfo, 'accountId'),
    email: readText(intent, 'receiptEmail') ?? readText(userInfo, 'email'),
    emailBehavior: readChoice(intent, 'emailBehavior', ['Required', 'Hidden', 'Optional']) ?? 'Optional',
    metadata: readMetadata(intent['metadata']),
    retryPayment: intent['retryPayment'] !== false,
    autoClose: readAutoClose(intent['autoClose']),
  };
}

/** The language of the widget's own texts. */
export function intentLanguage(culture: string): 'ru' | 'en' {
  return culture.toLowerCase().startsWith('en') ? 'en' : 'ru';
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(sentence: string): never {
  throw new PaymentsError('ERR_PAYMENTS_PAGE_PARAMETERS', `widget.start: ${sentence}`);
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  return fail('the parameters are not a JSON object.');
}

function readText(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readChoice<Choice extends string>(object: JsonObject, name: string, choices: readonly Choice[]): Choice | undefined {
  return choices.find((choice) => choice === object[name]);
}

function readAmount(value: unknown): string {
  const amount = typeof value === 'number' || typeof value === 'string' ? parseAmount(String(value)) : undefined;
  if (amount === undefined || !isPositive(amount) || decimalsOf(amount) > 2)
    return fail('amount has to be a number above 0 with at most two decimals.');
  return amount;
}

function readCurrency(value: unknown): string {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : fail('currency has to be a code of three capital letters.');
}

function readMetadata(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readAutoClose(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 3 && value <= 10 ? value : undefined;
}
