import { DatabaseError } from '../domain/errors.ts';
import { compareWithStored } from './compare-notifications.ts';
import type { DatabaseGate } from './database-gate.ts';
import { driverText } from './driver-text.ts';
import type { Database } from './open-database.ts';
import type { RecordItem, RecordOutcome } from './record-item.ts';
import { retryTransient } from './retry-transient.ts';
import { type NotificationRow, notificationKey, type RecordBatch, type TransactionRow, transactionKey } from './rows.ts';
import { withDeadline } from './with-deadline.ts';

interface Waiting {
  readonly item: RecordItem;
  readonly resolve: (outcome: RecordOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: requests that wait at the same moment are committed together, and each is answered after its commit. While one batch
 * is under way the next collects; an idle server commits at once, there is no timer.
 */
export class Recorder {
  readonly #database: Database;
  readonly #gate: DatabaseGate;
  readonly #limits: { readonly queue: number; readonly batch: number };
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(database: Database, gate: DatabaseGate, limits: { readonly queue: number; readonly batch: number }) {
    this.#database = database;
    this.#gate = gate;
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves after the commit. Rejects with `DatabaseError` at once when too many wait, or when the database is known to be away. */
  async record(item: RecordItem): Promise<RecordOutcome> {
    if (this.#waiting.length >= this.#limits.queue) {
      throw new DatabaseError('ERR_PAYMENTS_OVERLOADED', `${this.#waiting.length} requests wait for the database (option "limits.queue").`);
    }
    this.#gate.enter();
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Requests of the same turn of the event loop are still on their way.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, this.#limits.batch));
    this.#running = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await withDeadline(this.#store(batch.map((waiting) => waiting.item)));
      this.#gate.reached();
      batch.forEach((waiting, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) waiting.reject(new Error('the batch has no outcome for this request'));
        else waiting.resolve(outcome);
      });
    } catch (error) {
      const reason = this.#gate.failed(error);
      const isRowAtFault = !(reason instanceof DatabaseError);
      if (isRowAtFault && batch.length > 1) for (const waiting of batch) await this.#commit([waiting]);
      else for (const waiting of batch) waiting.reject(isRowAtFault ? refused(error) : reason);
      // Nor need those that wait find out one after the other that the database is away.
      if (!isRowAtFault) for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
    }
  }

  async #store(items: readonly RecordItem[]): Promise<readonly RecordOutcome[]> {
    const { knex, dialect } = this.#database;
    const batch = makeBatch(items);
    const result = await retryTransient(dialect.isTransient, () => dialect.recordBatch(knex, batch));
    return await retryTransient(dialect.isTransient, () => compareWithStored(this.#database, items, result));
  }
}

function makeBatch(items: readonly RecordItem[]): RecordBatch {
  const notifications = new Map<string, NotificationRow>();
  const transactions = new Map<string, TransactionRow>();
  for (const { notification, transaction } of items) {
    if (notification === undefined || notifications.has(notificationKey(notification))) continue;
    notifications.set(notificationKey(notification), notification);
    if (transaction !== undefined) transactions.set(transactionKey(transaction.transaction), transaction);
  }
  return {
    logs: items.map((item) => item.log),
    notifications: sortedByKey(notifications),
    transactions: sortedByKey(transactions),
    now: Date.now(),
  };
}

function sortedByKey<Row>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function refused(cause: unknown): DatabaseError {
  return new DatabaseError('ERR_PAYMENTS_DATABASE', `The database refused to store the request: ${driverText(cause)}`, { cause });
}
