import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import knex, { type Knex } from 'knex';
import { databaseConfig } from '../../lib/storage/database-config.ts';
import { migrate, requireMigrated } from '../../lib/storage/migrate.ts';
import { migrationSource } from '../../migrations/index.ts';
import { forEachDatabase, query, type TestDatabase } from '../support/databases.ts';
import { startProcess } from '../support/processes.ts';
import { createPayments, payAll, startShop } from '../support/shop.ts';
import { createStores, openStores, payItem } from './stores.ts';

function openKnex(t: TestContext, address: string): Knex {
  const instance = knex(databaseConfig(address));
  t.after(() => instance.destroy());
  return instance;
}

/** Everything that the database knows of its tables, columns and indexes, in words of its own. */
async function shape({ client }: Pick<TestDatabase, 'client'>, address: string): Promise<unknown[]> {
  const rows = await query(address, SHAPES[client]);
  return rows.map((row) => Object.values(row).join(' | ')).sort();
}

const SHAPES = {
  sqlite: "SELECT type, name, sql FROM sqlite_master WHERE name LIKE 'cloudpayments%'",
  postgres: `SELECT 'column' AS kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS shape FROM information_schema.columns
      WHERE table_schema = 'public' UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'`,
  mysql: `SELECT 'column' AS kind, concat(table_name, '.', column_name, ' ', column_type, ' ', is_nullable, ' ', coalesce(collation_name, '')) AS shape
      FROM information_schema.columns WHERE table_schema = database() UNION ALL
      SELECT 'index', concat(table_name, '.', index_name, ' ', non_unique, ' ', seq_in_index, ' ', column_name) FROM information_schema.statistics
      WHERE table_schema = database()`,
} as const;

const CONFIG: Knex.MigratorConfig = { migrationSource, tableName: 'cloudpayments_migrations', disableTransactions: true };

/** What is recorded as done, in its order. */
async function migrationsOf(address: string): Promise<string[]> {
  const rows = await query(address, 'SELECT name FROM cloudpayments_migrations ORDER BY id');
  return rows.map(({ name }) => String(name));
}

const ALL = ['0001-tables', '0002-cashu'] as const;

/** The statements that change something, of a whole run. */
async function statementsOfARun(t: TestContext, address: string): Promise<string[]> {
  const instance = openKnex(t, address);
  const statements: string[] = [];
  instance.on('query', ({ sql }: { sql: string }) => {
    if (/^(create|alter)/i.test(sql)) statements.push(sql);
  });
  await instance.migrate.latest(CONFIG);
  return statements;
}

forEachDatabase((kind) => {
  test('a second run finds nothing to do', async (t) => {
    const stores = await createStores(t, await kind.create());
    await stores.recorder.record(payItem('1'));
    const before = await shape(kind, stores.address);
    await migrate(stores.database);
    assert.deepEqual(await shape(kind, stores.address), before);
    assert.equal((await query(stores.address, 'SELECT id FROM cloudpayments_transaction')).length, 1);
    assert.deepEqual(await migrationsOf(stores.address), ALL);
  });

  test('two instances of one process that start on an empty database both come up', async (t) => {
    const address = await kind.create();
    const routers = [createPayments(t, { database: address }), createPayments(t, { database: address })];
    await Promise.all(routers.map((router) => router.ready()));
    assert.deepEqual(await migrationsOf(address), ALL);
  });

  test('three processes that start on an empty database at the same moment all come up, with one set of tables', async (t) => {
    const address = await kind.create();
    const env = { DATABASE: address, AT: String(Date.now() + 2_500) };
    const processes = Array.from({ length: 3 }, () => startProcess('test/support/fixtures/migrate-process.ts', { env }));
    t.after(() => Promise.all(processes.map((process) => process.end())));
    for (const process of processes) {
      await process.waitForLine(/^ready$/, 20_000);
      assert.deepEqual(await process.exit(), { code: 0, signal: null });
    }
    assert.deepEqual(await migrationsOf(address), ALL);
    const reference = await createStores(t, await kind.create());
    assert.deepEqual(await shape(kind, address), await shape(kind, reference.address));
  });

  test('a run that was interrupted after any of its statements is finished by the next', async (t) => {
    const whole = await createStores(t, await kind.create());
    const expected = await shape(kind, whole.address);
    const statements = await statementsOfARun(t, await kind.create());
    assert.ok(statements.length > 24);
    // Elsewhere an interrupted run leaves nothing behind: it is one transaction.
    const cuts = kind.client === 'mysql' ? statements.keys() : [];
    for (const cut of cuts) {
      const address = await kind.create();
      const instance = openKnex(t, address);
      for (const statement of statements.slice(0, cut + 1)) await instance.raw(statement);
      const { database } = openStores(t, address);
      await migrate(database);
      assert.deepEqual(await shape(kind, address), expected, `after ${statements[cut]}`);
      await instance.destroy();
      await database.knex.destroy();
    }
  });

  test("a process that died with Knex's own lock in its hand keeps nobody out", async (t) => {
    const stores = await createStores(t, await kind.create());
    await query(stores.address, 'UPDATE cloudpayments_migrations_lock SET is_locked = 1');
    await query(stores.address, 'DELETE FROM cloudpayments_migrations');
    for (const { name } of await tablesOf(kind, stores.address)) {
      if (!name.startsWith('cloudpayments_migrations')) await query(stores.address, `DROP TABLE ${name}`);
    }
    await migrate(stores.database);
    await stores.recorder.record(payItem('1'));
  });

  test("the host's own migrations are left alone", async (t) => {
    const address = await kind.create();
    const host = openKnex(t, address);
    const hostSource: Knex.MigrationSource<string> = {
      getMigrations: async () => ['20200101_host.js'],
      getMigrationName: (name) => name,
      getMigration: async () => ({
        up: async (k) => k.schema.createTable('host_things', (table) => void table.increments('id')),
        down: async () => undefined,
      }),
    };
    await host.migrate.latest({ migrationSource: hostSource });
    const before = await query(address, 'SELECT * FROM knex_migrations');
    const { url } = await startShop(t, { database: host });
    await payAll(url, ['1']);
    assert.deepEqual(await query(address, 'SELECT * FROM knex_migrations'), before);
    assert.deepEqual(await host.migrate.list({ migrationSource: hostSource }), [[{ name: '20200101_host.js' }], []]);
  });

  test('with migrate: false empty and half-made databases are refused with what to do, and a migrated one is not', async (t) => {
    const address = await kind.create();
    const payments = createPayments(t, { database: address, migrate: false });
    await assert.rejects(payments.ready(), {
      code: 'ERR_PAYMENTS_DATABASE',
      message: /missing: 0001-tables, 0002-cashu.*"migrate" is false.*migrate: true/s,
    });
    assert.deepEqual(await tablesOf(kind, address), []);
    const stores = await createStores(t, address);
    await requireMigrated(stores.database);
    await query(address, 'DELETE FROM cloudpayments_migrations');
    await assert.rejects(requireMigrated(stores.database), { code: 'ERR_PAYMENTS_DATABASE' });
    await query(address, "INSERT INTO cloudpayments_migrations (name, batch) VALUES ('0001-tables', 1)");
    await assert.rejects(requireMigrated(stores.database), { code: 'ERR_PAYMENTS_DATABASE', message: /missing: 0002-cashu\)/ });
    await query(address, "INSERT INTO cloudpayments_migrations (name, batch) VALUES ('0002-cashu', 1)");
    await createPayments(t, { database: address, migrate: false }).ready();
  });

  test('the tables of CashU come to a database that has payments already, go without a trace, and come again', async (t) => {
    const stores = await createStores(t, await kind.create());
    const expected = await shape(kind, stores.address);
    await stores.recorder.record(payItem('1'));
    const instance = openKnex(t, stores.address);
    await instance.migrate.down(CONFIG);
    assert.deepEqual(await migrationsOf(stores.address), ['0001-tables']);
    const names = (await tablesOf(kind, stores.address)).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name.includes('cashu')),
      [],
    );
    await stores.recorder.record(payItem('2'));
    await migrate(stores.database);
    assert.deepEqual(await migrationsOf(stores.address), ALL);
    assert.deepEqual(await shape(kind, stores.address), expected);
    assert.equal((await query(stores.address, 'SELECT id FROM cloudpayments_transaction')).length, 2);
  });

  test('two processes that bring an older database up to date at the same moment both come up', async (t) => {
    const stores = await createStores(t, await kind.create());
    const expected = await shape(kind, stores.address);
    await openKnex(t, stores.address).migrate.down(CONFIG);
    const env = { DATABASE: stores.address, AT: String(Date.now() + 2_000) };
    const processes = Array.from({ length: 2 }, () => startProcess('test/support/fixtures/migrate-process.ts', { env }));
    t.after(() => Promise.all(processes.map((process) => process.end())));
    for (const process of processes) {
      await process.waitForLine(/^ready$/, 20_000);
      assert.deepEqual(await process.exit(), { code: 0, signal: null });
    }
    assert.deepEqual(await migrationsOf(stores.address), ALL);
    assert.deepEqual(await shape(kind, stores.address), expected);
  });
});

const TABLES = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  postgres: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database()',
} as const;

async function tablesOf({ client }: Pick<TestDatabase, 'client'>, address: string): Promise<{ name: string }[]> {
  return (await query(address, TABLES[client])).map((row) => ({ name: String(row['name']) }));
}
