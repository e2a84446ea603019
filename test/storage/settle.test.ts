import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pruneLog } from '../../lib/storage/prune-logs.ts';
import { type Settlement, settle } from '../../lib/storage/settle.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { createStores, httpLog, openStores, payItem, type Stores } from './stores.ts';

const KEY = { provider: 'cloudpayments', code: '7' };

async function rowCount(stores: Stores, sql: string): Promise<number> {
  const [row] = await query(stores.address, `SELECT count(*) AS rows_there FROM ${sql}`);
  return Number(row?.['rows_there']);
}

forEachDatabase((kind) => {
  const start = async (t: TestContext): Promise<Stores> => await createStores(t, await kind.create());

  test('instances that settle one payment at the same moment make one transaction, one delivery and one paid order', async (t) => {
    const stores = await start(t);
    const { transaction: row, ...rest } = payItem('7');
    assert.ok(row && rest.notification);
    await stores.recorder.record({ log: rest.log, notification: { ...rest.notification, isApplied: false } });
    const instances = [stores, ...Array.from({ length: 3 }, () => openStores(t, stores.address))];
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        settle((instances[index % instances.length] ?? stores).database, KEY, ({ transaction, pending }): Settlement => {
          if (transaction !== undefined) return { deliveries: [], isCompleted: false, applied: new Map() };
          const applied = new Map(pending.map(({ id }) => [id, 'paid'] as const));
          return { insert: row.transaction, deliveries: row.delivery ? [row.delivery] : [], isCompleted: false, paidOrder: 'A-1', applied };
        }),
      ),
    );
    assert.equal(made.filter(({ insert }) => insert !== undefined).length, 1);
    assert.equal(await rowCount(stores, 'cloudpayments_transaction'), 1);
    assert.equal(await rowCount(stores, 'cloudpayments_delivery'), 1);
    assert.equal(await rowCount(stores, 'cloudpayments_delivery_body'), 1);
    assert.equal(await rowCount(stores, 'cloudpayments_paid_order'), 1);
    assert.equal(await rowCount(stores, 'cloudpayments_notification WHERE applied = 1'), 1);
  });

  test('a decision that throws leaves nothing behind', async (t) => {
    const stores = await start(t);
    await stores.recorder.record(payItem('7'));
    const failing = settle(stores.database, KEY, () => {
      throw new Error('no decision');
    });
    await assert.rejects(failing, /no decision/);
    await stores.recorder.record(payItem('8'));
    assert.equal(await rowCount(stores, 'cloudpayments_transaction'), 2);
  });

  test('what a settlement updates is there, and each instance sees it', async (t) => {
    const stores = await start(t);
    await stores.recorder.record(payItem('7'));
    await settle(stores.database, KEY, () => ({
      ...{ update: { state: 'partially_refunded', refundedSum: '10.10' }, deliveries: [], isCompleted: true, applied: new Map() },
    }));
    const other = openStores(t, stores.address);
    const seen = await settle(other.database, KEY, ({ transaction }) => {
      assert.deepEqual([transaction?.state, transaction?.refundedSum, transaction?.isCompleted], ['partially_refunded', '10.10', true]);
      return { deliveries: [], isCompleted: false, applied: new Map() };
    });
    assert.deepEqual(seen.deliveries, []);
  });

  test('rows of a log that are older than the retention are deleted, the others kept', async (t) => {
    const stores = await start(t);
    const ages = [0.5, 0.9, 1.1, 2, 400];
    await Promise.all(
      ages.map((days) => stores.recorder.record({ log: httpLog({ url: String(days), createdAt: Date.now() - days * 86_400_000 }) })),
    );
    assert.equal(await pruneLog(stores.database, 'cloudpayments_http_log', 1), 3);
    const left = await query(stores.address, 'SELECT url FROM cloudpayments_http_log');
    assert.deepEqual(left.map(({ url }) => url).sort(), ['0.5', '0.9']);
  });
});
