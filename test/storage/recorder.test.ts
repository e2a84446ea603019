import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { storableText } from '../../lib/domain/storable-text.ts';
import { TransactionStore } from '../../lib/storage/transaction-store.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { type HoldingProxy, startProxy } from '../support/proxy.ts';
import { codes } from '../support/shop.ts';
import { createStores, httpLog, NOW, openStores, payItem, type Stores } from './stores.ts';

async function count(stores: Stores, table: string): Promise<number> {
  const [row] = await query(stores.address, `SELECT count(*) AS rows_there FROM cloudpayments_${table}`);
  return Number(row?.['rows_there']);
}

async function counts(stores: Stores): Promise<Record<string, number>> {
  const tables = ['http_log', 'notification', 'transaction', 'delivery', 'delivery_body'];
  return Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await count(stores, table)] as const)));
}

async function find(stores: Stores, code: string) {
  return await new TransactionStore(stores.database, stores.gate).find('cloudpayments', code);
}

forEachDatabase((kind) => {
  const start = async (t: TestContext, limits?: { queue: number; batch: number }): Promise<Stores> =>
    await createStores(t, await kind.create(), limits);

  test('a thousand requests at the same moment are stored in batches, each with everything that belongs to it', async (t) => {
    const stores = await start(t);
    const outcomes = await Promise.all(codes(1_000).map((code) => stores.recorder.record(payItem(code))));
    assert.ok(
      outcomes.every(({ notification, isTransactionNew, isPending }) => notification === 'stored' && isTransactionNew && !isPending),
    );
    assert.deepEqual(await counts(stores), {
      http_log: 1_000,
      notification: 1_000,
      transaction: 1_000,
      delivery: 1_000,
      delivery_body: 1_000,
    });
  });

  test('a hundred equal ones on two instances make one transaction and one delivery', async (t) => {
    const stores = await start(t);
    const other = openStores(t, stores.address);
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? stores : other).recorder.record(payItem('7'))));
    assert.equal(outcomes.filter(({ isTransactionNew }) => isTransactionNew).length, 1);
    assert.equal(outcomes.filter(({ notification }) => notification === 'repeated').length, 99);
    assert.deepEqual(await counts(stores), { http_log: 100, notification: 1, transaction: 1, delivery: 1, delivery_body: 1 });
  });

  test('the same number with another content is a conflict, kept once beside the first', async (t) => {
    const stores = await start(t);
    await stores.recorder.record(payItem('7'));
    for (let n = 0; n < 3; n++)
      assert.equal((await stores.recorder.record(payItem('7', { digest: 'other', sum: '9999.00' }))).notification, 'conflict');
    assert.equal((await find(stores, '7'))?.sum, '25.00');
    assert.deepEqual(
      { ...(await counts(stores)), http_log: 0 },
      { http_log: 0, notification: 2, transaction: 1, delivery: 1, delivery_body: 1 },
    );
  });

  test('one that the database refuses fails alone and leaves nothing behind', async (t) => {
    const stores = await start(t);
    const currency = 'TOO-LONG-FOR-THE-COLUMN';
    const bad = payItem('13');
    const items = codes(30, 1).map((code) => payItem(code));
    assert.ok(bad.transaction);
    // SQLite keeps text of any length: there the status must be a number that it cannot be.
    const refused =
      kind.client === 'sqlite'
        ? { ...bad, log: httpLog({ method: null as unknown as string }) }
        : { ...bad, transaction: { ...bad.transaction, transaction: { ...bad.transaction.transaction, currency } } };
    items[12] = refused;
    const results = await Promise.allSettled(items.map((item) => stores.recorder.record(item)));
    assert.deepEqual(
      results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
      [12],
    );
    const [failed] = results.filter((result) => result.status === 'rejected');
    assert.equal(failed?.reason.code, 'ERR_PAYMENTS_DATABASE');
    assert.equal(await find(stores, '13'), undefined);
    assert.deepEqual(await counts(stores), { http_log: 29, notification: 29, transaction: 29, delivery: 29, delivery_body: 29 });
    assert.equal((await stores.recorder.record(payItem('13'))).isTransactionNew, true);
  });

  test('when the queue is full the next is refused at once, and the others are stored', async (t) => {
    const stores = await start(t, { queue: 10, batch: 5 });
    const results = await Promise.allSettled(codes(15).map((code) => stores.recorder.record(payItem(code))));
    const refused = results.filter((result) => result.status === 'rejected');
    assert.ok(refused.length >= 5);
    assert.ok(refused.every(({ reason }) => reason.code === 'ERR_PAYMENTS_OVERLOADED'));
    assert.equal(await count(stores, 'transaction'), 15 - refused.length);
  });

  test('text of every kind comes back as it was, NUL and lone surrogates as replacement characters', async (t) => {
    const stores = await start(t);
    const texts = [
      'Ж'.repeat(20_000),
      '👩‍👩‍👧‍👦 𝕳 \u{10FFFF}',
      "'; DROP TABLE x; --",
      '?',
      '\\',
      '\\x00',
      '{"a":?}',
      '',
      ' \t\r\n ',
      'a\u0301\u202E',
      storableText('a\0b\uD800c'),
    ];
    await Promise.all(
      texts.map((text, index) =>
        stores.recorder.record(payItem(String(index + 1), { account: text, description: text, log: { url: text, body: text } })),
      ),
    );
    for (const [index, text] of texts.entries()) {
      const found = await find(stores, String(index + 1));
      assert.deepEqual([found?.account, found?.description], [text, text]);
    }
    assert.equal((await find(stores, String(texts.length)))?.account, 'a\uFFFDb\uFFFDc');
    const logged = await query(stores.address, 'SELECT url FROM cloudpayments_http_log');
    assert.deepEqual(logged.map(({ url }) => url).sort(), texts.toSorted());
  });

  test('accounts that differ only in case, accents or spaces at the end are different accounts', async (t) => {
    const stores = await start(t);
    const accounts = ['User', 'user', 'usér', 'user '];
    await Promise.all(accounts.map((account, index) => stores.recorder.record(payItem(String(index + 1), { account }))));
    const transactions = new TransactionStore(stores.database, stores.gate);
    for (const account of accounts) {
      const found = await transactions.list({ limit: 10, account });
      assert.deepEqual(
        found.map((row) => row.account),
        [account],
      );
    }
  });

  test('amounts of up to 15 digits are exact', async (t) => {
    const stores = await start(t);
    const sums = [
      '0.01',
      '0.10',
      '25.00',
      '1234567890123.45',
      '12345678901.2345',
      '99999999999999.9',
      '999999999999999.00',
      '0.0001',
      '0.29',
      '1.005',
    ];
    await Promise.all(sums.map((sum, index) => stores.recorder.record(payItem(String(index + 1), { sum }))));
    for (const [index, sum] of sums.entries())
      assert.equal((await find(stores, String(index + 1)))?.sum.replace(/\.?0+$/, ''), sum.replace(/\.?0+$/, ''));
  });

  test("times are kept in UTC, whatever the server's time zone is", async (t) => {
    const stores = await start(t);
    const moments = [
      NOW,
      Date.UTC(2026, 2, 29, 1, 30),
      Date.UTC(2026, 9, 25, 0, 30),
      Date.UTC(2024, 1, 29, 23, 59, 59),
      Date.UTC(1970, 0, 2),
    ];
    await Promise.all(moments.map((createdAt, index) => stores.recorder.record(payItem(String(index + 1), { createdAt }))));
    for (const [index, moment] of moments.entries()) assert.equal((await find(stores, String(index + 1)))?.createdAt.getTime(), moment);
    if (kind.client === 'postgres') return;
    const [row] = await query(stores.address, "SELECT CAST(created_at AS char(19)) AS at FROM cloudpayments_transaction WHERE code = '1'");
    assert.equal(String(row?.['at']).slice(0, 19), '2026-01-31 23:59:58');
  });

  test('an authorised payment has no delivery, and one that nobody is told of is complete at once', async (t) => {
    const stores = await start(t);
    await stores.recorder.record(payItem('1', { state: 'authorized' }));
    await stores.recorder.record(payItem('2', { isHandedOver: false }));
    const found = [await find(stores, '1'), await find(stores, '2')].map((row) => [row?.state, row?.isCompleted]);
    assert.deepEqual(found, [
      ['authorized', false],
      ['paid', true],
    ]);
    assert.equal(await count(stores, 'delivery'), 0);
  });

  if (kind.client === 'sqlite') return;

  test('while the database hangs what waits is refused after five seconds, the next at once, and later all is well again', {
    timeout: 60_000,
  }, async (t) => {
    const stores = await start(t);
    const proxy: HoldingProxy = await startProxy(stores.address);
    t.after(() => proxy.close());
    const { recorder } = openStores(t, proxy.url);
    await recorder.record(payItem('1'));
    proxy.freeze();
    const startedOn = performance.now();
    await assert.rejects(recorder.record(payItem('2')), { code: 'ERR_PAYMENTS_DATABASE' });
    const tookMs = performance.now() - startedOn;
    assert.ok(tookMs > 4_500 && tookMs < 6_500, `${tookMs} ms`);
    await assert.rejects(recorder.record(payItem('3')), { code: 'ERR_PAYMENTS_DATABASE' });
    assert.ok(performance.now() - startedOn - tookMs < 100);
    proxy.thaw();
    for (let isStored = false; !isStored; ) {
      isStored = await recorder.record(payItem('2')).then(
        () => true,
        () => new Promise((resolve) => setTimeout(resolve, 100, false)),
      );
    }
    assert.equal((await find(stores, '2'))?.code, '2');
  });
});
