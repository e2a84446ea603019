import type { Database } from './open-database.ts';

const BATCH = 1_000;
const DAY_MS = 86_400_000;

/** Deletes rows of a log that are older than so many days, in small steps. Gives how many. */
export async function pruneLog(
  { knex, dialect }: Database,
  table: 'cloudpayments_http_log' | 'cloudpayments_webhook_log',
  retentionDays: number,
): Promise<number> {
  const before = dialect.time(Date.now() - retentionDays * DAY_MS);
  for (let total = 0; ; ) {
    const rows = await knex(table).where('created_at', '<', before).orderBy('created_at').limit(BATCH).select('id');
    if (rows.length === 0) return total;
    total += await knex(table)
      .whereIn(
        'id',
        rows.map((row) => row.id),
      )
      .delete();
  }
}
