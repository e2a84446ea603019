import type { Knex } from 'knex';
import { formatUtc, formatUtcMs } from '../../domain/format-utc.ts';
import {
  type AttemptRow,
  type ClaimedDelivery,
  type ClaimRequest,
  type DeliveryOutcome,
  type HttpLogRow,
  type NotificationRow,
  notificationKey,
  type RecordBatch,
  type RecordBatchResult,
  SUSPECT_AFTER_LOST_LEASES,
  type TransactionRow,
  transactionKey,
} from '../rows.ts';
import { errorCode, isConnectionFault } from './connection-faults.ts';
import type { Dialect } from './dialect.ts';
import { type Connection, inTransaction, statement } from './sqlite-connection.ts';
import { PICK, SQL } from './sqlite-statements.ts';

export const sqliteDialect: Dialect = {
  name: 'sqlite',

  async recordBatch(knex: Knex, batch: RecordBatch): Promise<RecordBatchResult> {
    return await inTransaction(knex, (connection) => {
      const stored = new Set<string>();
      const created = new Set<string>();
      const awaited = new Set<string>();
      const known = new Set<string>();
      for (const row of batch.logs) insertLog(connection, row);
      for (const row of batch.transactions) {
        const key = transactionKey(row.transaction);
        if (!insertTransaction(connection, row, batch.now)) known.add(key);
        else created.add(key);
        if (created.has(key) && isAwaited(connection, row)) awaited.add(key);
      }
      for (const row of batch.notifications) {
        const mustSettle =
          row.type === 'pay' && row.paymentCode !== null && known.has(transactionKey({ provider: row.provider, code: row.paymentCode }));
        if (insertNotification(connection, row, row.isApplied && !mustSettle)) stored.add(notificationKey(row));
      }
      return { stored, created, awaited };
    });
  },

  async claim(knex: Knex, request: ClaimRequest): Promise<readonly ClaimedDelivery[]> {
    const { limit, lease, leaseMs, kind, now } = request;
    return await inTransaction(knex, (connection) => {
      const rows = statement(
        connection,
        `UPDATE cloudpayments_delivery SET due_at = @until, lost_leases = lost_leases + (lease IS NOT NULL), lease = @lease, claims = claims + 1
          WHERE id IN (SELECT id FROM cloudpayments_delivery WHERE ${PICK[kind]} LIMIT @limit)
          RETURNING id, transaction_id, event, failures, lost_leases`,
      ).all({ until: now + leaseMs, lease, now, limit, suspects: SUSPECT_AFTER_LOST_LEASES });
      return rows.map((row) => claimedDelivery(connection, row, lease));
    });
  },

  async complete(
    knex: Knex,
    outcomes: readonly DeliveryOutcome[],
    attempts: readonly AttemptRow[],
    now: number,
  ): Promise<ReadonlySet<string>> {
    return await inTransaction(knex, (connection) => {
      const done = new Set(outcomes.filter((outcome) => writeOutcome(connection, outcome, now)).map((outcome) => outcome.id));
      for (const row of attempts) insertAttempt(connection, row);
      return done;
    });
  },

  time: (ms: number): string => (ms % 1000 === 0 ? formatUtc(ms) : formatUtcMs(ms)),
  epochMs: (column: string): string => `CAST(ROUND((julianday(${column}) - 2440587.5) * 86400000) AS INTEGER)`,
  dueIn: (knex: Knex, delayMs: number, now: number): Knex.Raw => knex.raw('?', [now + delayMs]),
  dueEpochMs: (column: string): string => column,

  transactions: {},

  async takeWriteLock(transaction: Knex.Transaction): Promise<void> {
    await transaction.raw('UPDATE cloudpayments_endpoint SET failures = failures WHERE 0');
  },

  async exclusively(knex: Knex, work: (knex: Knex) => Promise<void>): Promise<void> {
    await knex.transaction(async (transaction) => {
      await transaction.raw('CREATE TABLE IF NOT EXISTS cloudpayments_migrations_guard (id integer)');
      await transaction.raw('DELETE FROM cloudpayments_migrations_guard');
      await work(transaction);
    });
  },

  isTransient: (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(errorCode(error)),
  isDuplicate: (error: unknown): boolean => /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(errorCode(error)),
  isUnavailable: (error: unknown): boolean =>
    isConnectionFault(error) || /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR)/.test(errorCode(error)),
};

function insertLog(connection: Connection, row: HttpLogRow): void {
  const { ip, url, method, headers, body, responseStatus, error, createdAt } = row;
  statement(connection, SQL.log).run(ip, url, method, headers, body, responseStatus, error, formatUtcMs(createdAt));
}

function insertTransaction(connection: Connection, row: TransactionRow, now: number): boolean {
  const { transaction: t, delivery } = row;
  const { changes, lastInsertRowid } = statement(connection, SQL.transaction).run(
    ...[
      t.provider,
      t.code,
      t.account,
      t.sum,
      t.currency,
      t.state,
      Number(t.isTest),
      t.review ?? null,
      t.invoiceId ?? null,
      t.subscriptionId ?? null,
    ],
    ...[t.description ?? null, t.reference ?? null, formatUtc(t.createdAt), formatUtcMs(t.receivedAt), Number(row.isCompleted)],
  );
  if (changes === 0) return false;
  if (delivery !== undefined) {
    const { event, eventKey, webhookId, bodyTail } = delivery;
    const inserted = statement(connection, SQL.delivery).run(lastInsertRowid, event, eventKey, now, formatUtcMs(now));
    statement(connection, SQL.body).run(inserted.lastInsertRowid, webhookId, `{"id":"${lastInsertRowid}"${bodyTail}`);
  }
  return true;
}

function isAwaited(connection: Connection, { transaction }: TransactionRow): boolean {
  return statement(connection, SQL.awaited).all(transaction.provider, transaction.code).length > 0;
}

function insertNotification(connection: Connection, row: NotificationRow, isApplied: boolean): boolean {
  const { provider, type, externalId, paymentCode, digest, fields, isTest, outcome, receivedAt } = row;
  const { changes } = statement(connection, SQL.notification).run(
    ...[provider, type, externalId, paymentCode, digest, fields, Number(isTest), Number(isApplied), outcome, formatUtcMs(receivedAt)],
  );
  return changes === 1;
}

function claimedDelivery(connection: Connection, row: Record<string, unknown>, lease: string): ClaimedDelivery {
  const [text] = statement(connection, SQL.readBody).all(row['id']);
  return {
    id: String(row['id']),
    transactionId: String(row['transaction_id']),
    event: row['event'] === 'refund' ? 'refund' : 'payment',
    lease,
    failures: Number(row['failures']),
    lostLeases: Number(row['lost_leases']),
    webhookId: String(text?.['webhook_id']),
    body: String(text?.['body']),
  };
}

function writeOutcome(connection: Connection, outcome: DeliveryOutcome, now: number): boolean {
  const { id, lease, kind, delayMs, lastStatus, lastError } = outcome;
  if (kind === 'returned') return statement(connection, SQL.returned).run(now + delayMs, id, lease).changes === 1;
  if (kind === 'failed') return statement(connection, SQL.failed).run(lastStatus, lastError, now + delayMs, id, lease).changes === 1;
  if (statement(connection, SQL.delivered).run(lastStatus, lastError, formatUtcMs(now), id, lease).changes === 0) return false;
  if (outcome.completesTransaction) statement(connection, SQL.completed).run(outcome.transactionId);
  return true;
}

function insertAttempt(connection: Connection, row: AttemptRow): void {
  statement(connection, SQL.attempt).run(
    ...[row.deliveryId, row.transactionId, row.url, row.requestHeaders, row.requestBody, row.responseStatus, row.responseHeaders],
    ...[row.responseBody, row.error, row.durationMs, row.lease, formatUtcMs(row.createdAt)],
  );
}
