import { createHash } from 'node:crypto';
import type { Database } from './open-database.ts';
import type { RecordItem, RecordOutcome } from './record-item.ts';
import { type NotificationRow, notificationKey, type RecordBatchResult, transactionKey } from './rows.ts';

interface StoredNotification {
  readonly digest: string;
  readonly isApplied: boolean;
}

/** For each item: was its notification new, and if not, does it say the same as the one that came first? */
export async function compareWithStored(
  database: Database,
  items: readonly RecordItem[],
  result: RecordBatchResult,
): Promise<readonly RecordOutcome[]> {
  const isFirst = firstOccurrences(items);
  const known = items.flatMap(({ notification }, index) =>
    notification !== undefined && !(isFirst[index] && result.stored.has(notificationKey(notification))) ? [notification] : [],
  );
  const stored = known.length === 0 ? new Map<string, StoredNotification>() : await readStored(database, known);
  const conflicts = known.filter((row) => stored.get(notificationKey(row))?.digest !== row.digest);
  if (conflicts.length > 0) await keepConflicts(database, conflicts);
  return items.map((item, index) => outcomeOf(item, isFirst[index] === true, result, stored));
}

function firstOccurrences(items: readonly RecordItem[]): readonly boolean[] {
  const seen = new Set<string>();
  return items.map(({ notification }) => {
    const key = notification && notificationKey(notification);
    if (key === undefined || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function outcomeOf(
  { notification, transaction }: RecordItem,
  isFirst: boolean,
  result: RecordBatchResult,
  stored: ReadonlyMap<string, StoredNotification>,
): RecordOutcome {
  if (notification === undefined) return { notification: 'none', isPending: false, isTransactionNew: false };
  const key = notificationKey(notification);
  if (isFirst && result.stored.has(key)) {
    const isTransactionNew = transaction !== undefined && result.created.has(transactionKey(transaction.transaction));
    return {
      notification: 'stored',
      isPending:
        !notification.isApplied ||
        (transaction !== undefined && (!isTransactionNew || result.awaited.has(transactionKey(transaction.transaction)))),
      isTransactionNew,
    };
  }
  const first = stored.get(key);
  const isSame = first?.digest === notification.digest;
  return { notification: isSame ? 'repeated' : 'conflict', isPending: isSame && first?.isApplied === false, isTransactionNew: false };
}

async function readStored({ knex }: Database, rows: readonly NotificationRow[]): Promise<Map<string, StoredNotification>> {
  const keys = new Map(rows.map((row) => [notificationKey(row), [row.provider, row.type, row.externalId]]));
  const found = await knex('cloudpayments_notification')
    .whereIn(['provider', 'type', 'external_id'], [...keys.values()])
    .select('provider', 'type', 'external_id as externalId', 'digest', 'applied');
  return new Map(found.map((row) => [notificationKey(row), { digest: row.digest, isApplied: Number(row.applied) === 1 }]));
}

/** Kept beside the first one under a key of their own, once for each content. */
async function keepConflicts({ knex, dialect }: Database, rows: readonly NotificationRow[]): Promise<void> {
  for (const row of rows) {
    const suffix = createHash('sha256').update(row.digest).digest('hex').slice(0, 16);
    await knex('cloudpayments_notification')
      .insert({
        provider: row.provider,
        type: row.type,
        external_id: `${row.externalId}#${suffix}`,
        payment_code: row.paymentCode,
        digest: row.digest,
        fields: row.fields,
        test_mode: Number(row.isTest),
        applied: 1,
        outcome: 'conflict',
        received_at: dialect.time(row.receivedAt),
      })
      .onConflict(['provider', 'type', 'external_id'])
      .ignore();
  }
}
