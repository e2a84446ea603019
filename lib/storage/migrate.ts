import type { Knex } from 'knex';
import { migrationSource } from '../../migrations/index.ts';
import { DatabaseError } from '../domain/errors.ts';
import { driverText } from './driver-text.ts';
import type { Database } from './open-database.ts';
import { retryTransient } from './retry-transient.ts';

/** A table of our own: the host's `knex_migrations` is none of our business. */
const MIGRATION_CONFIG: Knex.MigratorConfig = { migrationSource, tableName: 'cloudpayments_migrations', disableTransactions: true };

/** Brings the tables up to date. Several processes may do so at the same moment: one works, the others wait and find nothing left. */
export async function migrate({ knex, dialect }: Database): Promise<void> {
  const bringUpToDate = async (alone: Knex): Promise<void> => {
    if (await alone.schema.hasTable('cloudpayments_migrations_lock')) {
      // Whoever holds Knex's own lock now died with it: we are alone here.
      await alone.migrate.forceFreeMigrationsLock(MIGRATION_CONFIG);
    }
    await alone.migrate.latest(MIGRATION_CONFIG);
  };
  await retryTransient(dialect.isTransient, () => dialect.exclusively(knex, bringUpToDate));
}

/** Throws `DatabaseError` when the tables are missing or older than this version, for processes that must not migrate. */
export async function requireMigrated({ knex }: Database): Promise<void> {
  const names = await migrationSource.getMigrations([]);
  let done: readonly { name: string }[] = [];
  if (await knex.schema.hasTable('cloudpayments_migrations')) done = await knex('cloudpayments_migrations').select('name');
  const missing = names
    .map((migration) => migrationSource.getMigrationName(migration))
    .filter((name) => !done.some((row) => row.name === name));
  if (missing.length === 0) return;
  throw new DatabaseError(
    'ERR_PAYMENTS_DATABASE',
    `The tables are not up to date (missing: ${missing.join(', ')}) and option "migrate" is false. Start one process with "migrate: true" first.`,
  );
}

/** Wraps what the database said, so that the caller sees which step failed. */
export function migrationError(cause: unknown): DatabaseError {
  return new DatabaseError('ERR_PAYMENTS_DATABASE', `The tables could not be created or brought up to date: ${driverText(cause)}`, {
    cause,
  });
}
