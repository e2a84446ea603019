import type { Knex } from 'knex';
import type { NewTransaction } from '../../domain/transaction.ts';
import {
  type AttemptRow,
  type ClaimedDelivery,
  type ClaimRequest,
  type DeliveryOutcome,
  notificationKey,
  type RecordBatch,
  type RecordBatchResult,
  SUSPECT_AFTER_LOST_LEASES,
  transactionKey,
} from '../rows.ts';
import { errorCode, isConnectionFault } from './connection-faults.ts';
import type { Dialect } from './dialect.ts';
import { CLAIM, COMPLETE, RECORD } from './postgres-statements.ts';

/** Any number that no other program is likely to use with pg_advisory_xact_lock. */
const MIGRATION_LOCK = '7263482905';

const TRANSIENT = new Set(['40001', '40P01', '55P03']);
/** Classes: 08 connection, 53 out of resources, 57 operator intervention (shutdown, starting up), 58 system error, 25006 read-only. */
const UNAVAILABLE = /^(08|53|57|58)|^25006$/;

export const postgresDialect: Dialect = {
  name: 'postgres',

  async recordBatch(knex: Knex, batch: RecordBatch): Promise<RecordBatchResult> {
    const rows = await runPrepared(knex, 'cloudpayments_record', RECORD, recordBindings(batch));
    const stored = new Set<string>();
    const created = new Set<string>();
    const awaited = new Set<string>();
    for (const row of rows) {
      const provider = String(row['provider']);
      const key = String(row['key']);
      if (row['type'] === null) created.add(transactionKey({ provider, code: key }));
      else if (row['type'] === '') awaited.add(transactionKey({ provider, code: key }));
      else stored.add(notificationKey({ provider, type: String(row['type']), externalId: key }));
    }
    return { stored, created, awaited };
  },

  async claim(knex: Knex, request: ClaimRequest): Promise<readonly ClaimedDelivery[]> {
    const { limit, lease, leaseMs, kind } = request;
    const bindings = kind === 'probe' ? [limit, leaseMs, lease] : [SUSPECT_AFTER_LOST_LEASES, limit, leaseMs, lease];
    const rows = await runPrepared(knex, `cloudpayments_claim_${kind}`, CLAIM[kind], bindings);
    return rows.map((row) => ({
      id: String(row['id']),
      transactionId: String(row['transaction_id']),
      event: row['event'] === 'refund' ? 'refund' : 'payment',
      lease,
      failures: Number(row['failures']),
      lostLeases: Number(row['lost_leases']),
      webhookId: String(row['webhook_id']),
      body: String(row['body']),
    }));
  },

  async complete(knex: Knex, outcomes: readonly DeliveryOutcome[], attempts: readonly AttemptRow[]): Promise<ReadonlySet<string>> {
    const rows = await runPrepared(knex, 'cloudpayments_complete', COMPLETE, completeBindings(outcomes, attempts));
    return new Set(rows.map((row) => String(row['id'])));
  },

  time: (ms: number): Date => new Date(ms),
  epochMs: (column: string): string => `(extract(epoch from ${column}) * 1000)::double precision`,
  dueIn: (knex: Knex, delayMs: number): Knex.Raw => knex.raw("now() + ? * interval '1 millisecond'", [delayMs]),
  dueEpochMs: (column: string): string => `(extract(epoch from ${column}) * 1000)::double precision`,
  // Whatever the default is: with an older view, what others have written while the lock was waited for would not be seen.
  transactions: { isolationLevel: 'read committed' },
  async takeWriteLock(): Promise<void> {},

  async exclusively(knex: Knex, work: (knex: Knex) => Promise<void>): Promise<void> {
    await knex.transaction(async (transaction) => {
      await transaction.raw(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await work(transaction);
    });
  },

  isTransient: (error: unknown): boolean => TRANSIENT.has(errorCode(error)),
  isDuplicate: (error: unknown): boolean => errorCode(error) === '23505',
  isUnavailable: (error: unknown): boolean => isConnectionFault(error) || UNAVAILABLE.test(errorCode(error)),
};

type Row = Readonly<Record<string, unknown>>;

/** A statement that is planned once for each connection. Without its name it costs twice the time of a lone payment. */
async function runPrepared(knex: Knex, name: string, sql: string, bindings: readonly unknown[]): Promise<readonly Row[]> {
  // Knex's types know neither arrays with nulls nor the result of a raw statement of pg.
  const result: { rows: readonly Row[] } = await knex.raw(sql, bindings as never[]).options({ name });
  return result.rows;
}

function recordBindings({ logs, notifications, transactions }: RecordBatch): unknown[][] {
  const news = transactions.map((row) => row.transaction);
  const column = (name: keyof NewTransaction): unknown[] => news.map((row) => row[name] ?? null);
  return [
    logs.map((row) => row.ip),
    logs.map((row) => row.url),
    logs.map((row) => row.method),
    logs.map((row) => row.headers),
    logs.map((row) => row.body),
    logs.map((row) => row.responseStatus),
    logs.map((row) => row.error),
    logs.map((row) => row.createdAt),
    column('provider'),
    column('code'),
    column('account'),
    column('sum'),
    column('currency'),
    column('state'),
    news.map((row) => Number(row.isTest)),
    column('review'),
    column('invoiceId'),
    column('subscriptionId'),
    column('description'),
    column('reference'),
    column('createdAt'),
    column('receivedAt'),
    transactions.map((row) => Number(row.isCompleted)),
    transactions.map((row) => row.delivery?.webhookId ?? null),
    transactions.map((row) => row.delivery?.bodyTail ?? null),
    notifications.map((row) => row.provider),
    notifications.map((row) => row.type),
    notifications.map((row) => row.externalId),
    notifications.map((row) => row.paymentCode),
    notifications.map((row) => row.digest),
    notifications.map((row) => row.fields),
    notifications.map((row) => Number(row.isTest)),
    notifications.map((row) => Number(row.isApplied)),
    notifications.map((row) => row.outcome),
    notifications.map((row) => row.receivedAt),
  ];
}

const OUTCOME_CODES = { delivered: 1, failed: 2, returned: 3 } as const;

function completeBindings(outcomes: readonly DeliveryOutcome[], attempts: readonly AttemptRow[]): unknown[][] {
  const ids = outcomes.map((row) => row.id);
  return [
    ids,
    outcomes.map((row) => row.lease),
    outcomes.map((row) => OUTCOME_CODES[row.kind]),
    outcomes.map((row) => row.delayMs),
    outcomes.map((row) => row.lastStatus),
    outcomes.map((row) => row.lastError),
    outcomes.map((row) => Number(row.completesTransaction)),
    ids,
    attempts.map((row) => row.deliveryId),
    attempts.map((row) => row.transactionId),
    attempts.map((row) => row.url),
    attempts.map((row) => row.requestHeaders),
    attempts.map((row) => row.requestBody),
    attempts.map((row) => row.responseStatus),
    attempts.map((row) => row.responseHeaders),
    attempts.map((row) => row.responseBody),
    attempts.map((row) => row.error),
    attempts.map((row) => row.durationMs),
    attempts.map((row) => row.lease),
    attempts.map((row) => row.createdAt),
  ];
}
