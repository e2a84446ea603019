import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { forEachDatabase, query } from './databases.ts';
import { isMariadbInstalled, startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import { startProcess } from './processes.ts';
import type { DatabaseServer } from './server-process.ts';
import { waitUntil } from './wait.ts';

forEachDatabase((database) => {
  test('each database is empty and knows nothing of the others', async () => {
    const [first, second] = [await database.create(), await database.create()];
    await query(first, 'CREATE TABLE sample (word varchar(20))');
    await query(first, "INSERT INTO sample VALUES ('first')");
    const rows = await query(first, 'SELECT word FROM sample');
    assert.deepEqual(rows.map(Object.values), [['first']]);
    await assert.rejects(query(second, 'SELECT word FROM sample'), /sample/);
  });
});

const servers = [
  { name: 'PostgreSQL', start: () => startPostgres(), skip: false, hold: 'SELECT pg_sleep(60)' },
  {
    name: 'MariaDB',
    start: () => startMariadb(),
    skip: isMariadbInstalled() ? false : 'MariaDB is not installed',
    // A plain SLEEP that is killed answers 1 instead of an error.
    hold: 'SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c',
  },
];

for (const { name, start, skip, hold } of servers) {
  describe(`a ${name} of a test's own`, { skip }, () => {
    let server: DatabaseServer;
    before(async () => {
      server = await start();
    });
    after(() => server.remove());

    for (const mode of ['fast', 'immediate'] as const) {
      test(`keeps what was committed over a stop in ${mode} mode, on the same address`, async () => {
        const url = await server.createDatabase();
        await query(url, 'CREATE TABLE sample (word varchar(20))');
        await query(url, "INSERT INTO sample VALUES ('kept')");
        await server.stop(mode);
        await assert.rejects(query(url, 'SELECT 1'), /ECONNREFUSED/);
        await server.start();
        const rows = await query(url, 'SELECT word FROM sample');
        assert.deepEqual(rows.map(Object.values), [['kept']]);
      });
    }

    test('breaks the connections of its clients when asked', async () => {
      const url = await server.createDatabase();
      const broken = assert.rejects(query(url, hold));
      await waitUntil(async () => (await server.terminateBackends()) > 0, { describe: 'a connection to break' });
      await broken;
      await query(url, 'SELECT 1');
    });

    test('is not in UTC, so that a mix-up of time zones shows', async () => {
      const zone = name === 'PostgreSQL' ? "current_setting('TimeZone')" : '@@time_zone';
      const rows = await query(server.url, `SELECT ${zone} AS zone`);
      assert.deepEqual(rows.map(Object.values), [[name === 'PostgreSQL' ? 'Asia/Kathmandu' : '+05:45']]);
    });
  });
}

test('a server ends with the process that started it, also when that is killed', async () => {
  const owner = startProcess('test/support/fixtures/own-a-postgres.ts');
  const [, url = ''] = await owner.waitForLine(/^running at (\S+)$/);
  await query(url, 'SELECT 1');
  await owner.end('SIGKILL');
  const isGone = () =>
    query(url, 'SELECT 1').then(
      () => false,
      (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED',
    );
  await waitUntil(isGone, { describe: 'the server to end' });
});
