import type { Knex } from 'knex';
import type { Delivery, DeliveryStatus } from '../domain/delivery.ts';
import type { DatabaseGate } from './database-gate.ts';
import type { Database } from './open-database.ts';
import { type AttemptRow, type ClaimedDelivery, type ClaimRequest, type DeliveryOutcome, SUSPECT_AFTER_LOST_LEASES } from './rows.ts';
import { STATEMENT_TIMEOUT_MS } from './with-deadline.ts';

const TABLE = 'cloudpayments_delivery';
const STATUS_CODES: Readonly<Record<DeliveryStatus, number>> = { pending: 0, delivered: 1, cancelled: 2 };
const STATUS_NAMES: readonly DeliveryStatus[] = ['pending', 'delivered', 'cancelled'];

/** Counting what waits stops here. */
const MAX_COUNTED_BACKLOG = 100_001;

/** Which deliveries `list` gives. */
export interface DeliveryFilter {
  readonly limit: number;
  readonly beforeId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly transactionId?: string | undefined;
}

/** Owns the tables of deliveries: what is claimed, how it ended, what waits. */
export class DeliveryStore {
  readonly #database: Database;
  readonly #gate: DatabaseGate;

  constructor(database: Database, gate: DatabaseGate) {
    this.#database = database;
    this.#gate = gate;
  }

  /** What comes too late, when nobody waits for it any more and its lease is partly over, is given back. */
  async claim(request: Omit<ClaimRequest, 'now'>): Promise<readonly ClaimedDelivery[]> {
    const { knex, dialect } = this.#database;
    const askedOn = performance.now();
    return await this.#run(async () => {
      const claimed = await dialect.claim(knex, { ...request, now: Date.now() });
      if (claimed.length === 0 || performance.now() - askedOn < STATEMENT_TIMEOUT_MS) return claimed;
      await dialect.complete(knex, claimed.map(returned), [], Date.now());
      return [];
    });
  }

  /** Gives the ids whose lease still held. */
  async complete(outcomes: readonly DeliveryOutcome[], attempts: readonly AttemptRow[]): Promise<ReadonlySet<string>> {
    const { knex, dialect } = this.#database;
    return await this.#run(() => dialect.complete(knex, outcomes, attempts, Date.now()));
  }

  /** Whether a delivery is due whose instances died again and again. */
  async hasSuspect(): Promise<boolean> {
    const { knex, dialect } = this.#database;
    const due = knex(TABLE)
      .where('status', 0)
      .where('due_at', '<=', dialect.dueIn(knex, 0, Date.now()));
    return (await this.#run(() => due.where('lost_leases', '>=', SUSPECT_AFTER_LOST_LEASES).first('id'))) !== undefined;
  }

  /** Milliseconds until the next pending delivery is due: 0 or less when one is, undefined when none waits. */
  async nextDueIn(): Promise<number | undefined> {
    const { knex, dialect } = this.#database;
    const due = dialect.dueEpochMs('due_at');
    const now =
      dialect.name === 'sqlite' ? String(Date.now()) : dialect.dueEpochMs(dialect.name === 'mysql' ? 'UTC_TIMESTAMP(3)' : 'now()');
    const row = await this.#run(() =>
      knex(TABLE)
        .where('status', 0)
        .orderBy('due_at')
        .first(knex.raw(`${due} - ${now} AS ms`)),
    );
    return row === undefined ? undefined : Number(row.ms);
  }

  /** Pending deliveries, counted up to `MAX_COUNTED_BACKLOG`. */
  async backlog(): Promise<number> {
    const { knex } = this.#database;
    const pending = knex(TABLE).where('status', 0).limit(MAX_COUNTED_BACKLOG).select(knex.raw('1')).as('pending');
    const row = await this.#run(() => knex.from(pending).count({ count: '*' }).first());
    return Number(row?.count ?? 0);
  }

  async get(id: string): Promise<Delivery | undefined> {
    const row = await this.#run(() => this.#select().where('d.id', id).first());
    return row === undefined ? undefined : readDelivery(row);
  }

  /** Newest first. */
  async list({ limit, beforeId, status, transactionId }: DeliveryFilter): Promise<readonly Delivery[]> {
    const query = this.#select().orderBy('d.id', 'desc').limit(limit);
    if (beforeId !== undefined) query.where('d.id', '<', beforeId);
    if (status !== undefined) query.where('d.status', STATUS_CODES[status]);
    if (transactionId !== undefined) query.where('d.transaction_id', transactionId);
    const rows = await this.#run(async () => await query);
    return rows.map(readDelivery);
  }

  /** Due now, unless an instance is at work on it. False when it is not pending. */
  async retryNow(id: string): Promise<boolean> {
    const isPending = (await this.#run(() => this.#database.knex(TABLE).where({ id, status: 0 }).first('id'))) !== undefined;
    await this.#update({ id, status: 0, lease: null }, { lost_leases: 0, due_at: this.#now() });
    return isPending;
  }

  /** Clears the lease too: an attempt that is under way cannot record its outcome any more. */
  async cancel(id: string): Promise<boolean> {
    return await this.#update({ id, status: 0 }, { status: 2, lease: null });
  }

  /** Makes a delivered or cancelled one pending again. */
  async replay(id: string): Promise<boolean> {
    const { knex } = this.#database;
    const pending = { status: 0, lease: null, failures: 0, lost_leases: 0, due_at: this.#now() };
    const changed = await this.#run(() => knex(TABLE).where({ id }).whereIn('status', [1, 2]).update(pending));
    return changed === 1;
  }

  /**
   * Pulls waiting deliveries forward, spread over time, up to `limit` of them whose turn would come after `afterMs`. Gives how many.
   */
  async pullForward(limit: number, afterMs: number, spreadMs: number): Promise<number> {
    const { knex, dialect } = this.#database;
    const later = knex(TABLE)
      .where('status', 0)
      .whereNull('lease')
      .where('due_at', '>', dialect.dueIn(knex, afterMs, Date.now()))
      .orderBy('due_at')
      .limit(limit);
    const ids = (await this.#run(() => later.select('id'))).map((row) => row.id);
    const delay = afterMs - spreadMs + Math.random() * spreadMs;
    if (ids.length > 0) {
      await this.#run(() =>
        knex(TABLE)
          .whereIn('id', ids)
          .where('status', 0)
          .whereNull('lease')
          .update({ due_at: dialect.dueIn(knex, Math.round(delay), Date.now()) }),
      );
    }
    return ids.length;
  }

  #now(): Knex.Raw {
    const { knex, dialect } = this.#database;
    return dialect.dueIn(knex, 0, Date.now());
  }

  async #update(where: Readonly<Record<string, unknown>>, columns: Readonly<Record<string, unknown>>): Promise<boolean> {
    return (await this.#run(() => this.#database.knex(TABLE).where(where).update(columns))) === 1;
  }

  #select(): Knex.QueryBuilder {
    const { knex, dialect } = this.#database;
    return knex('cloudpayments_delivery as d')
      .join('cloudpayments_delivery_body as b', 'b.delivery_id', 'd.id')
      .select(
        'd.id',
        'd.transaction_id',
        'd.event',
        'd.status',
        'd.lease',
        'd.failures',
        'd.lost_leases',
        'd.last_status',
        'd.last_error',
        'b.webhook_id',
      )
      .select(knex.raw(`${dialect.dueEpochMs('d.due_at')} AS due_ms`))
      .select(knex.raw(`${dialect.epochMs('d.delivered_at')} AS delivered_ms`))
      .select(knex.raw(`${dialect.epochMs('d.created_at')} AS created_ms`));
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    return await this.#gate.run(work);
  }
}

function returned({ id, transactionId, lease }: ClaimedDelivery): DeliveryOutcome {
  return { id, transactionId, lease, kind: 'returned', delayMs: 0, lastStatus: null, lastError: null, completesTransaction: false };
}

function readDelivery(row: Readonly<Record<string, unknown>>): Delivery {
  return {
    id: String(row['id']),
    transactionId: String(row['transaction_id']),
    event: row['event'] === 'refund' ? 'refund' : 'payment',
    webhookId: String(row['webhook_id']),
    status: STATUS_NAMES[Number(row['status'])] ?? 'pending',
    dueAt: new Date(Number(row['due_ms'])),
    isLeased: row['lease'] !== null,
    failures: Number(row['failures']),
    lostLeases: Number(row['lost_leases']),
    lastStatus: row['last_status'] === null ? undefined : Number(row['last_status']),
    lastError: row['last_error'] === null ? undefined : String(row['last_error']),
    deliveredAt: row['delivered_ms'] === null ? undefined : new Date(Number(row['delivered_ms'])),
    createdAt: new Date(Number(row['created_ms'])),
  };
}
