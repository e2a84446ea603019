import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { ClaimedDelivery } from '../../lib/storage/rows.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { codes } from '../support/shop.ts';
import { waitUntil } from '../support/wait.ts';
import { attemptOf, createStores, only, openStores, outcomeOf, payItem, type Stores } from './stores.ts';

const LEASE_MS = 60_000;

async function claim(
  stores: Stores,
  limit = 20,
  leaseMs = LEASE_MS,
  kind: 'due' | 'suspect' | 'probe' = 'due',
): Promise<readonly ClaimedDelivery[]> {
  return await stores.deliveries.claim({ kind, limit, leaseMs, lease: randomUUID() });
}

/** Waits until a short lease is over and claims again. */
async function claimAgain(stores: Stores): Promise<ClaimedDelivery> {
  return only(await waitUntil(async () => ((list) => list.length > 0 && list)(await claim(stores))));
}

async function record(stores: Stores, count: number): Promise<void> {
  await Promise.all(codes(count, 1).map((code) => stores.recorder.record(payItem(code))));
}

forEachDatabase((kind) => {
  const start = async (t: TestContext, count = 1): Promise<Stores> => {
    const stores = await createStores(t, await kind.create());
    await record(stores, count);
    return stores;
  };

  test('a claim takes what is due, oldest first and no more than asked for, and nobody else gets it', async (t) => {
    const stores = await start(t, 5);
    const first = await claim(stores, 3);
    const rest = await claim(stores, 3);
    assert.deepEqual([first.length, rest.length, (await claim(stores)).length], [3, 2, 0]);
    assert.equal(new Set([...first, ...rest].map((row) => row.id)).size, 5);
    const [row] = first;
    assert.match(row?.body ?? '', new RegExp(`^\\{"id":"${row?.transactionId}","code":"\\d"\\}$`));
    const shown = await stores.deliveries.get(row?.id ?? '');
    assert.equal(shown?.isLeased, true);
    const leftMs = (shown?.dueAt.getTime() ?? 0) - Date.now();
    assert.ok(leftMs > LEASE_MS - 5_000 && leftMs <= LEASE_MS + 5_000, `the lease ends in ${leftMs} ms`);
  });

  test('a delivered one completes its transaction, and leaves a row of its attempt', async (t) => {
    const stores = await start(t);
    const claimed = only(await claim(stores));
    const held = await stores.deliveries.complete([outcomeOf(claimed, 'delivered')], [attemptOf(claimed)]);
    assert.deepEqual([...held], [claimed.id]);
    const shown = await stores.deliveries.get(claimed.id);
    assert.deepEqual([shown?.status, shown?.isLeased, shown?.failures, shown?.lastStatus], ['delivered', false, 0, 200]);
    assert.ok(Math.abs((shown?.deliveredAt?.getTime() ?? 0) - Date.now()) < 5_000);
    const [transaction] = await query(stores.address, 'SELECT status FROM cloudpayments_transaction');
    assert.equal(Number(transaction?.['status']), 1);
    const log = only(
      await query(
        stores.address,
        'SELECT transaction_id, url, request_body, response_status, response_body, error, lease FROM cloudpayments_webhook_log',
      ),
    );
    assert.deepEqual(
      { ...log, transaction_id: String(log['transaction_id']) },
      {
        ...{ transaction_id: claimed.transactionId, url: 'http://merchant.example/', request_body: claimed.body, response_status: 200 },
        ...{ response_body: 'thanks', error: null, lease: claimed.lease },
      },
    );
  });

  test('a failed one is due again after its delay and counts its failures', async (t) => {
    const stores = await start(t);
    const claimed = only(await claim(stores));
    await stores.deliveries.complete(
      [outcomeOf(claimed, 'failed', { delayMs: 3_600_000 })],
      [attemptOf(claimed, { responseStatus: 500, error: 'HTTP 500' })],
    );
    const shown = await stores.deliveries.get(claimed.id);
    assert.deepEqual(
      [shown?.status, shown?.isLeased, shown?.failures, shown?.lastStatus, shown?.lastError],
      ['pending', false, 1, 500, 'HTTP 500'],
    );
    const dueInMs = await stores.deliveries.nextDueIn();
    assert.ok(dueInMs !== undefined && dueInMs > 3_590_000 && dueInMs <= 3_600_000, `due in ${dueInMs} ms`);
    assert.ok(Math.abs((shown?.dueAt.getTime() ?? 0) - Date.now() - 3_600_000) < 5_000);
    assert.deepEqual(await claim(stores), []);
  });

  test('one that is given back is due at once, with nothing held against it', async (t) => {
    const stores = await start(t);
    const claimed = only(await claim(stores));
    await stores.deliveries.complete([outcomeOf(claimed, 'returned', { delayMs: 0 })], []);
    const again = only(await claim(stores));
    assert.deepEqual([again.id, again.failures, again.lostLeases], [claimed.id, 0, 0]);
  });

  test('an outcome that comes after the lease was lost changes nothing but the log', async (t) => {
    for (const late of ['delivered', 'failed', 'returned'] as const) {
      const stores = await start(t);
      const first = only(await claim(stores, 1, 50));
      const second = await claimAgain(stores);
      assert.deepEqual([second.id, second.lostLeases], [first.id, 1]);
      const before = await stores.deliveries.get(first.id);
      const held = await stores.deliveries.complete([outcomeOf(first, late)], [attemptOf(first)]);
      assert.deepEqual([...held], []);
      assert.deepEqual(await stores.deliveries.get(first.id), before);
      const [transaction] = await query(stores.address, 'SELECT status FROM cloudpayments_transaction');
      assert.equal(Number(transaction?.['status']), 0);
      assert.equal((await query(stores.address, 'SELECT id FROM cloudpayments_webhook_log')).length, 1);
      assert.deepEqual([...(await stores.deliveries.complete([outcomeOf(second, 'delivered')], []))], [second.id]);
    }
  });

  test('a lost and a held lease of the same batch do not mix', async (t) => {
    const stores = await start(t, 3);
    const old = await claim(stores, 3, 50);
    const renewed = await waitUntil(async () => ((list) => list.length === 3 && list)(await claim(stores)));
    const [a, b] = renewed;
    const stale = old.find((row) => row.id !== a?.id && row.id !== b?.id);
    assert.ok(a && b && stale);
    const outcomes = [outcomeOf(stale, 'delivered'), outcomeOf(a, 'delivered'), outcomeOf(b, 'failed')];
    const held = await stores.deliveries.complete(outcomes, []);
    assert.deepEqual([...held].sort(), [a.id, b.id].sort());
    const statuses = await Promise.all([stale, a, b].map(async ({ id }) => (await stores.deliveries.get(id))?.status));
    assert.deepEqual(statuses, ['pending', 'delivered', 'pending']);
    const completed = await query(stores.address, 'SELECT id FROM cloudpayments_transaction WHERE status = 1');
    assert.deepEqual(
      completed.map((row) => String(row['id'])),
      [a.transactionId],
    );
  });

  test('one that is cancelled while an attempt is under way stays cancelled', async (t) => {
    const stores = await start(t);
    const claimed = only(await claim(stores));
    assert.equal(await stores.deliveries.cancel(claimed.id), true);
    assert.deepEqual([...(await stores.deliveries.complete([outcomeOf(claimed, 'delivered')], [attemptOf(claimed)]))], []);
    const shown = await stores.deliveries.get(claimed.id);
    assert.deepEqual([shown?.status, shown?.isLeased, shown?.deliveredAt], ['cancelled', false, undefined]);
    assert.deepEqual([await stores.deliveries.cancel(claimed.id), await claim(stores)], [false, []]);
  });

  test('a lease lost three times makes a suspect, which only a claim for suspects takes', async (t) => {
    const stores = await start(t);
    await claim(stores, 1, 20);
    for (const lost of [1, 2, 3]) {
      const again = await waitUntil(async () => (await claim(stores, 1, 20))[0]);
      assert.equal(again.lostLeases, lost);
    }
    await waitUntil(async () => ((await stores.deliveries.nextDueIn()) ?? 1) <= 0);
    assert.deepEqual(await claim(stores), []);
    const suspect = only(await claim(stores, 1, LEASE_MS, 'suspect'));
    assert.equal(suspect.lostLeases, 4);
    await stores.deliveries.complete([outcomeOf(suspect, 'failed', { delayMs: 0 })], []);
    assert.equal(only(await claim(stores)).lostLeases, 0);
  });

  test('a probe takes the freshest of all that wait, but none that is leased', async (t) => {
    const stores = await start(t, 3);
    const [worst, leased, fresh] = await claim(stores, 3);
    assert.ok(worst && leased && fresh);
    await stores.deliveries.complete(
      [outcomeOf(worst, 'failed', { delayMs: 1_000_000 }), outcomeOf(fresh, 'returned', { delayMs: 2_000_000 })],
      [],
    );
    assert.equal(only(await claim(stores, 1, LEASE_MS, 'probe')).id, fresh.id);
    assert.equal(only(await claim(stores, 1, LEASE_MS, 'probe')).id, worst.id);
    assert.deepEqual(await claim(stores, 1, LEASE_MS, 'probe'), []);
  });

  test('retryNow makes a waiting one due, and leaves one that is under way alone', async (t) => {
    const stores = await start(t);
    const claimed = only(await claim(stores));
    const leased = await stores.deliveries.get(claimed.id);
    assert.equal(await stores.deliveries.retryNow(claimed.id), true);
    assert.deepEqual(await stores.deliveries.get(claimed.id), leased);
    await stores.deliveries.complete([outcomeOf(claimed, 'failed', { delayMs: 3_600_000 })], []);
    assert.deepEqual(await claim(stores), []);
    assert.equal(await stores.deliveries.retryNow(claimed.id), true);
    const again = only(await claim(stores));
    await stores.deliveries.complete([outcomeOf(again, 'delivered')], []);
    assert.equal(await stores.deliveries.retryNow(claimed.id), false);
  });

  test('replay makes a delivered or cancelled one pending again, with the same body and webhook-id', async (t) => {
    const stores = await start(t);
    const claimed = only(await claim(stores));
    assert.equal(await stores.deliveries.replay(claimed.id), false);
    await stores.deliveries.complete([outcomeOf(claimed, 'delivered')], []);
    assert.equal(await stores.deliveries.replay(claimed.id), true);
    const again = only(await claim(stores));
    assert.deepEqual([again.id, again.body, again.webhookId, again.failures], [claimed.id, claimed.body, claimed.webhookId, 0]);
    await stores.deliveries.cancel(claimed.id);
    assert.equal(await stores.deliveries.replay(claimed.id), true);
    assert.equal(only(await claim(stores)).id, claimed.id);
  });

  test('pullForward brings what waits for later forward, window by window, and leaves leases alone', async (t) => {
    const stores = await start(t, 7);
    const claimed = await claim(stores, 7, 3_600_000);
    const [leased, soon, ...later] = claimed;
    assert.ok(leased && soon);
    const outcomes = [outcomeOf(soon, 'failed', { delayMs: 500 }), ...later.map((row) => outcomeOf(row, 'failed', { delayMs: 1_800_000 }))];
    await stores.deliveries.complete(outcomes, []);
    assert.equal(await stores.deliveries.pullForward(3, 2_000, 2_000), 3);
    assert.equal(await stores.deliveries.pullForward(3, 4_000, 2_000), 2);
    assert.equal(await stores.deliveries.pullForward(3, 6_000, 2_000), 0);
    const waits = await Promise.all(later.map(async ({ id }) => ((await stores.deliveries.get(id))?.dueAt.getTime() ?? 0) - Date.now()));
    const sorted = waits.sort((a, b) => a - b);
    assert.ok(
      sorted.every((ms) => ms <= 4_200),
      `due in ${sorted} ms`,
    );
    assert.ok(
      sorted.slice(3).every((ms) => ms >= 1_000),
      `due in ${sorted} ms`,
    );
    const held = await stores.deliveries.get(leased.id);
    assert.ok((held?.dueAt.getTime() ?? 0) - Date.now() > 3_000_000);
  });

  test('list gives the newest first, by status, transaction and page', async (t) => {
    const stores = await start(t, 5);
    const claimed = await claim(stores, 2);
    await stores.deliveries.complete(
      claimed.map((row) => outcomeOf(row, 'delivered')),
      [],
    );
    const all = await stores.deliveries.list({ limit: 10 });
    const ids = all.map((row) => Number(row.id));
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => b - a),
    );
    assert.equal(all.length, 5);
    assert.equal((await stores.deliveries.list({ limit: 10, status: 'delivered' })).length, 2);
    assert.equal((await stores.deliveries.list({ limit: 10, status: 'pending' })).length, 3);
    assert.equal((await stores.deliveries.list({ limit: 10, status: 'cancelled' })).length, 0);
    const page = await stores.deliveries.list({ limit: 2, beforeId: all[1]?.id });
    assert.deepEqual(
      page.map((row) => row.id),
      [all[2]?.id, all[3]?.id],
    );
    assert.equal(only(await stores.deliveries.list({ limit: 10, transactionId: all[0]?.transactionId })).id, all[0]?.id);
    assert.equal(await stores.deliveries.backlog(), 3);
  });

  test('four instances that claim at the same moment never get the same delivery', async (t) => {
    const stores = await start(t, 200);
    const instances = [stores, ...Array.from({ length: 3 }, () => openStores(t, stores.address))];
    const seen: string[] = [];
    const work = async (instance: Stores) => {
      for (let claimed = await claim(instance, 7); claimed.length > 0; claimed = await claim(instance, 7)) {
        seen.push(...claimed.map((row) => row.id));
        const held = await instance.deliveries.complete(
          claimed.map((row) => outcomeOf(row, 'delivered')),
          claimed.map((row) => attemptOf(row)),
        );
        assert.equal(held.size, claimed.length);
      }
    };
    await Promise.all(instances.map(work));
    assert.deepEqual([seen.length, new Set(seen).size], [200, 200]);
    const [row] = await query(stores.address, 'SELECT count(*) AS open FROM cloudpayments_transaction WHERE status = 0');
    assert.equal(Number(row?.['open']), 0);
  });
});
