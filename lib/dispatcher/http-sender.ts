import { Agent, type Dispatcher, request } from 'undici';
import { errorText } from '../domain/errors.ts';
import { storableText } from '../domain/storable-text.ts';
import type { ClaimedDelivery } from '../storage/rows.ts';
import type { AttemptResult, Sender } from './attempt.ts';
import { retryAfterMs } from './retry-schedule.ts';
import { signWebhook } from './sign-webhook.ts';

export interface HttpTarget {
  readonly url: string;
  /** Keys of the signature; one signature for each. */
  readonly secrets: readonly Uint8Array[];
  readonly timeoutMs: number;
  readonly connections: number;
}

const READ_LIMIT = 65_536;
const KEEP_LIMIT = 2_048;
const USER_AGENT = 'express-cloudpayments (+https://www.standardwebhooks.com)';
const HIDDEN_HEADERS: ReadonlySet<string> = new Set(['set-cookie', 'authorization', 'www-authenticate', 'proxy-authenticate']);
const QUICK_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** Sends deliveries by `POST`, signed by Standard Webhooks. Redirects are not followed; only 200 and 201 count. */
export function createHttpSender({ url, secrets, timeoutMs, connections }: HttpTarget): Sender {
  const agent = new Agent({ connections, pipelining: 1, keepAliveTimeout: 10_000, connect: { timeout: timeoutMs } });
  return {
    url,
    close: () => agent.destroy(),
    async attempt(delivery: ClaimedDelivery, stop: AbortSignal): Promise<AttemptResult> {
      const requestHeaders = headersOf(delivery, secrets);
      // One limit for everything: undici's own time-outs start again with each byte that drips in.
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([stop, deadline]);
      try {
        const response = await request(url, {
          method: 'POST',
          headers: requestHeaders,
          body: delivery.body,
          signal,
          dispatcher: agent,
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        const body = await readHead(response.body);
        return { ...judge(response), requestHeaders, responseHeaders: headText(response.headers), responseBody: body };
      } catch (error) {
        const isLate = deadline.aborted;
        return {
          ...{ isTaken: false, isQuickRetry: !isLate && !stop.aborted, isEndpointFault: true, status: null, retryAfterMs: undefined },
          error: isLate
            ? `no complete answer within ${timeoutMs} ms`
            : stop.aborted
              ? 'cut off: the dispatcher stopped'
              : connectionError(error),
          ...{ requestHeaders, responseHeaders: null, responseBody: null },
        };
      }
    },
  };
}

function headersOf({ webhookId, body }: ClaimedDelivery, secrets: readonly Uint8Array[]): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': USER_AGENT, 'webhook-id': webhookId };
  const timestamp = Math.floor(Date.now() / 1000);
  headers['webhook-timestamp'] = String(timestamp);
  if (secrets.length > 0)
    headers['webhook-signature'] = secrets.map((key) => signWebhook(key, { id: webhookId, timestamp, body })).join(' ');
  return headers;
}

type Judgement = Pick<AttemptResult, 'isTaken' | 'isQuickRetry' | 'isEndpointFault' | 'status' | 'error' | 'retryAfterMs'>;

function judge({ statusCode: status, headers }: Dispatcher.ResponseData): Judgement {
  const isTaken = status === 200 || status === 201;
  const retryAfter = headers['retry-after'];
  return {
    isTaken,
    isQuickRetry: QUICK_STATUSES.has(status) && retryAfter === undefined,
    isEndpointFault: !isTaken && (status >= 500 || status === 429),
    status,
    error: isTaken ? null : `HTTP ${status}`,
    retryAfterMs: isTaken ? undefined : retryAfterMs([retryAfter].flat()[0], Date.now()),
  };
}

/** The beginning of the answer; a longer one is cut off together with its connection. */
async function readHead(body: Dispatcher.ResponseData['body']): Promise<string> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (size < KEEP_LIMIT) kept.push(chunk);
    size += chunk.length;
    if (size > READ_LIMIT) break;
  }
  return storableText(Buffer.concat(kept).subarray(0, KEEP_LIMIT).toString('utf8'));
}

function headText(headers: Dispatcher.ResponseData['headers']): string {
  const shown = Object.entries(headers).map(([name, value]) => [name, HIDDEN_HEADERS.has(name) ? '[redacted]' : value]);
  return storableText(JSON.stringify(Object.fromEntries(shown))).slice(0, KEEP_LIMIT);
}

function connectionError(error: unknown): string {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return storableText(typeof code === 'string' ? `${code}: ${errorText(error)}` : errorText(error)).slice(0, KEEP_LIMIT);
}
