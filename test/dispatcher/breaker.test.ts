import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStores, only, openStores, type Stores } from '../storage/stores.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { type Receiver, reply, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { createDispatcher, owe } from './dispatchers.ts';

async function endpointRow(address: string): Promise<{ failures: number; isOpen: boolean; probes: number }> {
  const [row] = await query(address, 'SELECT failures, is_open, probes FROM cloudpayments_endpoint');
  return { failures: Number(row?.['failures'] ?? 0), isOpen: Number(row?.['is_open'] ?? 0) === 1, probes: Number(row?.['probes'] ?? 0) };
}

/** What would take minutes: the next probe is due now. */
async function probeNow(stores: Stores): Promise<void> {
  const { knex, dialect } = stores.database;
  await knex('cloudpayments_endpoint').update({ probe_at: dialect.dueIn(knex, -1_000, Date.now()) });
}

forEachDatabase((kind) => {
  const start = async (t: TestContext, answer = reply(500)): Promise<{ stores: Stores; receiver: Receiver }> => {
    const receiver = await startReceiver(answer);
    t.after(() => receiver.close());
    return { stores: await createStores(t, await kind.create()), receiver };
  };

  test('ten failures in a row open it for all instances, only probes are sent, the first success closes it and pulls all forward', async (t) => {
    const { stores, receiver } = await start(t);
    const first = createDispatcher(t, stores, receiver, { slots: 5 });
    const second = createDispatcher(t, openStores(t, stores.address), receiver, { slots: 5 });
    const told: string[] = [];
    for (const { emitter } of [first, second]) {
      emitter.on('endpoint.down', ({ failures }) => told.push(`down after ${failures}`));
      emitter.on('delivery.recovered', ({ waiting }) => told.push(`back, ${waiting} wait`));
    }
    const ids = await owe(stores, 60);
    for (const { dispatcher } of [first, second]) dispatcher.start();
    await waitUntil(async () => (await endpointRow(stores.address)).isOpen);
    await waitUntil(() => first.dispatcher.isEndpointOpen && second.dispatcher.isEndpointOpen);
    await waitUntil(() => receiver.underWay === 0 && first.dispatcher.inFlight + second.dispatcher.inFlight === 0);
    const wasted = receiver.requests.length;
    assert.ok(wasted >= 10 && wasted <= 30, `${wasted} requests before it opened`);
    const more = await owe(stores, 20, 1_000);
    first.dispatcher.wake();
    second.dispatcher.wake();
    await sleep(1_500);
    assert.equal(receiver.requests.length, wasted, 'nothing is sent before the first probe');

    await probeNow(stores);
    await receiver.waitFor(({ requests }) => requests.length > wasted);
    await sleep(1_500);
    assert.equal(receiver.requests.length, wasted + 1, 'one probe for both instances');
    assert.deepEqual([(await endpointRow(stores.address)).isOpen, (await endpointRow(stores.address)).probes], [true, 1]);

    receiver.answerWith(reply(200));
    await probeNow(stores);
    await waitUntil(async () => !(await endpointRow(stores.address)).isOpen);
    await waitUntil(async () => (await stores.deliveries.backlog()) === 0, { timeoutMs: 20_000 });
    assert.deepEqual([...receiver.taken().keys()].sort(), [...ids, ...more].sort());
    assert.deepEqual(
      [...receiver.taken().values()].filter((count) => count > 1),
      [],
    );
    assert.deepEqual(receiver.overlaps, []);
    assert.deepEqual(
      told.map((line) => line.replace(/\d+ wait/, 'n wait')),
      ['down after 10', 'back, n wait'],
    );
    assert.equal((await endpointRow(stores.address)).failures, 0);
  });

  test('one delivery that is refused again and again never opens it', async (t) => {
    const { stores, receiver } = await start(t);
    const [poison = ''] = await owe(stores, 1);
    receiver.answerWith(({ webhookId }) => reply(webhookId === poison ? 500 : 200));
    const { dispatcher } = createDispatcher(t, stores, receiver);
    dispatcher.start();
    const { id } = only(await stores.deliveries.list({ limit: 10 }));
    for (let failures = 1; failures <= 14; failures++) {
      await waitUntil(async () => ((row) => row?.failures === failures && !row.isLeased)(await stores.deliveries.get(id)));
      await stores.deliveries.retryNow(id);
      dispatcher.wake();
    }
    assert.ok((await endpointRow(stores.address)).failures <= 1);
    assert.equal((await endpointRow(stores.address)).isOpen, false);
    await owe(stores, 5, 100);
    dispatcher.wake();
    await waitUntil(async () => (await stores.deliveries.backlog()) === 1);
  });

  test('refusals that speak for themselves (4xx) do not open it, however many there are', async (t) => {
    const { stores, receiver } = await start(t, reply(422));
    await owe(stores, 30);
    const { dispatcher } = createDispatcher(t, stores, receiver);
    dispatcher.start();
    await receiver.waitFor(({ requests }) => requests.length === 30);
    await waitUntil(() => dispatcher.inFlight === 0);
    assert.deepEqual(await endpointRow(stores.address), { failures: 0, isOpen: false, probes: 0 });
  });

  test('a success in between begins the count anew', async (t) => {
    const { stores, receiver } = await start(t);
    const { dispatcher } = createDispatcher(t, stores, receiver, { slots: 1 });
    receiver.answerWith(({ index }) => reply(index % 8 === 7 ? 200 : 500));
    await owe(stores, 40);
    dispatcher.start();
    await receiver.waitFor(({ requests }) => requests.length === 40, 20_000);
    await waitUntil(() => dispatcher.inFlight === 0);
    assert.equal((await endpointRow(stores.address)).isOpen, false);
  });

  test('only one of many instances gets the probe, and only one call opens and closes', async (t) => {
    const { stores } = await start(t);
    const instances = [stores, ...Array.from({ length: 4 }, () => openStores(t, stores.address))];
    const opened = await Promise.all(instances.flatMap(({ endpoint }) => [endpoint.addFailures(1, 10, 0), endpoint.addFailures(1, 10, 0)]));
    assert.equal(opened.filter(({ hasOpened }) => hasOpened).length, 1);
    assert.deepEqual(await stores.endpoint.read(), { failures: 10, isOpen: true });
    const probes = await Promise.all(instances.map(({ endpoint }) => endpoint.takeProbe(() => 60_000)));
    assert.equal(probes.filter(Boolean).length, 1);
    assert.equal(await stores.endpoint.takeProbe(() => 60_000), false);
    const closed = await Promise.all(instances.map(({ endpoint }) => endpoint.close()));
    assert.equal(closed.filter(Boolean).length, 1);
    assert.deepEqual(await stores.endpoint.read(), { failures: 0, isOpen: false });
  });
});
