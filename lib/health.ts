import type { Parts } from './assemble-parts.ts';
import type { HealthReport } from './payments-router.ts';

/** The dispatcher polls at least every five seconds. */
const MAX_POLL_AGE_MS = 60_000;
const ANSWER_TIMEOUT_MS = 2_000;

type Watched = Pick<Parts, 'deliveries' | 'recorder' | 'dispatcher'>;

/** Unavailable means: do not send requests here. A merchant's back-end that is down is no reason for that, a database is. */
export function createHealth(parts: Watched, queueLimit: number): () => Promise<HealthReport> {
  let underWay: Promise<HealthReport> | undefined;
  return async () => {
    // Who asks at the same moment gets the same answer: however many ask, the database is asked by one.
    underWay ??= examine(parts, queueLimit).finally(() => {
      underWay = undefined;
    });
    return await underWay;
  };
}

async function examine({ deliveries, recorder, dispatcher }: Watched, queueLimit: number): Promise<HealthReport> {
  const counts = await withTimeout(Promise.all([deliveries.backlog(), deliveries.nextDueIn()])).catch(() => undefined);
  const isReachable = counts !== undefined;
  const [backlog, dueIn] = counts ?? [null, undefined];
  const lastPollAt = dispatcher?.lastPollAt;
  const lastSignAt = dispatcher?.lastSignAt;
  const isStuck = lastSignAt !== undefined && Date.now() - lastSignAt > MAX_POLL_AGE_MS;
  const isFull = recorder.waiting >= queueLimit;
  return {
    status: isReachable && !isStuck && !isFull ? 'ok' : 'unavailable',
    database: isReachable ? { reachable: true } : { reachable: false, error: 'the database gave no answer' },
    deliveries: {
      backlog,
      oldest_due_seconds: dueIn !== undefined && dueIn <= 0 ? Math.round(-dueIn / 1000) : null,
      in_flight: dispatcher?.inFlight ?? 0,
      endpoint: dispatcher === undefined ? 'unknown' : dispatcher.isEndpointOpen ? 'open' : 'closed',
    },
    dispatcher: {
      running: dispatcher?.isRunning ?? false,
      last_poll_at: lastPollAt === undefined ? null : new Date(lastPollAt).toISOString(),
    },
    queue: { waiting: recorder.waiting, limit: queueLimit },
  };
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
