import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { CheckCode } from '../domain/check-code.ts';
import { errorText } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { Notification } from '../domain/notification.ts';
import type { CheckFunction } from '../payments-options.ts';

/** Connections to the merchant's check address are kept open: a payer is waiting. */
const agent = new Agent({ keepAliveTimeout: 10_000, connections: 64, pipelining: 1 });

const KNOWN_CODES: ReadonlySet<unknown> = new Set(Object.values(CheckCode));
/** The answer's body means nothing; a short one is read so that the connection can be used again. */
const MAX_DUMPED_BYTES = 16_384;

export interface MerchantQuestion {
  readonly check: string | CheckFunction | undefined;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** Asks the merchant about a payment; never throws: no answer in time is 13. */
export async function askMerchant(notification: Notification, { check, timeoutMs, logger }: MerchantQuestion): Promise<CheckCode> {
  if (check === undefined) return CheckCode.accept;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return typeof check === 'string'
      ? await askByHttp(check, notification, signal)
      : await askFunction(check, notification, signal, timeoutMs);
  } catch (error) {
    logger.warn({ error: errorText(error), account: notification.account }, 'the merchant gave no answer to a check');
    return CheckCode.notNow;
  }
}

async function askByHttp(address: string, notification: Notification, signal: AbortSignal): Promise<CheckCode> {
  const url = new URL(address);
  // Not by searchParams, which would write the query anew that is there.
  url.search = `${url.search}${url.search === '' ? '?' : '&'}account=${encodeURIComponent(notification.account ?? '')}`;
  const { statusCode, body } = await request(url, { method: 'GET', signal, dispatcher: agent });
  body.dump({ limit: MAX_DUMPED_BYTES, signal }).catch(() => {});
  return statusCode === 200 ? CheckCode.accept : CheckCode.unknownAccount;
}

async function askFunction(check: CheckFunction, notification: Notification, signal: AbortSignal, timeoutMs: number): Promise<CheckCode> {
  const { account, amount = '', currency = '', invoiceId, description, isTest, fields } = notification;
  const finished = new AbortController();
  try {
    const late = sleep(timeoutMs, undefined, { signal: finished.signal }).then(() => {
      throw new Error(`no answer within ${timeoutMs} ms`);
    });
    // Called inside of the race, so that nothing is left over when it throws: `late` would be an unhandled rejection.
    const ask = async () => await check({ account, sum: amount, currency, invoiceId, description, isTest, fields }, { signal });
    const verdict = await Promise.race([ask(), late]);
    return readVerdict(verdict);
  } finally {
    finished.abort();
  }
}

function readVerdict(verdict: unknown): CheckCode {
  if (verdict === true) return CheckCode.accept;
  if (verdict === false) return CheckCode.unknownAccount;
  if (KNOWN_CODES.has(verdict)) return verdict as CheckCode;
  throw new TypeError(`the check function gave ${String(verdict)}; it must give true, false or one of CheckCode`);
}
