import pRetry from 'p-retry';
import { redactText } from '../domain/redact.ts';
import type { AttemptRow, ClaimedDelivery, DeliveryOutcome } from '../storage/rows.ts';
import type { AttemptResult, Sender } from './attempt.ts';
import { retryDelayMs } from './retry-schedule.ts';

/** Quick tries inside one claim; the schedule over minutes and days is rows, not loops in memory. */
const QUICK_RETRIES = { retries: 2, minTimeout: 500, factor: 3, maxTimeout: 3_000, randomize: true } as const;

export interface Delivered {
  readonly outcome: DeliveryOutcome;
  readonly attempts: readonly AttemptRow[];
  readonly last: AttemptResult | undefined;
}

class AttemptFailed extends Error {
  readonly result: AttemptResult;

  constructor(result: AttemptResult) {
    super(result.error ?? 'failed');
    this.result = result;
  }
}

/** Works on one claimed delivery until it is taken, refused or cut off. Never throws. */
export async function deliver(delivery: ClaimedDelivery, sender: Sender, stop: AbortSignal): Promise<Delivered> {
  const attempts: AttemptRow[] = [];
  let last: AttemptResult | undefined;
  try {
    await pRetry(
      async () => {
        const startedAt = Date.now();
        const startedOn = performance.now();
        last = await sender.attempt(delivery, stop);
        attempts.push(attemptRow(delivery, sender.url, last, startedAt, Math.round(performance.now() - startedOn)));
        if (!last.isTaken) throw new AttemptFailed(last);
      },
      { ...QUICK_RETRIES, signal: stop, shouldRetry: ({ error }) => error instanceof AttemptFailed && error.result.isQuickRetry },
    );
  } catch {
    // The last result says why.
  }
  return { outcome: outcomeOf(delivery, last, stop), attempts, last };
}

/** A claim that is given back untouched. */
export function givenBack({ id, transactionId, lease }: ClaimedDelivery): DeliveryOutcome {
  return { id, transactionId, lease, kind: 'returned', delayMs: 0, lastStatus: null, lastError: null, completesTransaction: false };
}

function outcomeOf(delivery: ClaimedDelivery, last: AttemptResult | undefined, stop: AbortSignal): DeliveryOutcome {
  const { id, transactionId, lease, event, failures } = delivery;
  if (last?.isTaken) {
    return {
      id,
      transactionId,
      lease,
      kind: 'delivered',
      delayMs: 0,
      lastStatus: last.status,
      lastError: null,
      completesTransaction: event === 'payment',
    };
  }
  const { status = null, error = null, retryAfterMs = 0 } = last ?? {};
  if (stop.aborted && status === null) return givenBack(delivery);
  const delayMs = Math.max(retryDelayMs(failures + 1), retryAfterMs);
  return { id, transactionId, lease, kind: 'failed', delayMs, lastStatus: status, lastError: error, completesTransaction: false };
}

function attemptRow(delivery: ClaimedDelivery, url: string, result: AttemptResult, createdAt: number, durationMs: number): AttemptRow {
  const { 'webhook-signature': signature, ...shown } = result.requestHeaders;
  return {
    deliveryId: delivery.id,
    transactionId: delivery.transactionId,
    url: redactText(url),
    requestHeaders: JSON.stringify(signature === undefined ? shown : { ...shown, 'webhook-signature': '[redacted]' }),
    requestBody: delivery.body,
    responseStatus: result.status,
    responseHeaders: result.responseHeaders,
    responseBody: result.responseBody,
    error: result.error,
    durationMs,
    lease: delivery.lease,
    createdAt,
  };
}
