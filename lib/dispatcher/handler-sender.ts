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
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([stop, deadline]);
      const common = {
        isQuickRetry: false,
        status: null,
        retryAfterMs: undefined,
        requestHeaders: {},
        responseHeaders: null,
        responseBody: null,
      };
      try {
        await resolveBefore(signal, async () => handler(JSON.parse(delivery.body), { webhookId: delivery.webhookId, signal }));
        return { ...common, isTaken: true, isEndpointFault: false, error: null };
      } catch (error) {
        const reason = deadline.aborted ? `the handler took longer than ${timeoutMs} ms` : errorText(error);
        return { ...common, isTaken: false, isEndpointFault: false, error: storableText(reason).slice(0, KEEP_LIMIT) };
      }
    },
  };
}

/** What comes after the signal does not count, also from a handler that only gives up because of it. */
async function resolveBefore(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  signal.throwIfAborted();
  await Promise.race([work(), late]);
  signal.throwIfAborted();
}
