import knex, { type Knex } from 'knex';
import { DatabaseError, errorText, OptionsError } from '../domain/errors.ts';
import { addressConfig, withDurableSqlite } from './database-config.ts';
import { chooseDialect } from './dialects/choose-dialect.ts';
import type { Dialect } from './dialects/dialect.ts';

/** A database with what is particular to its kind. */
export interface Database {
  readonly knex: Knex;
  readonly dialect: Dialect;
  /** False for the host's own instance, which is never destroyed. */
  readonly isOwned: boolean;
}

/** Other names of Knex for a driver. */
const DRIVERS: Readonly<Record<string, string>> = { postgres: 'pg', postgresql: 'pg', mysql: 'mysql' };

const DRIVER_VERSIONS: Readonly<Record<string, string>> = { 'better-sqlite3': 'better-sqlite3@12', pg: 'pg', mysql2: 'mysql2' };

/** Knex would print connection errors by itself, and put bound values (names, e-mail addresses) into its error messages. */
const DISCREET: Knex.Config = { compileSqlOnError: false, log: { warn() {}, error() {}, deprecate() {}, debug() {} } };

/** A translation of names would be applied to what this package writes and reads, so it is left out. Opens nothing over the network yet: that happens with the first statement. Throws `OptionsError` or `DatabaseError`. */
export function openDatabase(database: string | Knex.Config | Knex): Database {
  if (typeof database === 'function') return { knex: withoutHooks(database), dialect: chooseDialect(clientName(database)), isOwned: false };
  const { wrapIdentifier: _wrap, postProcessResponse: _read, ...given } = typeof database === 'string' ? addressConfig(database) : database;
  const config = withDurableSqlite({ ...DISCREET, ...given });
  const instance = createKnex(config);
  letProcessEnd(instance);
  return { knex: instance, dialect: chooseDialect(clientName(instance)), isOwned: true };
}

/**
 * The host's instance with its pool, but without its translation of names (snake case to camel case and back): our statements and what
 * they read are ours.
 */
function withoutHooks(instance: Knex): Knex {
  const { wrapIdentifier, postProcessResponse } = instance.client.config;
  if (wrapIdentifier === undefined && postProcessResponse === undefined) return instance;
  const plain = instance.withUserParams({});
  plain.client.config = { ...plain.client.config, wrapIdentifier: undefined, postProcessResponse: undefined };
  return plain;
}

/** Opens the package's own database again after it was closed. */
export function reopenDatabase({ knex: instance, isOwned }: Database): void {
  const pool: unknown = instance.client.pool;
  if (!isOwned || pool !== undefined) return;
  instance.initialize();
  letProcessEnd(instance);
}

function createKnex(config: Knex.Config): Knex {
  const driver = typeof config.client === 'string' ? config.client : 'driver';
  if (typeof config.client === 'string') chooseDialect(DRIVERS[config.client] ?? config.client);
  try {
    return knex(config);
  } catch (cause) {
    if (/Cannot find module|npm install/.test(errorText(cause))) {
      const packageName = driver === 'postgres' || driver === 'postgresql' ? 'pg' : driver;
      throw new DatabaseError(
        'ERR_PAYMENTS_MISSING_DRIVER',
        `The database driver "${packageName}" is not installed. Install it with: npm install ${DRIVER_VERSIONS[packageName] ?? packageName}`,
        { cause },
      );
    }
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', `Option "database": ${errorText(cause)}`, { cause });
  }
}

function clientName(instance: Knex): string {
  const client: { driverName?: unknown } | undefined = instance.client;
  return String(client?.driverName ?? 'unknown');
}

interface Pool {
  on(event: 'startReaping' | 'createSuccess', listener: (eventId: number, resource: unknown) => void): void;
  interval?: { unref?: () => void } | null;
}

/**
 * A pool keeps a process alive by its idle timer and by its open sockets. Whoever waits for an answer holds the process by other
 * means (see `hold-process.ts`), so that idle connections need not.
 */
function letProcessEnd(instance: Knex): void {
  const pool: Pool | undefined = instance.client.pool;
  if (pool === undefined) return;
  // The timer is made right after this event.
  pool.on('startReaping', () => queueMicrotask(() => pool.interval?.unref?.()));
  pool.on('createSuccess', (_eventId, connection) => socketOf(connection)?.unref?.());
}

function socketOf(connection: unknown): { unref?: () => void } | undefined {
  if (typeof connection !== 'object' || connection === null) return undefined;
  const inner: unknown = Reflect.get(connection, 'connection');
  const holder = typeof inner === 'object' && inner !== null && Reflect.get(inner, 'stream') ? inner : connection;
  const stream: unknown = Reflect.get(holder, 'stream');
  // A socket of pg or mysql2; SQLite has none.
  return typeof stream === 'object' && stream !== null ? (stream as { unref?: () => void }) : undefined;
}
