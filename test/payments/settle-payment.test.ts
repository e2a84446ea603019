import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Transaction } from '../../lib/index.ts';
import type { NotificationOverrides } from '../../lib/testing/index.ts';
import { bindingOf } from '../support/card-page-data.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { startReceiver } from '../support/receiver.ts';
import { type Site, sqliteFile, startSite } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

const ACKNOWLEDGED = '{"code":0}';

/** Sends a notification about payment 1 and sees that it is acknowledged. */
async function tell(
  site: Site,
  type: 'pay' | 'confirm' | 'cancel' | 'refund' | 'fail',
  overrides: NotificationOverrides = {},
): Promise<void> {
  const key = type === 'refund' ? { PaymentTransactionId: 1 } : { TransactionId: 1 };
  const answer = await site.send(type, { ...key, DateTime: '2026-01-01 00:00:00', ...overrides });
  assert.equal(answer.text, ACKNOWLEDGED, `${type}: ${answer.text}`);
}

async function transaction(site: Site, code = '1'): Promise<Transaction | undefined> {
  return await site.payments.transactions.find({ code });
}

/** State, sum and refunded sum. */
async function money(site: Site): Promise<string> {
  const row = await transaction(site);
  return row === undefined ? 'none' : `${row.state} ${row.sum} -${row.refundedSum}`;
}

/** Codes, types and sums as the merchant was told. */
async function told(site: Site): Promise<unknown[]> {
  const rows = await site.rows('SELECT b.body AS body FROM cloudpayments_delivery_body b ORDER BY b.delivery_id');
  return rows.map(({ body }) => {
    const { type, sum } = JSON.parse(String(body));
    return `${type} ${sum}`;
  });
}

forEachDatabase((database: TestDatabase) => {
  async function siteWithReceiver(t: TestContext): Promise<Site> {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const options = { webhook: { url: receiver.url, events: ['payment', 'refund'] as const } };
    return await startSite(t, { database: await database.create(), options });
  }

  test('a reserved payment is handed over only when it is captured, with the captured sum', async (t) => {
    const site = await siteWithReceiver(t);
    await tell(site, 'pay', { Status: 'Authorized', Amount: '100.00' });
    assert.equal(await money(site), 'authorized 100.00 -0.00');
    assert.deepEqual(await told(site), []);
    assert.equal(site.seen('payment').length, 0);
    await tell(site, 'confirm', { Amount: '80.00' });
    assert.equal(await money(site), 'paid 80.00 -0.00');
    assert.deepEqual(await told(site), ['payment 80']);
    await waitUntil(async () => (await transaction(site))?.isCompleted);
    await tell(site, 'confirm', { Amount: '80.00' });
    await tell(site, 'confirm', { Amount: '70.00' });
    await tell(site, 'pay', { Status: 'Authorized', Amount: '100.00' });
    assert.equal(await money(site), 'paid 80.00 -0.00');
    assert.deepEqual(await told(site), ['payment 80']);
    assert.equal(site.seen('payment').length, 1);
    assert.equal(site.seen('conflict').length, 1);
  });

  test('a capture that arrives before its reservation waits for it, and is the payment then', async (t) => {
    const site = await siteWithReceiver(t);
    await tell(site, 'confirm', { Amount: '80.00' });
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
    await tell(site, 'pay', { Status: 'Authorized', Amount: '100.00' });
    assert.equal(await money(site), 'paid 80.00 -0.00');
    assert.deepEqual(await told(site), ['payment 80']);
    assert.equal(site.seen('conflict').length, 0);
  });

  test('a reservation that is given up is cancelled for good', async (t) => {
    const site = await siteWithReceiver(t);
    await tell(site, 'pay', { Status: 'Authorized' });
    await tell(site, 'cancel');
    assert.equal(await money(site), 'cancelled 25.00 -0.00');
    await tell(site, 'cancel');
    await tell(site, 'fail');
    await tell(site, 'confirm');
    await tell(site, 'refund', { TransactionId: 2 });
    assert.equal(await money(site), 'cancelled 25.00 -0.00');
    assert.deepEqual(await told(site), []);
    assert.equal(site.seen('conflict').length, 2);
  });

  test('refunds add up, each is told once, and what exceeds the payment is reported', async (t) => {
    const site = await siteWithReceiver(t);
    await tell(site, 'pay', { Amount: '25.00' });
    await tell(site, 'refund', { TransactionId: 2, Amount: '10.10' });
    assert.equal(await money(site), 'partially_refunded 25.00 -10.10');
    await tell(site, 'refund', { TransactionId: 2, Amount: '10.10' });
    await tell(site, 'refund', { TransactionId: 3, Amount: '20.00' });
    assert.equal(await money(site), 'partially_refunded 25.00 -10.10');
    assert.equal(site.seen('conflict').length, 1);
    await tell(site, 'refund', { TransactionId: 4, Amount: '14.90' });
    assert.equal(await money(site), 'refunded 25.00 -25.00');
    await tell(site, 'pay', { Amount: '25.00' });
    await tell(site, 'cancel');
    await tell(site, 'fail');
    assert.equal(await money(site), 'refunded 25.00 -25.00');
    assert.deepEqual(await told(site), ['payment 25', 'refund 10.1', 'refund 14.9']);
    assert.deepEqual(
      site.seen('refund').map(({ refundCode, amount }) => [refundCode, amount]),
      [
        ['2', '10.10'],
        ['4', '14.90'],
      ],
    );
  });

  test('a refund that arrives before its payment is applied to it', async (t) => {
    const site = await siteWithReceiver(t);
    await tell(site, 'refund', { TransactionId: 2, Amount: '10.00' });
    assert.equal(await money(site), 'none');
    await tell(site, 'pay');
    await waitUntil(async () => (await money(site)) === 'partially_refunded 25.00 -10.00', { timeoutMs: 5_000 });
    assert.deepEqual(await told(site), ['payment 25', 'refund 10']);
  });

  test('a cancellation and a refund that arrive before the reservation wait for it', async (t) => {
    const site = await siteWithReceiver(t);
    await tell(site, 'cancel');
    await tell(site, 'pay', { Status: 'Authorized' });
    await waitUntil(async () => (await money(site)) === 'cancelled 25.00 -0.00', { timeoutMs: 5_000 });
    const other = await siteWithReceiver(t);
    await tell(other, 'refund', { TransactionId: 2, Amount: '5.00' });
    await tell(other, 'pay', { Status: 'Authorized' });
    assert.equal(await money(other), 'authorized 25.00 -0.00');
    await tell(other, 'confirm', { Amount: '20.00' });
    assert.equal(await money(other), 'partially_refunded 20.00 -5.00');
  });

  test('everything about one payment at the same moment, on two instances, comes to the same', async (t) => {
    const address = await database.create();
    const options = { webhook: { handler: () => undefined, events: ['payment', 'refund'] as const } };
    const first = await startSite(t, { database: address, options });
    const second = await startSite(t, { database: address, options });
    const work: Promise<void>[] = [];
    for (const site of [first, second, first, second]) {
      work.push(tell(site, 'pay', { Status: 'Authorized', Amount: '30.00' }), tell(site, 'confirm', { Amount: '25.00' }));
      for (const id of [2, 3, 4]) work.push(tell(site, 'refund', { TransactionId: id, Amount: '5.00' }));
    }
    await Promise.all(work);
    await waitUntil(async () => (await money(first)) === 'partially_refunded 25.00 -15.00', { timeoutMs: 40_000, everyMs: 50 });
    assert.deepEqual((await told(first)).sort(), ['payment 25', 'refund 5', 'refund 5', 'refund 5']);
  });

  test('an order that can be paid once is paid once, also at the same moment on two instances', async (t) => {
    const address = await database.create();
    const first = await startSite(t, { database: address });
    const second = await startSite(t, { database: address });
    const link = first.payments.links.card({ account: 'user-1', sum: '25.00', currency: 'RUB', description: 'Order', orderId: 'A-1' });
    const { data } = await bindingOf(first, link);
    const sites = [first, second, first, second, first, second];
    const pays = sites.map((site, index) => site.send('pay', { TransactionId: 10 + index, InvoiceId: 'A-1', Data: data }));
    for (const answer of await Promise.all(pays)) assert.equal(answer.text, ACKNOWLEDGED);
    const all = await first.payments.transactions.list();
    assert.deepEqual(all.map(({ review }) => review ?? 'paid').sort(), [...Array(5).fill('order_already_paid'), 'paid']);
    assert.equal((await first.send('check', { TransactionId: 99, InvoiceId: 'A-1', Data: data })).text, '{"code":20}');
  });
});

describe('an order that can be paid once', () => {
  async function order(t: TestContext): Promise<{ site: Site; data: string }> {
    const site = await startSite(t, { database: sqliteFile(t) });
    const link = site.payments.links.card({ account: 'user-1', sum: '25.00', currency: 'RUB', description: 'Order', orderId: 'A-1' });
    return { site, data: (await bindingOf(site, link)).data };
  }

  test('may be paid again after its reservation was given up', async (t) => {
    const { site, data } = await order(t);
    await tell(site, 'pay', { Status: 'Authorized', InvoiceId: 'A-1', Data: data });
    assert.equal((await site.send('check', { TransactionId: 2, InvoiceId: 'A-1', Data: data })).text, '{"code":20}');
    await tell(site, 'cancel', { InvoiceId: 'A-1' });
    assert.equal((await site.send('check', { TransactionId: 2, InvoiceId: 'A-1', Data: data })).text, ACKNOWLEDGED);
    await site.send('pay', { TransactionId: 2, InvoiceId: 'A-1', Data: data });
    assert.equal((await transaction(site, '2'))?.review, undefined);
    assert.equal((await transaction(site, '2'))?.isCompleted, true);
  });

  test('is captured like any other', async (t) => {
    const { site, data } = await order(t);
    await tell(site, 'pay', { Status: 'Authorized', InvoiceId: 'A-1', Data: data });
    await tell(site, 'confirm', { InvoiceId: 'A-1', Data: data, Amount: '20.00' });
    assert.equal(await money(site), 'paid 20.00 -0.00');
    assert.equal((await transaction(site))?.review, undefined);
    assert.equal((await transaction(site))?.isCompleted, true);
  });

  test('is captured also when the capture arrives first', async (t) => {
    const { site, data } = await order(t);
    await tell(site, 'confirm', { InvoiceId: 'A-1', Data: data, Amount: '20.00' });
    await tell(site, 'pay', { Status: 'Authorized', InvoiceId: 'A-1', Data: data });
    assert.equal(await money(site), 'paid 20.00 -0.00');
    assert.equal((await transaction(site))?.review, undefined);
  });

  test('keeps a second payment for a person, who may hand it over', async (t) => {
    const { site, data } = await order(t);
    await tell(site, 'pay', { InvoiceId: 'A-1', Data: data });
    await site.send('pay', { TransactionId: 2, InvoiceId: 'A-1', Data: data });
    const kept = await transaction(site, '2');
    assert.equal(kept?.review, 'order_already_paid');
    assert.equal(kept?.isCompleted, false);
    const approved = await site.payments.transactions.approve(kept?.id ?? '');
    assert.deepEqual([approved.review, approved.isCompleted], [undefined, true]);
    await assert.rejects(site.payments.transactions.approve(kept?.id ?? ''), { code: 'ERR_PAYMENTS_STATE' });
  });
});

describe('a payment that is not what our page promised', () => {
  const cases: readonly [name: string, overrides: NotificationOverrides, reason: string][] = [
    ['the sum', { Amount: '1.00' }, 'amount_mismatch'],
    ['the currency', { Currency: 'USD' }, 'currency_mismatch'],
    ['the account', { AccountId: 'user-2' }, 'account_mismatch'],
    ['a missing account', { AccountId: undefined }, 'account_mismatch'],
    ['the binding itself', {}, 'binding_invalid'],
  ];
  for (const [name, overrides, reason] of cases) {
    test(`(${name}) is acknowledged, kept for a person and not handed over`, async (t) => {
      const receiver = await startReceiver();
      t.after(() => receiver.close());
      const site = await startSite(t, { database: sqliteFile(t), options: { webhook: { url: receiver.url } } });
      const page = await bindingOf(site, '/pub/card?account=user-1&sum=25&currency=rub&description=Top-up');
      const data = reason === 'binding_invalid' ? page.data.replace(/v1\.../, 'v1.AA') : page.data;
      await tell(site, 'pay', { Data: data, ...overrides });
      const kept = await transaction(site);
      assert.equal(kept?.review, reason);
      assert.deepEqual(
        site.seen('review').map((event) => event.reason),
        [reason],
      );
      assert.equal(site.seen('payment').length, 0);
      assert.deepEqual(await site.payments.deliveries.list(), []);
      await site.payments.transactions.approve(kept?.id ?? '');
      await site.waitForEvent('delivery.delivered');
      assert.equal(receiver.requests.length, 1);
    });
  }

  test('because more was captured than reserved is kept for a person', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    await tell(site, 'pay', { Status: 'Authorized' });
    await tell(site, 'confirm', { Amount: '26.00' });
    assert.equal((await transaction(site))?.review, 'captured_more_than_authorized');
    assert.equal((await transaction(site))?.isCompleted, false);
  });

  test('stays with the person when it is refunded meanwhile', async (t) => {
    const site = await startSite(t, {
      database: sqliteFile(t),
      options: { webhook: { handler: () => undefined, events: ['payment', 'refund'] } },
    });
    const { data } = await bindingOf(site, '/pub/card?account=user-1&sum=25&currency=RUB&description=Top-up');
    await tell(site, 'pay', { Data: data, Amount: '24.00' });
    await tell(site, 'refund', { TransactionId: 2, Amount: '24.00' });
    assert.equal(await money(site), 'refunded 24.00 -24.00');
    assert.equal((await transaction(site))?.review, 'amount_mismatch');
    assert.deepEqual(await told(site), []);
  });

  test('is every payment that did not start on our page, where links must be signed', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), options: { links: 'signed' } });
    assert.equal((await site.send('check')).text, '{"code":10}');
    await tell(site, 'pay');
    assert.equal((await transaction(site))?.review, 'unknown_order');
  });
});
