import { parse as parseJson } from 'lossless-json';
import { request } from 'undici';
import { ApiError, errorText } from '../../domain/errors.ts';
import { parseAmount, toJsonNumber } from '../../domain/money.ts';

/** A transaction as the API knows it; only what decisions are made on. Source: https://developers.cloudpayments.ru/#prosmotr-tranzaktsii */
export interface ApiTransaction {
  readonly transactionId: string;
  readonly amount: string;
  readonly currency: string;
  readonly account: string | undefined;
  readonly isTest: boolean;
  /** `taken` and `reserved` only where the record itself does not contradict; `open` while authorisation is still under way. */
  readonly outcome: 'taken' | 'reserved' | 'declined' | 'open';
}

export interface ApiCredentials {
  readonly baseUrl: string;
  readonly publicId: string;
  readonly apiSecret: string;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1_048_576;

type Json = Readonly<Record<string, unknown>>;

/** The only door to CloudPayments' API: POST, JSON, HTTP Basic. */
export class CloudPaymentsApi {
  readonly #credentials: ApiCredentials;

  constructor(credentials: ApiCredentials) {
    this.#credentials = credentials;
  }

  /** `/payments/get`. Undefined when CloudPayments does not know the number. Throws `ApiError`. */
  async getPayment(transactionId: string): Promise<ApiTransaction | undefined> {
    const answer = await this.#post('/payments/get', `{"TransactionId":${BigInt(transactionId)}}`);
    const model = answer['Model'];
    // Success is about the request and false for a declined payment too: only the model counts.
    if (typeof model !== 'object' || model === null) {
      if (answer['Success'] === false) return undefined;
      throw new ApiError('CloudPayments answered /payments/get without a transaction.', true);
    }
    return readTransaction(model as Json);
  }

  /**
   * `/payments/refund`. `amount` is canonical decimal text. Requests with the same id are carried out once (for an hour).
   * Gives the number of the refund. Throws `ApiError`; with `answered: false` the same request may be sent again.
   */
  async refund(transactionId: string, amount: string, requestId: string): Promise<string | undefined> {
    const body = `{"TransactionId":${BigInt(transactionId)},"Amount":${toJsonNumber(amount)}}`;
    const answer = await this.#post('/payments/refund', body, { 'x-request-id': requestId });
    if (answer['Success'] !== true)
      throw new ApiError(`CloudPayments refused the refund: ${String(answer['Message'] ?? 'without a reason')}`, true);
    const model = answer['Model'];
    const refundId: unknown = typeof model === 'object' && model !== null ? Reflect.get(model, 'TransactionId') : undefined;
    return refundId === undefined || refundId === null ? undefined : String(refundId);
  }

  async #post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Json> {
    const { baseUrl, publicId, apiSecret } = this.#credentials;
    const authorization = `Basic ${Buffer.from(`${publicId}:${apiSecret}`).toString('base64')}`;
    let status: number;
    let text: string;
    try {
      const answer = await request(`${baseUrl}${path}`, {
        method: 'POST',
        headers: { ...headers, authorization, 'content-type': 'application/json', accept: 'application/json' },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      status = answer.statusCode;
      text = await readLimited(answer.body);
    } catch (cause) {
      throw new ApiError(`CloudPayments' API at ${baseUrl} did not answer: ${errorText(cause)}`, false, { cause });
    }
    if (status === 401) throw new ApiError('CloudPayments refused publicId and apiSecret (401). Are both of the same site?', true);
    if (status !== 200) throw new ApiError(`CloudPayments answered ${path} with HTTP ${status}.`, false);
    return parseAnswer(path, text);
  }
}

async function readLimited(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseAnswer(path: string, text: string): Json {
  try {
    const value = parseJson(text, undefined, { parseNumber: (number) => number });
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // Falls through to the error that names the path.
  }
  throw new ApiError(`CloudPayments answered ${path} with something that is not JSON.`, false);
}

function readTransaction(model: Json): ApiTransaction {
  const amount = parseAmount(String(model['Amount'] ?? '').replace(/^(\d+\.\d{4})0+$/, '$1'));
  const currency = String(model['Currency'] ?? '').toUpperCase();
  if (amount === undefined || currency === '')
    throw new ApiError('CloudPayments answered /payments/get without amount and currency.', true);
  const account = model['AccountId'];
  return {
    transactionId: String(model['TransactionId'] ?? ''),
    amount,
    currency,
    account: account === null || account === undefined || account === '' ? undefined : String(account),
    isTest: model['TestMode'] === true || model['TestMode'] === '1',
    outcome: outcomeOf(model),
  };
}

/** A record may say Completed while authorisation is still running: reason code and dates must not contradict it. */
function outcomeOf(model: Json): ApiTransaction['outcome'] {
  const status = model['Status'];
  if (status === 'Declined' || status === 'Cancelled') return 'declined';
  if (model['ReasonCode'] !== undefined && String(model['ReasonCode']) !== '0') return 'open';
  if (status === 'Completed') return isEmptyDate(model, 'Confirm') ? 'open' : 'taken';
  if (status === 'Authorized') return isEmptyDate(model, 'Auth') ? 'open' : 'reserved';
  return 'open';
}

function isEmptyDate(model: Json, kind: 'Auth' | 'Confirm'): boolean {
  const dates = [model[`${kind}Date`], model[`${kind}DateIso`]].filter((date) => date !== undefined);
  return dates.length > 0 && dates.every((date) => date === null || date === '');
}
