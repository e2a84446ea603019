import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import express from 'express';
import knex from 'knex';
import { createPaymentsRouter, type PaymentsRouter } from '../lib/index.ts';
import { databaseConfig } from '../lib/storage/database-config.ts';
import { forEachDatabase, query } from './support/databases.ts';
import { listen } from './support/hosts.ts';
import { startProcess, type TestProcess } from './support/processes.ts';
import { type Receiver, reply, startReceiver } from './support/receiver.ts';
import { codes, createPayments, payAll, type ShopOptions, sendPay, shopOptions, startShop, TAKEN, webhookIdOf } from './support/shop.ts';
import { sqliteFile } from './support/site.ts';
import { waitUntil } from './support/wait.ts';

function startHost(t: TestContext, role: string, options: ShopOptions): TestProcess {
  const host = startProcess('test/support/fixtures/shop-process.ts', { env: { ROLE: role, SHOP: JSON.stringify(options) } });
  t.after(() => host.end());
  return host;
}

async function startBackend(t: TestContext, answer = reply(200)): Promise<Receiver> {
  const receiver = await startReceiver(answer);
  t.after(() => receiver.close());
  return receiver;
}

async function openDeliveries(address: string): Promise<{ leased: number; pending: number }> {
  const sql = 'SELECT count(lease) AS leased, count(*) AS pending FROM cloudpayments_delivery WHERE status = 0';
  const [row] = await query(address, sql);
  return { leased: Number(row?.['leased']), pending: Number(row?.['pending']) };
}

async function isEverythingDelivered(address: string): Promise<boolean> {
  return (await openDeliveries(address)).pending === 0;
}

/** Milliseconds between a line of the host's output and its end. */
async function endsBy(host: TestProcess, line: RegExp, limitMs: number): Promise<void> {
  await host.waitForLine(line);
  const startedOn = performance.now();
  assert.deepEqual(await host.exit(limitMs + 5_000), { code: 0, signal: null }, host.output);
  const tookMs = performance.now() - startedOn;
  assert.ok(tookMs <= limitMs, `it took ${tookMs} ms:\n${host.output}`);
}

forEachDatabase((kind) => {
  test('a host that closes its server under load drains, closes the database and ends by itself', async (t) => {
    const receiver = await startBackend(t, reply(200, { delayMs: 150 }));
    const database = await kind.create();
    const host = startHost(t, 'close-on-term', { database, webhook: { url: receiver.url }, dispatcher: { slots: 4 } });
    const [, url = ''] = await host.waitForLine(/^listening on (\S+)$/);
    const taken: string[] = [];
    let isOver = false;
    const all = codes(2_000);
    const send = async () => {
      for (let code = all.shift(); code !== undefined && !isOver; code = all.shift()) {
        if ((await sendPay(url, code)) === TAKEN) taken.push(code);
      }
    };
    const senders = Array.from({ length: 8 }, send);
    await receiver.waitFor(({ requests }) => requests.length > 8, 20_000);
    host.signal('SIGTERM');
    await host.waitForLine(/^closing$/);
    isOver = true;
    assert.deepEqual(await host.exit(8_000), { code: 0, signal: null }, host.output);
    await Promise.all(senders);
    assert.doesNotMatch(host.output, /unhandled|error event/);
    const stored = await query(database, 'SELECT code FROM cloudpayments_transaction');
    const codesStored = new Set(stored.map((row) => String(row['code'])));
    assert.deepEqual(
      taken.filter((code) => !codesStored.has(code)),
      [],
    );
    const open = await openDeliveries(database);
    assert.equal(open.leased, 0, 'nothing waits for the end of a lease');
    assert.equal(open.pending, stored.length - receiver.taken().size);
    assert.deepEqual(
      [...receiver.taken().values()].filter((count) => count > 1),
      [],
    );
    const second = startHost(t, 'serve', { database, webhook: { url: receiver.url } });
    await second.waitForLine(/^ready$/);
    await waitUntil(() => isEverythingDelivered(database), { timeoutMs: 30_000 });
    assert.equal(receiver.taken().size, stored.length);
    assert.deepEqual(
      [...receiver.taken().values()].filter((count) => count > 1),
      [],
    );
  });

  for (const role of ['idle', 'ready']) {
    test(`a host that never mounts the router ends by itself (${role})`, async (t) => {
      const database = await kind.create();
      await endsBy(startHost(t, role, { database, webhook: { url: 'http://127.0.0.1:9/' } }), /^done$/, 2_000);
    });
  }

  test('a host that never mounts the router finishes what it has begun to hand over before it ends', async (t) => {
    const receiver = await startBackend(t, reply(200, { delayMs: 30 }));
    const database = await kind.create();
    const { payments, url, host: server } = await startShop(t, { database, dispatcher: false, webhook: { url: receiver.url } });
    await payAll(url, codes(60));
    await payments.close();
    await server.close();
    const host = startHost(t, 'first', { database, webhook: { url: receiver.url } });
    await host.waitForLine(/^done$/);
    assert.deepEqual(await host.exit(15_000), { code: 0, signal: null });
    assert.equal((await openDeliveries(database)).leased, 0);
    const delivered = await query(database, 'SELECT id FROM cloudpayments_delivery WHERE status = 1');
    assert.ok(receiver.taken().size > 0);
    assert.equal(delivered.length, receiver.taken().size);
  });

  test('one process that only receives and one that only dispatches share a database', async (t) => {
    const receiver = await startBackend(t);
    const database = await kind.create();
    const webhook = { url: receiver.url };
    const web = await startShop(t, { database, dispatcher: false, webhook });
    const worker = startHost(t, 'ready', { database, webhook, dispatcher: { keepProcessAlive: true } });
    await worker.waitForLine(/^done$/);
    const list = codes(40);
    await payAll(web.url, list);
    await waitUntil(() => isEverythingDelivered(database), { timeoutMs: 20_000 });
    assert.equal(worker.isRunning, true, worker.output);
    assert.deepEqual([...receiver.taken().keys()].sort(), list.map(webhookIdOf).sort());
    assert.equal(receiver.requests.length, list.length);
  });

  test("a host's own Knex is used and never destroyed", async (t) => {
    const receiver = await startBackend(t);
    const address = await kind.create();
    const host = knex(databaseConfig(address));
    t.after(() => host.destroy());
    const { url, payments, host: server } = await startShop(t, { database: host, webhook: { url: receiver.url } });
    await payAll(url, codes(10));
    await waitUntil(() => isEverythingDelivered(address));
    await server.close();
    await payments.close();
    assert.equal((await host('cloudpayments_transaction').where({ status: 1 })).length, 10);
  });

  test('several servers one after another, as test tools open them, keep working', async (t) => {
    const receiver = await startBackend(t);
    const database = await kind.create();
    const payments = createPayments(t, { database, webhook: { url: receiver.url } });
    const app = express().use(payments);
    const list = codes(6);
    for (const code of list) {
      const host = await listen(app);
      assert.equal(await sendPay(host.url, code), TAKEN);
      await host.close();
    }
    const last = await listen(app);
    t.after(() => last.close());
    assert.equal((await fetch(`${last.url}/_cloudpayments_/health`)).status, 200);
    await waitUntil(() => isEverythingDelivered(database));
    assert.deepEqual([...receiver.taken().keys()].sort(), list.map(webhookIdOf).sort());
  });

  test('what a process that died had begun is finished by the next one that starts', async (t) => {
    const receiver = await startBackend(t);
    const database = await kind.create();
    const dead = await startShop(t, { database, dispatcher: false, webhook: { url: receiver.url } });
    await payAll(dead.url, codes(3));
    await dead.payments.close();
    // As if it had died between the two steps of a payment that needs a look at others.
    for (const table of ['delivery_body', 'delivery', 'transaction']) await query(database, `DELETE FROM cloudpayments_${table}`);
    await query(database, 'UPDATE cloudpayments_notification SET applied = 0');
    await startShop(t, { database, webhook: { url: receiver.url } });
    await receiver.waitFor(() => receiver.taken().size === 3);
    await waitUntil(() => isEverythingDelivered(database));
    assert.equal((await query(database, 'SELECT id FROM cloudpayments_transaction')).length, 3);
  });

  test('close may come before ready, twice and at once; then requests are answered 503', async (t) => {
    const early = createPaymentsRouter(shopOptions({ database: await kind.create() }));
    const ready = early.ready().then(
      () => 'ready',
      (error) => error.code,
    );
    assert.deepEqual(await early.close(), { finished: 0, givenBack: 0 });
    assert.ok(['ready', 'ERR_PAYMENTS_CLOSED'].includes(await ready));
    const { url, payments } = await startShop(t, { database: await kind.create(), webhook: { url: 'http://127.0.0.1:9/' } });
    assert.equal(await sendPay(url, '1'), TAKEN);
    const reports = await Promise.all([payments.close({ drainTimeoutMs: 100 }), payments.close(), payments.close()]);
    assert.deepEqual(new Set(reports.map((report) => JSON.stringify(report))).size, 1);
    const answer = await fetch(`${url}/_cloudpayments_/pay`, { method: 'POST', body: 'a=1' });
    const body = await answer.text();
    assert.equal(answer.status, 503);
    assert.match(body, /"code":"ERR_PAYMENTS_CLOSED"/);
    await assert.rejects(payments.transactions.list());
  });
});

test('a router that is mounted twice takes each payment once', async (t) => {
  const database = sqliteFile(t);
  const receiver = await startBackend(t);
  const payments = createPayments(t, { database, webhook: { url: receiver.url }, basePath: ['/_cloudpayments_', '/'] });
  const host = await listen(express().use(payments).use('/again', payments));
  t.after(() => host.close());
  for (const path of ['', '/again', '']) assert.equal(await sendPay(`${host.url}${path}`, '77'), TAKEN);
  await waitUntil(() => isEverythingDelivered(database));
  assert.equal(receiver.requests.length, 1);
  await host.close();
  await waitUntil(async () => (await isStopped(payments)) === true);
});

test('two servers carry one router: the first that closes stops nothing', async (t) => {
  const database = sqliteFile(t);
  const receiver = await startBackend(t);
  const payments = createPayments(t, { database, webhook: { url: receiver.url } });
  const app = express().use(payments);
  const [first, second] = [await listen(app), await listen(app)];
  t.after(() => second.close());
  assert.equal(await sendPay(first.url, '1'), TAKEN);
  assert.equal(await sendPay(second.url, '2'), TAKEN);
  await first.close();
  assert.equal(await sendPay(second.url, '3'), TAKEN);
  await receiver.waitFor(({ requests }) => requests.length === 3);
});

test('no signal handlers are installed', async (t) => {
  const database = sqliteFile(t);
  const host = startHost(t, 'serve', { database });
  await host.waitForLine(/^signal handlers 0$/);
  await host.waitForLine(/^ready$/);
  assert.deepEqual(await host.end('SIGTERM'), { code: null, signal: 'SIGTERM' });
});

async function isStopped(payments: PaymentsRouter): Promise<boolean> {
  return await payments.health().then(
    ({ dispatcher }) => !dispatcher.running,
    () => true,
  );
}
