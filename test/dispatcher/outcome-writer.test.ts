import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { OutcomeWriter } from '../../lib/dispatcher/outcome-writer.ts';
import { attemptOf, createStores, outcomeOf, payItem } from '../storage/stores.ts';
import { forEachDatabase } from '../support/databases.ts';
import { codes } from '../support/shop.ts';

const PATIENCE_MS = 30_000;

forEachDatabase((kind) => {
  test('an outcome whose row the database refuses fails alone and at once; those written with it are kept', async (t) => {
    const stores = await createStores(t, await kind.create());
    await Promise.all(codes(3, 1).map((code) => stores.recorder.record(payItem(code))));
    const claimed = await stores.deliveries.claim({ kind: 'due', limit: 3, leaseMs: 60_000, lease: randomUUID() });
    assert.equal(claimed.length, 3);
    const writer = new OutcomeWriter(stores.deliveries);
    const begun = performance.now();
    const results = await Promise.allSettled(
      claimed.map((delivery, index) => {
        // No address: the column takes no null, which a type can promise and a database has to keep.
        const attempt = attemptOf(delivery, index === 1 ? { url: null as unknown as string } : {});
        return writer.write({ outcome: outcomeOf(delivery, 'delivered'), attempts: [attempt] }, PATIENCE_MS);
      }),
    );
    assert.ok(performance.now() - begun < PATIENCE_MS / 2, 'nobody waits for a database that is there');
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : 'refused')),
      [true, 'refused', true],
    );
    assert.equal(await stores.deliveries.backlog(), 1);
  });
});
