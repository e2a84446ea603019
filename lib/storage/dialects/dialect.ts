import type { Knex } from 'knex';
import type { AttemptRow, ClaimedDelivery, ClaimRequest, DeliveryOutcome, RecordBatch, RecordBatchResult } from '../rows.ts';

/** Everything in which the databases differ. The hot statements are written by hand, each as its database likes it best. */
export interface Dialect {
  readonly name: 'postgres' | 'sqlite' | 'mysql';

  /** Stores a batch in one transaction; rows whose keys are there already are left out. */
  recordBatch(knex: Knex, batch: RecordBatch): Promise<RecordBatchResult>;
  /** Makes due deliveries this process's own, for as long as the lease lasts. */
  claim(knex: Knex, request: ClaimRequest): Promise<readonly ClaimedDelivery[]>;
  /** Writes outcomes and attempts in one transaction. Gives the ids whose lease still held; of the others only the attempt is kept. */
  complete(knex: Knex, outcomes: readonly DeliveryOutcome[], attempts: readonly AttemptRow[], now: number): Promise<ReadonlySet<string>>;

  /** A value for a column of time. */
  time(ms: number): Knex.Value;
  /** SQL for a column of time as milliseconds since the epoch. */
  epochMs(column: string): string;
  /** A value for `due_at` (which SQLite keeps as a number) and the SQL for now plus so many milliseconds. */
  dueIn(knex: Knex, delayMs: number, now: number): Knex.Raw;
  dueEpochMs(column: string): string;
  /** How transactions are begun that read under a lock what others have written. */
  readonly transactions: Knex.TransactionConfig;
  /** Begins a transaction that reads before it writes, so that it cannot fail on what another process wrote in between. */
  takeWriteLock(transaction: Knex.Transaction): Promise<void>;
  /** Runs `work` while no other process does the same; what it does goes through the Knex that it is given. */
  exclusively(knex: Knex, work: (knex: Knex) => Promise<void>): Promise<void>;

  /** The statement was sound, but met another (deadlock, busy): it may be tried again at once. */
  isTransient(error: unknown): boolean;
  isDuplicate(error: unknown): boolean;
  /** The database could not be reached, or refuses everything (down, starting, read-only, full). */
  isUnavailable(error: unknown): boolean;
}
