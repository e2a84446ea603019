import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaymentsRouter } from '../lib/index.ts';
import { forEachDatabase, query } from './support/databases.ts';
import { startPostgres } from './support/postgres.ts';
import { startProcess } from './support/processes.ts';
import { startReceiver } from './support/receiver.ts';
import { createPayments, sendPay, shopOptions, TAKEN } from './support/shop.ts';
import { waitUntil } from './support/wait.ts';

test('a PostgreSQL that is late is waited for: 503 until then, no unhandled rejection, and then everything works', {
  timeout: 120_000,
}, async (t) => {
  const server = await startPostgres();
  t.after(() => server.remove());
  const receiver = await startReceiver();
  t.after(() => receiver.close());
  const database = await server.createDatabase();
  await server.stop();
  const webhook = { url: receiver.url };
  const start = (env: Record<string, string>) => {
    const process = startProcess('test/support/fixtures/shop-process.ts', { env });
    t.after(() => process.end());
    return process;
  };
  const web = start({ ROLE: 'serve', SHOP: JSON.stringify({ database, webhook, dispatcher: false }) });
  const worker = start({ ROLE: 'idle', SHOP: JSON.stringify({ database, webhook, dispatcher: { keepProcessAlive: true } }) });
  const idle = start({ ROLE: 'idle', SHOP: JSON.stringify({ database, webhook }) });
  const [, url = ''] = await web.waitForLine(/^listening on (\S+)$/);
  assert.match(await sendPay(url, '1'), /ERR_PAYMENTS_DATABASE/);
  const health = await fetch(`${url}/_cloudpayments_/health`);
  assert.equal(health.status, 503);
  await web.waitForLine(/cannot be reached yet/);
  // One that has nothing else to do does not wait for ever.
  assert.deepEqual(await idle.exit(), { code: 0, signal: null });
  assert.equal(worker.isRunning, true, worker.output);
  await server.start();
  await web.waitForLine(/^ready$/, 40_000);
  assert.equal(await sendPay(url, '1'), TAKEN);
  await receiver.waitFor(({ requests }) => requests.length === 1, 40_000);
  for (const { output } of [web, worker, idle]) assert.doesNotMatch(output, /unhandled|error event/);
});

test('a PostgreSQL that goes away and comes back is told of, and nothing is lost', { timeout: 60_000 }, async (t) => {
  const server = await startPostgres();
  t.after(() => server.remove());
  const receiver = await startReceiver();
  t.after(() => receiver.close());
  const database = await server.createDatabase();
  const process = startProcess('test/support/fixtures/shop-process.ts', {
    env: { SHOP: JSON.stringify({ database, webhook: { url: receiver.url } }) },
  });
  t.after(() => process.end());
  const [, url = ''] = await process.waitForLine(/^listening on (\S+)$/);
  await process.waitForLine(/^ready$/);
  assert.equal(await sendPay(url, '1'), TAKEN);
  // A claim whose answer is cut off would rightly be left alone until its lease ends, a minute later.
  await receiver.waitFor(({ requests }) => requests.length === 1);
  await waitUntil(async () => (await query(database, 'SELECT id FROM cloudpayments_delivery WHERE status = 1')).length === 1);
  await server.stop('immediate');
  const startedOn = performance.now();
  assert.match(await sendPay(url, '2'), /ERR_PAYMENTS/);
  assert.ok(performance.now() - startedOn < 6_000);
  await server.start();
  await waitUntil(async () => (await sendPay(url, '2')) === TAKEN, { timeoutMs: 15_000, everyMs: 100 });
  await waitUntil(() => receiver.requests.length === 2, {
    timeoutMs: 15_000,
    describe: () => `the second hand-over in:\n${process.output}`,
  });
  assert.equal(process.isRunning, true);
  assert.doesNotMatch(process.output, /unhandled/);
});

forEachDatabase((kind) => {
  test('an address that can never work rejects ready at once, and leaves no unhandled rejection', async (t) => {
    const database = wrongAddress(kind.client, await kind.create());
    const payments = createPaymentsRouter(shopOptions({ database }));
    const errors: string[] = [];
    payments.on('error', ({ context }) => errors.push(context));
    t.after(() => payments.close());
    await assert.rejects(payments.ready(), { code: 'ERR_PAYMENTS_DATABASE', message: /could not be created or brought up to date/ });
    assert.deepEqual(errors, ['start']);
    await assert.rejects(payments.deliveries.list(), { code: 'ERR_PAYMENTS_DATABASE' });
  });

  if (kind.client === 'sqlite') return;

  test('closing while the database is late ends the waiting', async (t) => {
    const payments = createPayments(t, { database: `${kind.client}://nobody@127.0.0.1:9/nothing` });
    const ready = assert.rejects(payments.ready(), { code: 'ERR_PAYMENTS_CLOSED' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedOn = performance.now();
    await payments.close();
    assert.ok(performance.now() - startedOn < 3_000);
    await ready;
  });
});

/** Somebody that the server does not know, or a folder that is not there. */
function wrongAddress(client: 'sqlite' | 'postgres' | 'mysql', address: string): string {
  if (client === 'sqlite') return address.replace('payments.sqlite', 'missing/payments.sqlite');
  const url = new URL(address);
  if (client === 'mysql') url.password = 'wrong';
  else url.username = 'nobody';
  return url.href;
}
