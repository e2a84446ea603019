import type { Knex } from 'knex';
import { formatUtcMs } from '../../domain/clock.ts';
import {
  type AttemptRow,
  type ClaimedDelivery,
  type ClaimRequest,
  type DeliveryOutcome,
  notificationKey,
  type RecordBatch,
  type RecordBatchResult,
  SUSPECT_AFTER_LOST_LEASES,
  type TransactionRow,
  transactionKey,
} from '../rows.ts';
import { type Dialect, errorCode, isConnectionFault } from './dialect.ts';

const MIGRATION_LOCK = 'express_cloudpayments_migrations';
const MIGRATION_LOCK_SECONDS = 120;

/** Deadlock, lock wait, and MariaDB's "record has changed since last read". */
const TRANSIENT = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'ER_DUP_ENTRY']);
const UNAVAILABLE = new Set([
  'PROTOCOL_CONNECTION_LOST', 'ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'ER_OPTION_PREVENTS_STATEMENT', 'ER_RECORD_FILE_FULL', 'ER_DISK_FULL',
  'ER_TOO_MANY_USER_CONNECTIONS', 'ER_CANT_LOCK', 'ER_NORMAL_SHUTDOWN', 'ER_CONNECTION_KILLED', 'ER_QUERY_INTERRUPTED',
]);

const PICK = {
  due: 'status = 0 AND due_at <= UTC_TIMESTAMP(3) AND lost_leases < ? ORDER BY due_at, id',
  suspect: 'status = 0 AND due_at <= UTC_TIMESTAMP(3) AND lost_leases >= ? ORDER BY due_at, id',
  probe: 'status = 0 AND (lease IS NULL OR due_at <= UTC_TIMESTAMP(3)) AND ? > 0 ORDER BY failures, due_at, id',
} as const;

/**
 * MySQL's INSERT gives no rows back, so what is known already is read first; a row that another process stores in between
 * is a duplicate key, and the batch is tried again.
 */
export const mysqlDialect: Dialect = {
  name: 'mysql',

  async recordBatch(knex: Knex, batch: RecordBatch): Promise<RecordBatchResult> {
    return await knex.transaction(async (transaction) => {
      const known = await knownKeys(transaction, batch);
      const notifications = batch.notifications.filter((row) => !known.notifications.has(notificationKey(row)));
      const news = batch.transactions.filter((row) => !known.transactions.has(transactionKey(row.transaction)));
      if (batch.logs.length > 0) await transaction('cloudpayments_http_log').insert(batch.logs.map(logColumns));
      for (const row of news) await insertTransaction(transaction, row);
      if (notifications.length > 0) {
        await transaction('cloudpayments_notification').insert(
          notifications.map((row) => ({
            provider: row.provider,
            type: row.type,
            external_id: row.externalId,
            payment_code: row.paymentCode,
            digest: row.digest,
            fields: row.fields,
            test_mode: row.isTest,
            applied: row.isApplied && !(row.type === 'pay' && known.transactions.has(`${row.provider} ${row.paymentCode}`)),
            outcome: row.outcome,
            received_at: formatUtcMs(row.receivedAt),
          })),
        );
      }
      return { stored: new Set(notifications.map(notificationKey)), created: new Set(news.map((row) => transactionKey(row.transaction))) };
    });
  },

  async claim(knex: Knex, request: ClaimRequest): Promise<readonly ClaimedDelivery[]> {
    const { limit, lease, leaseMs, kind } = request;
    const [result] = await knex.raw(
      `UPDATE cloudpayments_delivery
          SET lost_leases = lost_leases + (lease IS NOT NULL), lease = ?, claims = claims + 1, due_at = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND
        WHERE ${PICK[kind]} LIMIT ?`,
      [lease, leaseMs * 1000, SUSPECT_AFTER_LOST_LEASES, limit],
    );
    if (result.affectedRows === 0) return [];
    const rows = await knex('cloudpayments_delivery as d')
      .join('cloudpayments_delivery_body as b', 'b.delivery_id', 'd.id')
      .where('d.lease', lease)
      .select('d.id', 'd.transaction_id', 'd.event', 'd.failures', 'd.lost_leases', 'b.webhook_id', 'b.body');
    return rows.map((row) => ({
      id: String(row.id),
      transactionId: String(row.transaction_id),
      event: row.event,
      lease,
      failures: row.failures,
      lostLeases: row.lost_leases,
      webhookId: row.webhook_id,
      body: row.body,
    }));
  },

  async complete(knex: Knex, outcomes: readonly DeliveryOutcome[], attempts: readonly AttemptRow[]): Promise<ReadonlySet<string>> {
    return await knex.transaction(async (transaction) => {
      const done = new Set<string>();
      for (const outcome of outcomes) if (await writeOutcome(transaction, outcome)) done.add(outcome.id);
      const completed = outcomes.filter((row) => row.kind === 'delivered' && row.completesTransaction && done.has(row.id));
      if (completed.length > 0) {
        await transaction('cloudpayments_transaction').whereIn('id', completed.map((row) => row.transactionId)).update({ status: 1 });
      }
      if (attempts.length > 0) await transaction('cloudpayments_webhook_log').insert(attempts.map(attemptColumns));
      return done;
    });
  },

  time: (ms: number): string => formatUtcMs(ms),
  epochMs: (column: string): string => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`,
  dueIn: (knex: Knex, delayMs: number): Knex.Raw => knex.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [Math.round(delayMs) * 1000]),
  dueEpochMs: (column: string): string => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`,
  async takeWriteLock(): Promise<void> {},

  async exclusively(knex: Knex, work: (transaction: Knex.Transaction) => Promise<void>): Promise<void> {
    // Each DDL statement commits by itself here; the named lock belongs to the connection and outlives that.
    await knex.transaction(async (transaction) => {
      const [[row]] = await transaction.raw('SELECT GET_LOCK(?, ?) AS held', [MIGRATION_LOCK, MIGRATION_LOCK_SECONDS]);
      if (Number(row.held) !== 1) throw new Error('another process has been migrating for two minutes');
      try {
        await work(transaction);
      } finally {
        await transaction.raw('SELECT RELEASE_LOCK(?)', [MIGRATION_LOCK]);
      }
    });
  },

  isTransient: (error: unknown): boolean => TRANSIENT.has(errorCode(error)),
  isDuplicate: (error: unknown): boolean => errorCode(error) === 'ER_DUP_ENTRY',
  isUnavailable: (error: unknown): boolean => isConnectionFault(error) || UNAVAILABLE.has(errorCode(error)),
};

async function knownKeys(transaction: Knex.Transaction, batch: RecordBatch): Promise<{ notifications: Set<string>; transactions: Set<string> }> {
  const notifications = batch.notifications.length === 0 ? [] : await transaction('cloudpayments_notification')
    .whereIn(['provider', 'type', 'external_id'], batch.notifications.map((row) => [row.provider, row.type, row.externalId]))
    .select('provider', 'type', 'external_id as externalId');
  const transactions = batch.transactions.length === 0 ? [] : await transaction('cloudpayments_transaction')
    .whereIn(['provider', 'code'], batch.transactions.map((row) => [row.transaction.provider, row.transaction.code]))
    .select('provider', 'code');
  return { notifications: new Set(notifications.map(notificationKey)), transactions: new Set(transactions.map(transactionKey)) };
}

async function insertTransaction(transaction: Knex.Transaction, { transaction: t, delivery, isCompleted }: TransactionRow): Promise<void> {
  const [id] = await transaction('cloudpayments_transaction').insert({
    provider: t.provider,
    code: t.code,
    account: t.account,
    sum: t.sum,
    currency: t.currency,
    state: t.state,
    test_mode: t.isTest,
    review: t.review ?? null,
    invoice_id: t.invoiceId ?? null,
    subscription_id: t.subscriptionId ?? null,
    description: t.description ?? null,
    reference: t.reference ?? null,
    created_at: formatUtcMs(t.createdAt),
    received_at: formatUtcMs(t.receivedAt),
    status: Number(isCompleted),
  });
  if (delivery === undefined) return;
  const [deliveryId] = await transaction('cloudpayments_delivery').insert({
    transaction_id: id,
    event: delivery.event,
    event_key: delivery.eventKey,
    due_at: transaction.raw('UTC_TIMESTAMP(3)'),
    created_at: transaction.raw('UTC_TIMESTAMP(3)'),
  });
  await transaction('cloudpayments_delivery_body').insert({
    delivery_id: deliveryId,
    webhook_id: delivery.webhookId,
    body: `{"id":"${id}"${delivery.bodyTail}`,
  });
}

function logColumns(row: RecordBatch['logs'][number]): object {
  const { ip, url, method, headers, body, responseStatus, error, createdAt } = row;
  return { ip, url, method, headers, body, response_status: responseStatus, error, created_at: formatUtcMs(createdAt) };
}

async function writeOutcome(transaction: Knex.Transaction, outcome: DeliveryOutcome): Promise<boolean> {
  const held = transaction('cloudpayments_delivery').where({ id: outcome.id, lease: outcome.lease });
  const dueAt = mysqlDialect.dueIn(transaction, outcome.delayMs, 0);
  if (outcome.kind === 'returned') return (await held.update({ lease: null, due_at: dueAt })) === 1;
  const last = { lease: null, lost_leases: 0, last_status: outcome.lastStatus, last_error: outcome.lastError };
  if (outcome.kind === 'failed') return (await held.update({ ...last, due_at: dueAt, failures: transaction.raw('failures + 1') })) === 1;
  return (await held.update({ ...last, status: 1, failures: 0, delivered_at: transaction.raw('UTC_TIMESTAMP(3)') })) === 1;
}

function attemptColumns(row: AttemptRow): object {
  return {
    delivery_id: row.deliveryId,
    transaction_id: row.transactionId,
    url: row.url,
    request_headers: row.requestHeaders,
    request_body: row.requestBody,
    response_status: row.responseStatus,
    response_headers: row.responseHeaders,
    response_body: row.responseBody,
    error: row.error,
    duration_ms: row.durationMs,
    lease: row.lease,
    created_at: formatUtcMs(row.createdAt),
  };
}
