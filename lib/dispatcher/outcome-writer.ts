import pRetry from 'p-retry';
import { DatabaseError, StatementError } from '../domain/errors.ts';
import type { DeliveryStore } from '../storage/delivery-store.ts';
import type { AttemptRow, DeliveryOutcome } from '../storage/rows.ts';
import type { Delivered } from './deliver.ts';

interface Waiting {
  readonly outcome: DeliveryOutcome;
  readonly attempts: readonly AttemptRow[];
  readonly resolve: (isHeld: boolean) => void;
  readonly reject: (error: unknown) => void;
  readonly expiresOn: number;
}

const MAX_BATCH = 256;

/**
 * Writes outcomes in batches: while one write is under way the next collects. Tries again while the leases last; after that the
 * deliveries are due again by themselves.
 */
export class OutcomeWriter {
  readonly #store: DeliveryStore;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(store: DeliveryStore) {
    this.#store = store;
  }

  /** Resolves with whether the lease still held. Rejects when the database stayed away for `patienceMs`. */
  async write({ outcome, attempts }: Pick<Delivered, 'outcome' | 'attempts'>, patienceMs: number): Promise<boolean> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ outcome, attempts, resolve, reject, expiresOn: performance.now() + patienceMs });
      this.#running ??= this.#run();
    });
  }

  async flush(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.splice(0, MAX_BATCH));
    this.#running = undefined;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const outcomes = batch.map((waiting) => waiting.outcome);
    const attempts = batch.flatMap((waiting) => waiting.attempts);
    const patience = Math.min(...batch.map((waiting) => waiting.expiresOn)) - performance.now();
    try {
      const held = await pRetry(() => this.#store.complete(outcomes, attempts), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 50,
        maxTimeout: 1_000,
        maxRetryTime: Math.max(patience, 1),
        shouldRetry: ({ error }) => isAway(error),
      });
      for (const waiting of batch) waiting.resolve(held.has(waiting.outcome.id));
    } catch (error) {
      // A row that the database refuses fails alone.
      if (batch.length > 1 && !isAway(error)) for (const waiting of batch) await this.#writeBatch([waiting]);
      else for (const waiting of batch) waiting.reject(error);
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof DatabaseError && !(error instanceof StatementError);
}
