import { setTimeout as sleep } from 'node:timers/promises';
import { errorText } from '../domain/errors.ts';
import { storableText } from '../domain/storable-text.ts';
import type { WebhookHandlerOptions } from '../payments-options.ts';
import type { ClaimedDelivery } from '../storage/rows.ts';
import type { AttemptResult, Sender } from './attempt.ts';

const KEEP_LIMIT = 2_048;

/** Hands deliveries over to a function of the host, under the same rules: what resolves in time is taken. */
export function createHandlerSender(handler: WebhookHandlerOptions['handler'], timeoutMs: number): Sender {
  return {
    url: 'handler:',
    async close(): Promise<void> {},
    async attempt(delivery: ClaimedDelivery, stop: AbortSignal): Promise<AttemptResult> {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
      const common = {
        isQuickRetry: false,
        status: null,
        retryAfterMs: undefined,
        requestHeaders: {},
        responseHeaders: null,
        responseBody: null,
      };
      try {
        await raceAgainst(signal, timeoutMs, async () => handler(JSON.parse(delivery.body), { webhookId: delivery.webhookId, signal }));
        return { ...common, isTaken: true, isEndpointFault: false, error: null };
      } catch (error) {
        return { ...common, isTaken: false, isEndpointFault: false, error: storableText(errorText(error)).slice(0, KEEP_LIMIT) };
      }
    },
  };
}

async function raceAgainst(signal: AbortSignal, timeoutMs: number, work: () => Promise<unknown>): Promise<void> {
  const finished = new AbortController();
  try {
    const late = sleep(timeoutMs, undefined, { signal: AbortSignal.any([finished.signal, signal]) }).then(
      () => Promise.reject(new Error(`the handler took longer than ${timeoutMs} ms`)),
      () => Promise.reject(new Error(signal.aborted ? 'cut off: the handler took too long or the dispatcher stopped' : 'finished')),
    );
    await Promise.race([work(), late]);
  } finally {
    finished.abort();
  }
}
