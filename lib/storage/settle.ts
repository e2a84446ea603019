import type { Knex } from 'knex';
import type { NewTransaction, Transaction } from '../domain/transaction.ts';
import type { Database } from './open-database.ts';
import { retryTransient } from './retry-transient.ts';
import type { NewDelivery } from './rows.ts';
import { newTransactionColumns, readTransaction, transactionColumns } from './transaction-columns.ts';

/** A notification whose effect on its transaction is still to be worked out. */
export interface PendingNotification {
  readonly id: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

export interface SettleInput {
  readonly transaction: Transaction | undefined;
  readonly pending: readonly PendingNotification[];
  /** True when this order number was paid by another transaction. */
  isOrderPaid(orderId: string): boolean;
}

/** What notifications make of a transaction. */
export interface Settlement {
  readonly insert?: NewTransaction | undefined;
  readonly update?: Partial<Pick<Transaction, 'state' | 'sum' | 'refundedSum' | 'review' | 'reference'>> | undefined;
  readonly deliveries: readonly NewDelivery[];
  /** The transaction counts as taken over at once: nobody has to be told. */
  readonly isCompleted: boolean;
  /** An order number that is paid by it. */
  readonly paidOrder?: string | undefined;
  /** An order number that it had and that may be paid again. */
  readonly releasedOrder?: string | undefined;
  /** By the id of the notification; what is left out stays pending. */
  readonly applied: ReadonlyMap<string, string>;
}

/**
 * Lets `decide` work out what the pending notifications of a payment mean, and writes that, in one database transaction. The row of the
 * transaction is locked, so that two instances settle one after the other.
 */
export async function settle<S extends Settlement>(
  database: Database,
  { provider, code }: { readonly provider: string; readonly code: string },
  decide: (input: SettleInput) => S,
): Promise<S> {
  const { knex, dialect } = database;
  // It becomes a condition, of which anything else that a caller's object holds must be no part.
  const key = { provider, code };
  // A duplicate is another instance that has just inserted the same transaction or order: what it made is seen at the next try.
  const isPassing = (error: unknown) => dialect.isTransient(error) || dialect.isDuplicate(error);
  return await retryTransient(isPassing, () =>
    knex.transaction(async (transaction) => {
      await dialect.takeWriteLock(transaction);
      const settlement = decide(await readInput(database, transaction, key));
      await writeSettlement(database, transaction, key, settlement);
      return settlement;
    }, dialect.transactions),
  );
}

/** Payments with pending notifications whose transaction is there: left behind where a process died between two steps. */
export async function findUnsettled({ knex }: Database, limit: number): Promise<readonly { provider: string; code: string }[]> {
  return await knex('cloudpayments_notification as n')
    .distinct('n.provider', 'n.payment_code as code')
    .where('n.applied', 0)
    .whereNotNull('n.payment_code')
    .where((open) =>
      open
        .where('n.type', 'pay')
        .orWhereExists((row) =>
          row
            .select(knex.raw('1'))
            .from('cloudpayments_transaction as t')
            .whereRaw("t.provider = n.provider AND t.code = n.payment_code AND (n.type <> 'refund' OR t.state <> 'authorized')"),
        ),
    )
    .limit(limit);
}

/** Payments that were confirmed so long ago, and of which no Pay has come. */
export async function findConfirmedWithoutPay({ knex, dialect }: Database, olderThanMs: number): Promise<readonly string[]> {
  const rows = await knex('cloudpayments_notification')
    .where({ applied: 0, type: 'confirm' })
    .where('received_at', '<', dialect.time(Date.now() - olderThanMs))
    .limit(REPORT_LIMIT)
    .select('payment_code');
  return rows.map((row) => String(row.payment_code));
}

const REPORT_LIMIT = 20;

async function readInput(
  { knex, dialect }: Database,
  transaction: Knex.Transaction,
  { provider, code }: { readonly provider: string; readonly code: string },
): Promise<SettleInput> {
  const query = transaction('cloudpayments_transaction').where({ provider, code }).select(transactionColumns(knex, dialect));
  const row = await (dialect.name === 'sqlite' ? query : query.forUpdate()).first();
  const pending = await transaction('cloudpayments_notification')
    .where({ provider, payment_code: code, applied: 0 })
    .orderBy('id')
    .select('id', 'type', 'fields', knex.raw(`${dialect.epochMs('received_at')} AS received_ms`));
  const orders = await transaction('cloudpayments_paid_order')
    .whereIn('order_id', [...orderNumbers(pending), ...(row?.invoice_id ? [String(row.invoice_id)] : [])])
    .select('order_id', 'transaction_id');
  const paidByOthers = new Set(orders.filter((order) => String(order.transaction_id) !== String(row?.id)).map((order) => order.order_id));
  return {
    transaction: row === undefined ? undefined : readTransaction(row),
    pending: pending.map(readPending),
    isOrderPaid: (orderId) => paidByOthers.has(orderId),
  };
}

interface PendingRow {
  readonly id: unknown;
  readonly type: string;
  readonly fields: unknown;
  readonly received_ms: unknown;
}

function readPending(row: PendingRow): PendingNotification {
  return { id: String(row.id), type: row.type, fields: readFields(row.fields), receivedAt: Number(row.received_ms) };
}

/** pg and mysql2 read a JSON column themselves. */
function readFields(fields: unknown): Readonly<Record<string, string>> {
  return typeof fields === 'string' ? JSON.parse(fields) : (fields as Readonly<Record<string, string>>);
}

function orderNumbers(pending: readonly PendingRow[]): readonly string[] {
  return pending.map((row) => readFields(row.fields)['InvoiceId']).filter((orderId) => orderId !== undefined);
}

/** Writes what becomes of a transaction, with what the merchant is owed. */
export async function writeSettlement(
  database: Database,
  transaction: Knex.Transaction,
  key: { readonly provider: string; readonly code: string },
  settlement: Settlement,
): Promise<void> {
  const { dialect } = database;
  const { insert, update, deliveries, isCompleted, paidOrder, releasedOrder, applied } = settlement;
  if (insert !== undefined)
    await transaction('cloudpayments_transaction').insert({ ...newTransactionColumns(insert, dialect), status: Number(isCompleted) });
  if (update !== undefined) await transaction('cloudpayments_transaction').where(key).update(updateColumns(update, isCompleted));
  if (deliveries.length > 0 || paidOrder !== undefined || releasedOrder !== undefined) {
    const row = await transaction('cloudpayments_transaction').where(key).first('id');
    for (const delivery of deliveries) await insertDelivery(database, transaction, String(row?.id), delivery);
    if (paidOrder !== undefined) await transaction('cloudpayments_paid_order').insert({ order_id: paidOrder, transaction_id: row?.id });
    if (releasedOrder !== undefined)
      await transaction('cloudpayments_paid_order').where({ order_id: releasedOrder, transaction_id: row?.id }).delete();
  }
  for (const [id, outcome] of applied) await transaction('cloudpayments_notification').where({ id }).update({ applied: 1, outcome });
}

function updateColumns(update: NonNullable<Settlement['update']>, isCompleted: boolean): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  if (update.state !== undefined) columns['state'] = update.state;
  if (update.sum !== undefined) columns['sum'] = update.sum;
  if (update.refundedSum !== undefined) columns['refunded_sum'] = update.refundedSum;
  if ('review' in update) columns['review'] = update.review ?? null;
  if (update.reference !== undefined) columns['reference'] = update.reference;
  if (isCompleted) columns['status'] = 1;
  return columns;
}

/** Adds a delivery that is due at once. */
async function insertDelivery(
  { knex, dialect }: Database,
  transaction: Knex.Transaction,
  transactionId: string,
  delivery: NewDelivery,
): Promise<void> {
  const now = Date.now();
  const row = { transaction_id: transactionId, event: delivery.event, event_key: delivery.eventKey };
  await transaction('cloudpayments_delivery').insert({ ...row, due_at: dialect.dueIn(knex, 0, now), created_at: dialect.time(now) });
  const inserted = await transaction('cloudpayments_delivery').where(row).first('id');
  await transaction('cloudpayments_delivery_body').insert({
    delivery_id: inserted?.id,
    webhook_id: delivery.webhookId,
    body: `{"id":"${transactionId}"${delivery.bodyTail}`,
  });
}
