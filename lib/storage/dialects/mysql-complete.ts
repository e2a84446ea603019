import type { Knex } from 'knex';
import { formatUtcMs } from '../../domain/format-utc.ts';
import type { AttemptRow, DeliveryOutcome } from '../rows.ts';

/** Writes outcomes and attempts in one transaction. */
export async function complete(
  knex: Knex,
  outcomes: readonly DeliveryOutcome[],
  attempts: readonly AttemptRow[],
): Promise<ReadonlySet<string>> {
  return await knex.transaction(async (transaction) => {
    const done = new Set<string>();
    for (const outcome of outcomes) if (await writeOutcome(transaction, outcome)) done.add(outcome.id);
    const completed = outcomes.filter((row) => row.kind === 'delivered' && row.completesTransaction && done.has(row.id));
    if (completed.length > 0) {
      await transaction('cloudpayments_transaction')
        .whereIn(
          'id',
          completed.map((row) => row.transactionId),
        )
        .update({ status: 1 });
    }
    if (attempts.length > 0) await transaction('cloudpayments_webhook_log').insert(attempts.map(attemptColumns));
    return done;
  });
}

async function writeOutcome(transaction: Knex.Transaction, outcome: DeliveryOutcome): Promise<boolean> {
  const held = transaction('cloudpayments_delivery').where({ id: outcome.id, lease: outcome.lease });
  const dueAt = transaction.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [outcome.delayMs * 1000]);
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
