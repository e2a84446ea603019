import type { Knex } from 'knex';

/** What is used of a connection of better-sqlite3. */
export interface Connection {
  prepare(sql: string): Statement;
  exec(sql: string): unknown;
  readonly inTransaction: boolean;
}

export interface Statement {
  run(...bindings: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  all(...bindings: unknown[]): Record<string, unknown>[];
}

/** Prepared statements are kept as long as their connection: preparing costs as much as running. */
const prepared = new WeakMap<Connection, Map<string, Statement>>();

/** A statement of this connection, prepared once. */
export function statement(connection: Connection, sql: string): Statement {
  let statements = prepared.get(connection);
  if (statements === undefined) {
    statements = new Map();
    prepared.set(connection, statements);
  }
  let found = statements.get(sql);
  if (found === undefined) {
    found = connection.prepare(sql);
    statements.set(sql, found);
  }
  return found;
}

/** One synchronous transaction, which takes the write lock at once: better-sqlite3 waits for it up to the busy timeout. */
export async function inTransaction<T>(knex: Knex, work: (connection: Connection) => T): Promise<T> {
  const connection: Connection = await knex.client.acquireConnection();
  try {
    connection.exec('BEGIN IMMEDIATE');
    const result = work(connection);
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  } finally {
    knex.client.releaseConnection(connection);
  }
}
