import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Delivery } from '../lib/index.ts';
import { forEachDatabase } from './support/databases.ts';
import { reply, startReceiver } from './support/receiver.ts';
import { payAll, startShop, webhookIdOf } from './support/shop.ts';
import { waitUntil } from './support/wait.ts';

forEachDatabase((kind) => {
  const start = async (t: TestContext, answer = reply(500)) => {
    const receiver = await startReceiver(answer);
    t.after(() => receiver.close());
    const { url, payments } = await startShop(t, { database: await kind.create(), webhook: { url: receiver.url } });
    const look = async (isThere: (delivery: Delivery) => boolean): Promise<Delivery> =>
      await waitUntil(async () => ((row) => row && !row.isLeased && isThere(row) && row)((await payments.deliveries.list())[0]));
    await payAll(url, ['1001']);
    return { receiver, payments, look, url };
  };

  test('a failed delivery waits by the schedule, and retryNow sends it at once', async (t) => {
    const { receiver, payments, look } = await start(t);
    for (const [failures, leastMs, mostMs] of [
      [1, 8_000, 12_000],
      [2, 16_000, 24_000],
      [3, 32_000, 48_000],
    ] as const) {
      const failed = await look((row) => row.failures === failures);
      const inMs = failed.dueAt.getTime() - Date.now();
      assert.ok(inMs > leastMs - 2_000 && inMs <= mostMs, `attempt ${failures}: again in ${inMs} ms`);
      assert.deepEqual([failed.lastStatus, failed.lastError, failed.webhookId], [500, 'HTTP 500', webhookIdOf('1001')]);
      if (failures === 3) receiver.answerWith(reply(201));
      assert.equal((await payments.deliveries.retryNow(failed.id)).status, 'pending');
    }
    const delivered = await look(({ status }) => status === 'delivered');
    assert.deepEqual([delivered.failures, delivered.lastStatus], [0, 201]);
    assert.equal(new Set(receiver.requests.map((request) => request.body.toString())).size, 1);
    assert.equal((await payments.transactions.find({ code: '1001' }))?.isCompleted, true);
    await assert.rejects(payments.deliveries.retryNow(delivered.id), { code: 'ERR_PAYMENTS_STATE', message: /is not pending/ });
  });

  test('cancel ends a delivery, replay begins it again with the same webhook-id', async (t) => {
    const { receiver, payments, look } = await start(t);
    const { id } = await look(({ failures }) => failures === 1);
    await assert.rejects(payments.deliveries.replay(id), { code: 'ERR_PAYMENTS_STATE', message: /still pending: use retryNow/ });
    assert.equal((await payments.deliveries.cancel(id)).status, 'cancelled');
    await assert.rejects(payments.deliveries.cancel(id), { code: 'ERR_PAYMENTS_STATE' });
    await assert.rejects(payments.deliveries.retryNow(id), { code: 'ERR_PAYMENTS_STATE' });
    receiver.answerWith(reply(200));
    assert.equal((await payments.deliveries.replay(id)).webhookId, webhookIdOf('1001'));
    await look(({ status }) => status === 'delivered');
    await payments.deliveries.replay(id);
    await receiver.waitFor(() => receiver.taken().get(webhookIdOf('1001')) === 2);
  });

  test('cancel while an attempt is under way leaves it cancelled', async (t) => {
    const { receiver, payments } = await start(t, reply(200, { delayMs: 300 }));
    await receiver.waitFor(({ underWay }) => underWay === 1);
    const [leased] = await payments.deliveries.list({ status: 'pending' });
    await payments.deliveries.cancel(leased?.id ?? '');
    await receiver.waitFor(() => receiver.taken().size === 1);
    await payments.close();
    assert.equal(receiver.requests.length, 1);
  });

  test('ids that are none, and rows that are not there, are said to be so', async (t) => {
    const { payments, look } = await start(t);
    await look(({ failures }) => failures === 1);
    for (const id of ['', 'one', '-1', '1.5', '1e3', "1' OR '1'='1", '9'.repeat(19), '9'.repeat(40)]) {
      const refused = { name: 'PaymentsError', code: 'ERR_PAYMENTS_NOT_FOUND' };
      await assert.rejects(payments.deliveries.get(id), refused, id);
      await assert.rejects(payments.deliveries.cancel(id), refused, id);
      await assert.rejects(payments.transactions.get(id), refused, id);
      await assert.rejects(payments.deliveries.list({ beforeId: id }), refused, id);
      await assert.rejects(payments.deliveries.list({ transactionId: id }), refused, id);
      await assert.rejects(payments.transactions.list({ beforeId: id }), refused, id);
    }
    const missing = '9223372036854775807';
    assert.equal(await payments.deliveries.get(missing), undefined);
    assert.equal(await payments.transactions.get(missing), undefined);
    for (const verb of ['retryNow', 'cancel', 'replay'] as const) {
      await assert.rejects(payments.deliveries[verb](missing), { code: 'ERR_PAYMENTS_NOT_FOUND', message: /There is no delivery/ });
    }
    await assert.rejects(payments.transactions.approve(missing), { code: 'ERR_PAYMENTS_NOT_FOUND' });
  });

  test('list keeps to its limits', async (t) => {
    const { payments, url } = await start(t, reply(200));
    await payAll(url, ['1002', '1003']);
    assert.equal((await payments.deliveries.list({ limit: 2 })).length, 2);
    for (const limit of [0, -5, Number.NaN, 1.9]) assert.equal((await payments.deliveries.list({ limit })).length, 1);
    assert.equal((await payments.transactions.list({ limit: 1e9 })).length, 3);
  });
});
