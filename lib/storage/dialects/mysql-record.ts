import type { Knex } from 'knex';
import { formatUtcMs } from '../../domain/format-utc.ts';
import { notificationKey, type RecordBatch, type RecordBatchResult, type TransactionRow, transactionKey } from '../rows.ts';

/**
 * MySQL's INSERT gives no rows back, so what is known already is read first; a row that another process stores in between
 * is a duplicate key, and the batch is tried again.
 */
export async function recordBatch(knex: Knex, batch: RecordBatch): Promise<RecordBatchResult> {
  return await knex.transaction(async (transaction) => {
    const known = await knownKeys(transaction, batch);
    const notifications = batch.notifications.filter((row) => !known.notifications.has(notificationKey(row)));
    const news = batch.transactions.filter((row) => !known.transactions.has(transactionKey(row.transaction)));
    if (batch.logs.length > 0) await transaction('cloudpayments_http_log').insert(batch.logs.map(logColumns));
    for (const row of news) await insertTransaction(transaction, row);
    const awaited = await awaitedKeys(transaction, news);
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
    const created = new Set(news.map((row) => transactionKey(row.transaction)));
    return { stored: new Set(notifications.map(notificationKey)), created, awaited };
  });
}

async function knownKeys(
  transaction: Knex.Transaction,
  batch: RecordBatch,
): Promise<{ notifications: Set<string>; transactions: Set<string> }> {
  const notifications =
    batch.notifications.length === 0
      ? []
      : await transaction('cloudpayments_notification')
          .whereIn(
            ['provider', 'type', 'external_id'],
            batch.notifications.map((row) => [row.provider, row.type, row.externalId]),
          )
          .select('provider', 'type', 'external_id as externalId');
  const transactions =
    batch.transactions.length === 0
      ? []
      : await transaction('cloudpayments_transaction')
          .whereIn(
            ['provider', 'code'],
            batch.transactions.map((row) => [row.transaction.provider, row.transaction.code]),
          )
          .select('provider', 'code');
  return { notifications: new Set(notifications.map(notificationKey)), transactions: new Set(transactions.map(transactionKey)) };
}

async function awaitedKeys(transaction: Knex.Transaction, news: readonly TransactionRow[]): Promise<Set<string>> {
  if (news.length === 0) return new Set();
  const waiting = await transaction('cloudpayments_notification')
    .where('applied', 0)
    .whereIn(
      ['provider', 'payment_code'],
      news.map((row) => [row.transaction.provider, row.transaction.code]),
    )
    .select('provider', 'payment_code as code');
  return new Set(waiting.map(transactionKey));
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
