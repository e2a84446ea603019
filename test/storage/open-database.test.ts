import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import knex from 'knex';
import { createPaymentsRouter, type PaymentsOptions } from '../../lib/index.ts';
import { databaseConfig } from '../../lib/storage/database-config.ts';
import { openDatabase, reopenDatabase } from '../../lib/storage/open-database.ts';
import { forEachDatabase } from '../support/databases.ts';
import { startProcess } from '../support/processes.ts';
import { createPayments, payAll, shopOptions, startShop } from '../support/shop.ts';

for (const [address, driver, install] of [
  ['sqlite:/tmp/never.sqlite', 'better-sqlite3', 'better-sqlite3@12'],
  ['postgres://nobody@127.0.0.1:9/x', 'pg', 'pg'],
  ['mysql://nobody@127.0.0.1:9/x', 'mysql2', 'mysql2'],
] as const) {
  test(`without the driver ${driver} the error says how to install it`, async (t) => {
    const preload = resolve(import.meta.dirname, '../support/fixtures/without-driver.cjs');
    const host = startProcess('test/support/fixtures/shop-process.ts', {
      env: { MISSING: driver, NODE_OPTIONS: `--require ${preload}`, ROLE: 'idle', SHOP: JSON.stringify({ database: address }) },
    });
    t.after(() => host.end());
    assert.notEqual((await host.exit()).code, 0);
    assert.match(host.output, /ERR_PAYMENTS_MISSING_DRIVER/);
    assert.ok(
      host.output.includes(`The database driver "${driver}" is not installed. Install it with: npm install ${install}`),
      host.output,
    );
  });
}

test('addresses of no known database are refused', () => {
  for (const database of ['oracle://x', 'payments.sqlite', 'postgres', '', 'sqlite:', 'mssql://x']) {
    assert.throws(() => createPaymentsRouter(shopOptions({ database })), { name: 'OptionsError' }, database);
  }
});

test('Knex clients other than the three are refused, by name', () => {
  const unsupported = {
    name: 'OptionsError',
    code: 'ERR_PAYMENTS_UNSUPPORTED_DATABASE',
    message: /not supported\. Use "better-sqlite3", "pg" or "mysql2"/,
  };
  for (const client of [
    { client: 'mysql2' },
    { client: 'pg' },
    { client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true },
  ]) {
    assert.equal(openDatabase(client).isOwned, true);
  }
  const other = knex({
    client: class extends knex.Client {
      override driverName = 'oracledb';
    },
  });
  assert.throws(() => openDatabase(other), unsupported);
  assert.throws(() => createPaymentsRouter(shopOptions({ database: {} satisfies PaymentsOptions['database'] })), { name: 'OptionsError' });
});

forEachDatabase((kind) => {
  test('a Knex configuration works as well as an address', async (t) => {
    const { url, payments } = await startShop(t, { database: databaseConfig(await kind.create()) });
    await payAll(url, ['1']);
    assert.equal((await payments.transactions.find({ code: '1' }))?.isCompleted, true);
  });

  test("a database that was closed can be opened again; the host's own is not touched", async (t) => {
    const address = await kind.create();
    const own = openDatabase(address);
    // Its connections keep no process alive.
    const hold = setInterval(() => undefined, 60_000);
    t.after(() => clearInterval(hold));
    await own.knex.destroy();
    reopenDatabase(own);
    await own.knex.raw('SELECT 1');
    await own.knex.destroy();
    const host = knex(databaseConfig(address));
    t.after(() => host.destroy());
    const payments = createPayments(t, { database: host });
    await payments.ready();
    await payments.close();
    await host.raw('SELECT 1');
  });
});
