import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStores, openStores, type Stores } from '../storage/stores.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { startProxy } from '../support/proxy.ts';
import { type Receiver, reply, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { createDispatcher, owe } from './dispatchers.ts';

interface DeliveryRow {
  readonly status: number;
  readonly claims: number;
  readonly leased: number;
}

async function deliveryRows(address: string): Promise<DeliveryRow[]> {
  const rows = await query(
    address,
    'SELECT status, claims, CASE WHEN lease IS NULL THEN 0 ELSE 1 END AS leased FROM cloudpayments_delivery ORDER BY id',
  );
  return rows.map(({ status, claims, leased }) => ({ status: Number(status), claims: Number(claims), leased: Number(leased) }));
}

async function areAllDelivered(address: string): Promise<boolean> {
  const rows = await deliveryRows(address);
  return rows.every(({ status, leased }) => status === 1 && leased === 0);
}

function assertEachTakenOnce(receiver: Receiver, ids: readonly string[]): void {
  assert.deepEqual(
    [...receiver.taken()].filter(([, count]) => count !== 1),
    [],
  );
  assert.deepEqual([...receiver.taken().keys()].sort(), [...ids].sort());
  assert.equal(receiver.requests.length, ids.length);
  assert.deepEqual(receiver.overlaps, []);
}

forEachDatabase((kind) => {
  const start = async (t: TestContext, answer = reply(200)): Promise<{ stores: Stores; receiver: Receiver }> => {
    const receiver = await startReceiver(answer);
    t.after(() => receiver.close());
    return { stores: await createStores(t, await kind.create()), receiver };
  };

  test('two dispatchers over one database hand each payment over once', async (t) => {
    const { stores, receiver } = await start(t, reply(200, { delayMs: 5 }));
    const other = openStores(t, stores.address);
    const pair = [createDispatcher(t, stores, receiver), createDispatcher(t, other, receiver)];
    for (const { dispatcher } of pair) dispatcher.start();
    const ids: string[] = [];
    for (let batch = 0; batch < 6; batch++) {
      ids.push(...(await owe(batch % 2 === 0 ? stores : other, 50, 1 + batch * 50)));
      for (const { dispatcher } of pair) dispatcher.wake();
    }
    await waitUntil(() => areAllDelivered(stores.address), { timeoutMs: 30_000 });
    assertEachTakenOnce(receiver, ids);
  });

  test('a stop under load with a slow receiver loses nothing and sends nothing twice', async (t) => {
    const { stores, receiver } = await start(t, reply(200, { delayMs: 60 }));
    const ids = await owe(stores, 120);
    let reported = 0;
    for (let restart = 0; receiver.taken().size < ids.length; restart++) {
      const instance = restart % 2 === 0 ? stores : openStores(t, stores.address);
      const { dispatcher } = createDispatcher(t, instance, receiver, { slots: 10 });
      dispatcher.start();
      await receiver.waitFor(({ requests }) => requests.length >= Math.min(ids.length, 12 * (restart + 1)));
      const { finished, givenBack } = await dispatcher.stop();
      reported += finished;
      assert.deepEqual([receiver.underWay, dispatcher.inFlight, dispatcher.isRunning], [0, 0, false]);
      const rows = await deliveryRows(stores.address);
      assert.deepEqual(
        rows.filter(({ leased }) => leased === 1),
        [],
        `${givenBack} were given back`,
      );
    }
    assert.ok(reported > 0);
    assertEachTakenOnce(receiver, ids);
    assert.ok(await areAllDelivered(stores.address));
  });

  test('attempts that outlast the drain are cut off and given back at once', async (t) => {
    const { stores, receiver } = await start(t);
    receiver.answerWith({ kind: 'silence' });
    await owe(stores, 5);
    const { dispatcher } = createDispatcher(t, stores, receiver);
    dispatcher.start();
    await receiver.waitFor(({ requests }) => requests.length === 5);
    const startedOn = performance.now();
    const report = await dispatcher.stop(100);
    assert.ok(performance.now() - startedOn < 1_500);
    assert.deepEqual(report, { finished: 0, givenBack: 5 });
    const rows = await query(stores.address, 'SELECT failures, lost_leases FROM cloudpayments_delivery WHERE lease IS NULL AND status = 0');
    assert.deepEqual(
      rows.map(({ failures, lost_leases }) => Number(failures) + Number(lost_leases)),
      [0, 0, 0, 0, 0],
    );
    assert.ok(((await stores.deliveries.nextDueIn()) ?? 1) <= 0);
    assert.equal((await query(stores.address, 'SELECT id FROM cloudpayments_webhook_log')).length, 5);
  });

  test('starts again after a stop, and both may be called as often as one likes', async (t) => {
    const { stores, receiver } = await start(t);
    const { dispatcher } = createDispatcher(t, stores, receiver);
    assert.deepEqual(await dispatcher.stop(), { finished: 0, givenBack: 0 });
    const ids = await owe(stores, 3);
    dispatcher.start();
    dispatcher.start();
    await waitUntil(() => areAllDelivered(stores.address));
    const [first, second] = await Promise.all([dispatcher.stop(), dispatcher.stop()]);
    assert.deepEqual(first, second);
    assert.equal(await dispatcher.stop(), await dispatcher.stop());
    const more = await owe(stores, 3, 10);
    dispatcher.start();
    assert.equal(dispatcher.isRunning, true);
    await waitUntil(() => areAllDelivered(stores.address));
    assertEachTakenOnce(receiver, [...ids, ...more]);
  });

  test('finds what another process stored, without being woken', async (t) => {
    const { stores, receiver } = await start(t);
    const { dispatcher } = createDispatcher(t, stores, receiver);
    dispatcher.start();
    await waitUntil(() => dispatcher.lastPollAt);
    const ids = await owe(openStores(t, stores.address), 2);
    await receiver.waitFor(({ requests }) => requests.length === 2);
    await waitUntil(() => areAllDelivered(stores.address));
    assertEachTakenOnce(receiver, ids);
  });

  if (kind.client === 'sqlite') {
    test('a delivery whose processes died three times runs alone and is told of', { timeout: 60_000 }, async (t) => {
      const { stores, receiver } = await start(t, reply(200, { delayMs: 20 }));
      const [suspect = ''] = await owe(stores, 1);
      for (let lost = 0; lost < 4; lost++) {
        const lease = { kind: 'due', limit: 1, leaseMs: 5 } as const;
        await waitUntil(async () => (await stores.deliveries.claim({ ...lease, lease: randomUUID() })).length === 1);
      }
      await waitUntil(async () => ((await stores.deliveries.nextDueIn()) ?? 1) <= 0);
      const { dispatcher, emitter } = createDispatcher(t, stores, receiver);
      const told: number[] = [];
      emitter.on('delivery.suspect', ({ delivery }) => told.push(delivery.lostLeases));
      let alongside = -1;
      receiver.answerWith(async ({ webhookId }) => {
        if (webhookId === suspect) alongside = receiver.underWay - 1;
        return reply(200, { delayMs: 20 });
      });
      dispatcher.start();
      let first = 2;
      while (!receiver.taken().has(suspect)) {
        await owe(stores, 10, first);
        dispatcher.wake();
        first += 10;
        await sleep(50);
        assert.ok(first < 10_000);
      }
      assert.deepEqual(told, [4]);
      assert.equal(alongside, 0);
      await waitUntil(() => areAllDelivered(stores.address));
    });
    return;
  }

  test('a stop is bounded while the database hangs, and what it left behind does not work on after the next start', async (t) => {
    const { stores: direct, receiver } = await start(t);
    const proxy = await startProxy(direct.address);
    t.after(() => proxy.close());
    const stores = openStores(t, proxy.url);
    const { dispatcher } = createDispatcher(t, stores, receiver);
    dispatcher.start();
    await waitUntil(() => dispatcher.lastPollAt);
    proxy.freeze();
    dispatcher.wake();
    await sleep(50);
    const startedOn = performance.now();
    await dispatcher.stop(300);
    const tookMs = performance.now() - startedOn;
    assert.ok(tookMs < 300 + 2_000 + 500, `took ${tookMs} ms`);
    const ids = await owe(direct, 30);
    dispatcher.start();
    proxy.thaw();
    await waitUntil(() => areAllDelivered(direct.address));
    const more = await owe(direct, 30, 100);
    dispatcher.wake();
    await waitUntil(() => areAllDelivered(direct.address));
    assertEachTakenOnce(receiver, [...ids, ...more]);
    // Once more for the claim that was under way when it stopped, and was given back.
    const claims = (await deliveryRows(direct.address)).map((row) => row.claims);
    assert.ok(Math.max(...claims) <= 2, `claimed ${claims} times`);
    assert.deepEqual(new Set(claims.slice(ids.length)), new Set([1]));
  });

  test('connections that nobody answers any more are given up within seconds, for claims and for outcomes', {
    timeout: 60_000,
  }, async (t) => {
    const { stores: direct, receiver } = await start(t);
    const proxy = await startProxy(direct.address);
    t.after(() => proxy.close());
    const { dispatcher } = createDispatcher(t, openStores(t, proxy.url), receiver);
    const ids = await owe(direct, 5);
    receiver.answerWith(() => {
      if (receiver.requests.length === 5) proxy.strand();
      return reply(200, { delayMs: 50 });
    });
    dispatcher.start();
    await waitUntil(() => areAllDelivered(direct.address), { timeoutMs: 20_000 });
    receiver.answerWith(reply(200));
    proxy.strand();
    const more = await owe(direct, 5, 100);
    dispatcher.wake();
    await waitUntil(() => areAllDelivered(direct.address), { timeoutMs: 30_000 });
    assertEachTakenOnce(receiver, [...ids, ...more]);
  });

  test('outcomes that cannot be written while the database hangs are written when it answers again', async (t) => {
    const { stores: direct, receiver } = await start(t);
    const proxy = await startProxy(direct.address);
    t.after(() => proxy.close());
    const { dispatcher } = createDispatcher(t, openStores(t, proxy.url), receiver);
    receiver.answerWith(() => {
      proxy.freeze();
      return reply(200);
    });
    const ids = await owe(direct, 10);
    dispatcher.start();
    await receiver.waitFor(({ requests }) => requests.length === 10);
    await sleep(500);
    receiver.answerWith(reply(200));
    proxy.thaw();
    await waitUntil(() => areAllDelivered(direct.address));
    assertEachTakenOnce(receiver, ids);
  });
});
