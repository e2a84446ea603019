import type { Knex } from 'knex';
import { OptionsError } from '../domain/errors.ts';

const ACQUIRE_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * better-sqlite3 waits for a lock with the whole process. A short wait here, and trying again (see `retry-transient.ts`), lets everything
 * else go on: not least a transaction of the host in this same process that holds the lock.
 */
const BUSY_TIMEOUT_MS = 50;
/** A host that uses the configuration for a Knex of its own does not try again. */
const HOST_BUSY_TIMEOUT_MS = 5_000;

/**
 * The Knex configuration that the package makes of an address, for hosts that want to share it:
 * `sqlite:<path>`, `postgres://…` (or `postgresql://…`), `mysql://…` (or `mariadb://…`). Throws `OptionsError`.
 */
export function databaseConfig(address: string): Knex.Config {
  return withDurableSqlite(addressConfig(address), HOST_BUSY_TIMEOUT_MS);
}

/** What an address means, as plain as it can be said. */
export function addressConfig(address: string): Knex.Config {
  const scheme = /^([a-z0-9]+):/i.exec(address)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'sqlite':
      return sqliteConfig(address.slice('sqlite:'.length).replace(/^\/\/(?=\/|\.)/, ''));
    case 'postgres':
    case 'postgresql':
      return {
        client: 'pg',
        connection: { connectionString: address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true },
        acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
        pool: { min: 0, max: 10 },
      };
    case 'mysql':
    case 'mariadb':
      return {
        client: 'mysql2',
        connection: { uri: address.replace(/^mariadb:/i, 'mysql:'), charset: 'utf8mb4', timezone: 'Z', connectTimeout: CONNECT_TIMEOUT_MS },
        acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
        pool: { min: 0, max: 10 },
      };
    default:
      throw new OptionsError(
        'ERR_PAYMENTS_UNSUPPORTED_DATABASE',
        'Option "database" must begin with sqlite:, postgres:// or mysql://, or be a Knex configuration or instance.',
      );
  }
}

function sqliteConfig(filename: string): Knex.Config {
  if (filename === '') {
    throw new OptionsError('ERR_PAYMENTS_UNSUPPORTED_DATABASE', 'Option "database" names no file: sqlite:./payments.sqlite');
  }
  return { client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true, pool: { min: 0, max: 1 } };
}

type Done = (error: unknown, connection: SqliteConnection) => void;

interface SqliteConnection {
  pragma(text: string): unknown;
}

/** A configuration whose SQLite connections keep what was acknowledged: `synchronous = FULL` survives a power cut. */
export function withDurableSqlite(config: Knex.Config, busyTimeoutMs: number = BUSY_TIMEOUT_MS): Knex.Config {
  if (config.client !== 'better-sqlite3') return config;
  const host: unknown = config.pool?.afterCreate;
  const afterCreate = (connection: SqliteConnection, done: Done): void => {
    try {
      connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      connection.pragma('foreign_keys = ON');
    } catch (error) {
      done(error, connection);
      return;
    }
    if (typeof host === 'function') host(connection, done);
    else done(undefined, connection);
  };
  return { ...config, pool: { ...config.pool, afterCreate } };
}
