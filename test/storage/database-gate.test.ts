import assert from 'node:assert/strict';
import { after as afterAll, before, describe, test } from 'node:test';
import { isMariadbInstalled, startMariadb } from '../support/mariadb.ts';
import { startPostgres } from '../support/postgres.ts';
import type { DatabaseServer } from '../support/server-process.ts';
import { errorCode, openSite, startSite } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

const servers = [
  { name: 'PostgreSQL', start: startPostgres, skip: false },
  { name: 'MariaDB', start: startMariadb, skip: !isMariadbInstalled() },
];

for (const { name, start, skip } of servers) {
  describe(`with ${name} gone`, { skip }, () => {
    let server: DatabaseServer;
    before(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server.remove();
    });

    test('a notification is answered 503 at once and health says so; later all is right without a restart', async (t) => {
      const site = await startSite(t, { database: await server.createDatabase(), options: { webhook: { handler: () => undefined } } });
      assert.equal((await site.send('pay', { TransactionId: 1 })).text, '{"code":0}');
      assert.equal((await site.fetch('/health')).status, 200);
      await server.stop();
      for (let index = 0; index < 5; index++) {
        const startedAt = performance.now();
        for (const type of ['pay', 'check', 'refund', 'fail'] as const) {
          const answer = await site.send(type, { TransactionId: 2 });
          assert.equal(answer.status, 503, type);
          assert.equal(errorCode(answer), 'ERR_PAYMENTS_DATABASE');
          assert.match(answer.text, /database/);
          assert.doesNotMatch(answer.text, /127\.0\.0\.1|ECONN|postgres:|payments:/);
        }
        assert.ok(performance.now() - startedAt < 3_000, `at once: ${performance.now() - startedAt}`);
      }
      await waitUntil(async () => (await site.fetch('/health')).status === 503);
      const report = JSON.parse((await site.fetch('/health')).text);
      assert.deepEqual([report.status, report.database.reachable], ['unavailable', false]);
      assert.equal((await site.fetch('/pub/card?account=1&sum=1&currency=RUB&description=x')).status, 200);
      assert.equal((await site.send('pay', {}, { secret: 'wrong' })).status, 401);
      assert.equal(site.seen('database.lost').length, 1);
      assert.equal(site.seen('database.back').length, 0);
      await server.start();
      await waitUntil(async () => (await site.send('pay', { TransactionId: 2 })).status === 200, { timeoutMs: 20_000, everyMs: 50 });
      await waitUntil(async () => (await site.fetch('/health')).status === 200);
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 2);
      assert.equal(site.seen('database.back').length, 1);
      assert.equal(site.seen('database.lost').length, 1);
      assert.ok((site.seen('database.back')[0]?.lostForMs ?? 0) > 0);
    });

    test('connections that are ended from outside cost nothing but a repeat', async (t) => {
      const site = await startSite(t, { database: await server.createDatabase() });
      for (let index = 1; index <= 3; index++) {
        await site.send('pay', { TransactionId: index });
        await server.terminateBackends();
        await waitUntil(async () => (await site.send('pay', { TransactionId: 10 + index })).status === 200);
      }
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 6);
    });

    test('a site that starts before its database answers 503, and works as soon as that is there', async (t) => {
      const database = await server.createDatabase();
      await server.stop();
      const site = await openSite({ database });
      t.after(() => site.close());
      const answer = await site.send('pay', { TransactionId: 1 });
      assert.equal(answer.status, 503);
      assert.equal(errorCode(answer), 'ERR_PAYMENTS_DATABASE');
      const health = await site.fetch('/health');
      assert.equal(health.status, 503);
      assert.equal(JSON.parse(health.text).database?.reachable, false);
      await server.start();
      await site.payments.ready();
      assert.equal((await site.send('pay', { TransactionId: 1 })).text, '{"code":0}');
      assert.equal((await site.fetch('/health')).status, 200);
    });
  });
}
