import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createMariadbDatabase, dropMariadbDatabase, isMariadbInstalled, startMariadb } from './mariadb.ts';
import { createPostgresDatabase, dropPostgresDatabase, startPostgres } from './postgres.ts';

/** One of the databases that a suite runs on. */
export interface TestDatabase {
  readonly name: 'SQLite' | 'PostgreSQL' | 'MariaDB';
  readonly client: 'sqlite' | 'postgres' | 'mysql';
  /** The address of a fresh, empty database. It is dropped after the suite. */
  create(): Promise<string>;
}

interface Kind extends Pick<TestDatabase, 'name' | 'client'> {
  readonly create: () => Promise<string>;
  readonly drop: (url: string) => Promise<void>;
}

const { TEST_POSTGRES_URL, TEST_MARIADB_URL, REQUIRE_MARIADB } = process.env;

const postgresServer = once(async () => TEST_POSTGRES_URL ?? (await startPostgres()).url);
const mariadbServer = once(async () => TEST_MARIADB_URL ?? (await startMariadb()).url);

const sqlite: Kind = {
  name: 'SQLite',
  client: 'sqlite',
  create: async () => `sqlite:${join(mkdtempSync(join(tmpdir(), 'payments-test-')), 'payments.sqlite')}`,
  drop: async (url) => rmSync(join(url.slice('sqlite:'.length), '..'), { recursive: true, force: true }),
};

const postgres: Kind = {
  name: 'PostgreSQL',
  client: 'postgres',
  create: async () => createPostgresDatabase(await postgresServer()),
  drop: async (url) => dropPostgresDatabase(await postgresServer(), url),
};

const mariadb: Kind = {
  name: 'MariaDB',
  client: 'mysql',
  create: async () => createMariadbDatabase(await mariadbServer()),
  drop: async (url) => dropMariadbDatabase(await mariadbServer(), url),
};

const MARIADB_MISSING = 'MariaDB is not installed: apt-get install mariadb-server';

/** Defines a suite once for each database. Without MariaDB its suite is skipped, with REQUIRE_MARIADB it fails. */
export function forEachDatabase(define: (database: TestDatabase) => void): void {
  defineSuite(sqlite, define);
  defineSuite(postgres, define);
  if (isMariadbInstalled() || TEST_MARIADB_URL !== undefined) defineSuite(mariadb, define);
  else if (REQUIRE_MARIADB) test('MariaDB', () => Promise.reject(new Error(MARIADB_MISSING)));
  else test('MariaDB', { skip: MARIADB_MISSING });
}

function defineSuite(kind: Kind, define: (database: TestDatabase) => void): void {
  describe(kind.name, () => {
    const urls: string[] = [];
    after(async () => {
      await Promise.all(urls.map((url) => kind.drop(url)));
    });
    define({
      name: kind.name,
      client: kind.client,
      create: async () => {
        const url = await kind.create();
        urls.push(url);
        return url;
      },
    });
  });
}

/** Runs one statement on a connection of its own, past the package: for a look at the tables from outside. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  if (url.startsWith('sqlite:')) return querySqlite(url.slice('sqlite:'.length), sql);
  if (url.startsWith('postgres')) return queryPostgres(url, sql);
  return queryMysql(url, sql);
}

function querySqlite(path: string, sql: string): Record<string, unknown>[] {
  const database = new Sqlite(path, { timeout: 5000 });
  try {
    const statement = database.prepare<[], Record<string, unknown>>(sql);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    database.close();
  }
}

async function queryPostgres(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return result.rows;
  } finally {
    await client.end();
  }
}

async function queryMysql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection({ uri: url, timezone: 'Z', supportBigNumbers: true });
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql);
    return Array.isArray(rows) ? rows : [];
  } finally {
    await connection.end();
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
