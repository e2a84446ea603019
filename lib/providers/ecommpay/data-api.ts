import { type CurrencyTable, currencyDecimals } from '../../domain/currencies.ts';
import { ApiError } from '../../domain/errors.ts';
import { formatUtc } from '../../domain/format-utc.ts';
import type { CashuOperation, TimeSpan } from '../../payments-cashu.ts';
import { postJson } from './http-client.ts';
import { fromMinorUnits } from './minor-units.ts';
import { numberText } from './parse.ts';
import { readAnswer } from './read-answer.ts';
import { isSignatureGenuine, signData } from './signature.ts';

export interface DataApiCredentials {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Of the token, not of the project. */
  readonly secret: string;
  readonly projectId: number;
  readonly currencies: CurrencyTable;
}

type Json = Readonly<Record<string, unknown>>;

/** It works as long as five minutes on an answer. */
const TIMEOUT_MS = 330_000;
const PAGE = 1_000;
const MAX_PAGES = 1_000;

/** ECommPay's Data API: for analysis, not for decisions about payments. Source: https://api-data.ecommpay.com */
export class EcommpayDataApi {
  readonly #credentials: DataApiCredentials;

  constructor(credentials: DataApiCredentials) {
    this.#credentials = credentials;
  }

  /** `/operations/get`, all pages: operations that were completed from `from` on and before `to`. Throws `ApiError`. */
  async operations({ from, to }: TimeSpan): Promise<readonly CashuOperation[]> {
    const operations = new Map<string, CashuOperation>();
    for (let page = 0; page < MAX_PAGES; page++) {
      const rows = await this.#page({ from, to }, page * PAGE);
      for (const row of rows) {
        const operation = this.#read(row);
        operations.set(operation.operationId || `${operations.size} of ${operation.paymentId}`, operation);
      }
      if (rows.length < PAGE) return [...operations.values()].filter((operation) => isWithin(operation, { from, to }));
    }
    throw new ApiError(`ECommPay lists more than ${MAX_PAGES * PAGE} operations: ask for a shorter time.`, true);
  }

  async #page({ from, to }: TimeSpan, offset: number): Promise<readonly Json[]> {
    const { url, token, secret, projectId } = this.#credentials;
    const body = {
      project_id: [projectId],
      interval: { from: formatUtc(from.getTime()), to: formatUtc(Math.ceil(to.getTime() / 1000) * 1000) },
      ...{ tz: 'UTC', limit: PAGE, offset, token },
    };
    const answer = await postJson(`${url}/operations/get`, { ...body, signature: signData(body, secret) }, { timeoutMs: TIMEOUT_MS });
    const data = readAnswer(answer.text);
    if (answer.status !== 200 || data === undefined)
      throw new ApiError(
        `ECommPay’s Data API answered with HTTP ${answer.status}: ${textOf(data?.['message']) || 'nothing that can be used'}`,
        answer.status < 500,
      );
    if (!isSignatureGenuine(data, [secret], Number.POSITIVE_INFINITY))
      throw new ApiError('The signature of the Data API’s answer is wrong.', true);
    const rows = data['operations'];
    if (!Array.isArray(rows)) throw new ApiError('The Data API’s answer has no list of operations.', true);
    return rows.filter((row) => typeof row === 'object' && row !== null);
  }

  #read(row: Json): CashuOperation {
    const sum = row['sum_initial'];
    const { amount, currency }: { amount?: unknown; currency?: unknown } = typeof sum === 'object' && sum !== null ? sum : {};
    const code = textOf(currency).toUpperCase();
    return {
      operationId: textOf(row['operation_id']),
      paymentId: textOf(row['payment_id']),
      type: textOf(row['operation_type']).toLowerCase(),
      status: textOf(row['operation_status']).toLowerCase(),
      amount: fromMinorUnits(textOf(amount), currencyDecimals(this.#credentials.currencies, code)),
      currency: code,
      method:
        [row['payment_method_name'], row['payment_method_type']].filter((name) => typeof name === 'string' && name !== '').join(' ') ||
        undefined,
      createdAt: readDate(row['operation_created_at']),
      completedAt: readDate(row['operation_completed_at']),
    };
  }
}

/** Whole seconds were asked for. */
function isWithin({ completedAt }: CashuOperation, { from, to }: TimeSpan): boolean {
  return completedAt === undefined || (completedAt >= new Date(Math.floor(from.getTime() / 1000) * 1000) && completedAt < to);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (numberText(value) ?? '');
}

/** `2020-01-14T08:27:24+00:00`; may be empty. Without an offset it is the time zone that was asked for. */
function readDate(value: unknown): Date | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const date = new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(value) ? value.replace(' ', 'T') : `${value.replace(' ', 'T')}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
