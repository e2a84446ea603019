import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { CashuPaymentWithRefunds } from '../../lib/index.ts';
import { operation, refundCallback, saleCallback, statusReport } from '../support/callbacks.ts';
import { type CashuSite, openGate, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { CUT_OFF, refuse } from '../support/gate.ts';
import { type Receiver, reply, startReceiver } from '../support/receiver.ts';
import { sqliteFile } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

/** Looks often, so that what is due is looked after at once. */
const WATCH = { watch: { firstCheckMs: 100 } } as const;

async function told(t: TestContext): Promise<{ receiver: Receiver; webhook: { url: string; events: ('payment' | 'refund')[] } }> {
  const receiver = await startReceiver();
  t.after(() => receiver.close());
  return { receiver, webhook: { url: receiver.url, events: ['payment', 'refund'] } };
}

function refundsOf({ refunds }: CashuPaymentWithRefunds): string[] {
  return refunds.map(({ amount, status }) => `${amount} ${status}`);
}

async function stateOf(shop: CashuSite, paymentId: string): Promise<unknown[]> {
  const transaction = await shop.payments.transactions.find({ provider: 'cashu', code: paymentId });
  const { status, refundedSum } = await shop.payment(paymentId);
  return [status, refundedSum, transaction?.state, transaction?.refundedSum];
}

/** What else would take minutes: refunds of a payment are looked after again and again until then. */
async function hurry(shop: CashuSite, paymentId: string, until: () => boolean | Promise<boolean>): Promise<void> {
  const look = async () => {
    if (await until()) return true;
    await shop.makeDue('refund', paymentId);
    return false;
  };
  await waitUntil(look, { everyMs: 50, timeoutMs: 20_000, describe: String(until) });
}

forEachDatabase((database: TestDatabase) => {
  test('a refund is stored before ECommPay is asked, and succeeds only by ECommPay’s own word', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    const seen: Promise<CashuPaymentWithRefunds>[] = [];
    shop.gate.answerRefunds(() => {
      seen.push(shop.payment(paymentId));
      return { kind: 'accept' };
    });
    const refund = await shop.payments.cashu.refund({ paymentId, amount: 4 });
    assert.deepEqual((await Promise.all(seen)).map(refundsOf), [['4.00 pending']]);
    assert.deepEqual([refund.amount, refund.status, refund.isOurs, refund.finishedAt], ['4.00', 'pending', true, undefined]);
    assert.deepEqual(await stateOf(shop, paymentId), ['success', '0.00', 'paid', '0.00']);
    const done = refundCallback(paymentId, { amount: 400, left: 600, merchantRefundId: refund.refundId, date: '2026-01-15T10:00:00+0000' });
    for (let count = 0; count < 2; count++) assert.equal((await shop.callback(done)).status, 200);
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '4.00', 'partially_refunded', '4.00']);
    const [stored] = (await shop.payment(paymentId)).refunds;
    assert.deepEqual([stored?.status, stored?.finishedAt?.toISOString()], ['success', '2026-01-15T10:00:00.000Z']);
    assert.deepEqual(shop.site.seen('cashu.refund'), [{ paymentId, refundId: refund.refundId, amount: '4.00', status: 'success' }]);
    assert.deepEqual(shop.site.seen('refund'), [{ provider: 'cashu', code: paymentId, refundCode: refund.refundId, amount: '4.00' }]);
    const rest = await shop.payments.cashu.refund({ paymentId });
    assert.equal(rest.amount, '6.00');
    await shop.callback(refundCallback(paymentId, { id: 1_027, requestId: 'r2', amount: 600, merchantRefundId: rest.refundId }));
    assert.deepEqual(await stateOf(shop, paymentId), ['refunded', '10.00', 'refunded', '10.00']);
    await assert.rejects(shop.payments.cashu.refund({ paymentId }), { code: 'ERR_PAYMENTS_STATE' });
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('refunds at the same moment on two instances are never more than the rest; each is told to the merchant once', async (t) => {
    const { receiver, webhook } = await told(t);
    const gate = await openGate(t);
    const settings = { database: await database.create(), gate, options: { webhook } };
    const shops = [await startCashuSite(t, settings), await startCashuSite(t, settings)] as const;
    const [first] = shops;
    const paymentId = await first.pay();
    const askFor = async (index: number) => await (shops[index % 2] ?? first).refund({ payment_id: paymentId, amount: '1.50' });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => askFor(index)));
    assert.deepEqual(
      [202, 409].map((status) => answers.filter((answer) => answer.status === status).length),
      [6, 14],
    );
    assert.equal(gate.refundIds.length, 6);
    assert.equal((await shops[1].refund({ payment_id: paymentId })).status, 202);
    const { refunds } = await first.payment(paymentId);
    assert.deepEqual(refunds.map(({ amount }) => amount).sort(), ['1.00', ...Array.from({ length: 6 }, () => '1.50')]);
    let left = 1_000;
    const callbacks = refunds.flatMap(({ refundId, amount }, index) => {
      left -= Number(amount) * 100;
      const values = { id: 2_000 + index, requestId: `r${index}`, amount: Number(amount) * 100, left, merchantRefundId: refundId };
      return Array.from({ length: 4 }, () => refundCallback(paymentId, values));
    });
    const done = await Promise.all(callbacks.map((callback, index) => (shops[index % 2] ?? first).callback(callback)));
    assert.deepEqual([...new Set(done.map(({ status }) => status))], [200]);
    assert.deepEqual(await stateOf(first, paymentId), ['refunded', '10.00', 'refunded', '10.00']);
    await waitUntil(async () => (await first.count('delivery', 'status <> 1')) === 0, { timeoutMs: 20_000 });
    assert.equal(receiver.requests.length, 8);
    assert.equal(new Set(receiver.requests.map(({ webhookId }) => webhookId)).size, 8);
    assert.deepEqual(first.site.seen('cashu.conflict'), []);
  });

  test('of requests with one refund id one refund is made, whoever asks and however often', async (t) => {
    const gate = await openGate(t);
    const settings = { database: await database.create(), gate };
    const shops = [await startCashuSite(t, settings), await startCashuSite(t, settings)] as const;
    const [first] = shops;
    const paymentId = await first.pay();
    const body = { payment_id: paymentId, amount: '2.00', refund_id: 'Return-7_a' };
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => (shops[index % 2] ?? first).refund(body)));
    const expected = '202 {"refund_id":"Return-7_a","status":"pending"}';
    assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))], [expected]);
    assert.deepEqual(gate.refundIds, ['Return-7_a']);
    assert.equal(gate.asked('refund').length, 1);
    assert.equal((await first.refund({ ...body, amount: 2 })).status, 202);
    assert.equal((await first.refund({ ...body, amount: null })).status, 202);
    assert.equal((await first.refund({ ...body, amount: '2.01' })).status, 409);
    const other = await first.pay();
    assert.equal((await first.refund({ ...body, payment_id: other })).status, 409);
    await first.callback(refundCallback(paymentId, { amount: 200, left: 800, merchantRefundId: 'Return-7_a' }));
    assert.equal((await first.refund(body)).text, '{"refund_id":"Return-7_a","status":"success"}');
    assert.deepEqual(refundsOf(await first.payment(paymentId)), ['2.00 success']);
    assert.equal(gate.asked('refund').length, 1);
  });

  for (const [name, misbehave] of [
    ['the connection broke', CUT_OFF],
    ['the Gate was overloaded', reply(503)],
  ] as const) {
    test(`a refund of which nobody knows what became of it is asked for again, word for word: ${name}`, async (t) => {
      const shop = await startCashuSite(t, { database: await database.create(), cashu: WATCH });
      const paymentId = await shop.pay();
      shop.gate.answerRefunds(misbehave);
      const { refundId, status } = await shop.payments.cashu.refund({ paymentId, amount: '4.00', description: 'again' });
      assert.equal(status, 'pending');
      await hurry(shop, paymentId, () => shop.gate.asked('refund').length > 1);
      shop.gate.answerRefunds({ kind: 'accept' });
      await hurry(shop, paymentId, async () => (await shop.count('cashu_refund', 'is_accepted = 1')) === 1);
      assert.equal(new Set(shop.gate.asked('refund').map(({ text }) => text)).size, 1);
      assert.deepEqual(shop.gate.refundIds, [refundId]);
      assert.deepEqual(refundsOf(await shop.payment(paymentId)), ['4.00 pending']);
      // Taken: from now on it is asked what became of it.
      const [sale, back] = [operation(), operation({ type: 'refund', id: 77, amount: 400, requestId: null, status: 'processing' })];
      shop.gate.answerStatus(() => statusReport(paymentId, { amount: 1_000 }, [sale, back]));
      await hurry(shop, paymentId, () => shop.gate.asked('status').length > 0);
      assert.deepEqual(refundsOf(await shop.payment(paymentId)), ['4.00 pending']);
      const done = { ...back, status: 'success' };
      shop.gate.answerStatus(() => statusReport(paymentId, { status: 'partially refunded', amount: 600 }, [sale, done]));
      await hurry(shop, paymentId, async () => (await shop.payment(paymentId)).refunds[0]?.status === 'success');
      assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '4.00', 'partially_refunded', '4.00']);
      // Then its callback comes after all.
      await shop.callback(refundCallback(paymentId, { id: 77, amount: 400, left: 600, merchantRefundId: refundId }));
      assert.deepEqual(refundsOf(await shop.payment(paymentId)), ['4.00 success']);
      assert.deepEqual(shop.site.seen('cashu.conflict'), []);
    });
  }

  test('a callback resolves a refund whose request was cut off, and nothing is asked again', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: WATCH });
    const paymentId = await shop.pay();
    shop.gate.answerRefunds(CUT_OFF);
    const { refundId } = await shop.payments.cashu.refund({ paymentId });
    await shop.callback(refundCallback(paymentId, { merchantRefundId: refundId }));
    assert.deepEqual(await stateOf(shop, paymentId), ['refunded', '10.00', 'refunded', '10.00']);
    assert.equal(await shop.count('cashu_refund', 'check_at IS NOT NULL'), 0);
    assert.equal(shop.gate.asked('refund').length, 1);
  });

  test('a refund that ECommPay refuses at once is declined, and its sum is free again', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    shop.gate.answerRefunds(refuse('3283', 'Refund amount more than init amount'));
    const refusal = { code: 'ERR_PAYMENTS_API', answered: true, message: /3283.*more than init amount/ };
    await assert.rejects(shop.payments.cashu.refund({ paymentId, refundId: 'r-1' }), refusal);
    const [refund] = (await shop.payment(paymentId)).refunds;
    assert.deepEqual([refund?.status, refund?.operationCode], ['decline', '3283']);
    assert.ok(refund?.finishedAt !== undefined);
    assert.deepEqual(shop.site.seen('cashu.refund'), [{ paymentId, refundId: 'r-1', amount: '10.00', status: 'decline' }]);
    shop.gate.answerRefunds({ kind: 'accept' });
    assert.equal((await shop.payments.cashu.refund({ paymentId })).amount, '10.00');
    // The number of the one that was refused tells of that one.
    assert.equal((await shop.payments.cashu.refund({ paymentId, refundId: 'r-1' })).status, 'decline');
    assert.deepEqual(await stateOf(shop, paymentId), ['success', '0.00', 'paid', '0.00']);
  });

  test('a decline is judged by its operation: the example of the CashU page has code 0, “Success”, and a payment that is a success', async (t) => {
    const { receiver, webhook } = await told(t);
    const shop = await startCashuSite(t, { database: await database.create(), options: { webhook } });
    const paymentId = await shop.pay();
    const taken = await shop.payments.cashu.refund({ paymentId, amount: '3.00' });
    await shop.callback(refundCallback(paymentId, { amount: 300, left: 700, merchantRefundId: taken.refundId }));
    const { refundId } = await shop.payments.cashu.refund({ paymentId });
    // Also the number of the operation is that of another refund there; the request is its own.
    const slip = { amount: 700, left: 1_000, status: 'decline', code: '0', message: 'Success', requestId: 'refund-request-2' } as const;
    for (let count = 0; count < 2; count++) await shop.callback(refundCallback(paymentId, { ...slip, merchantRefundId: refundId }));
    assert.deepEqual(refundsOf(await shop.payment(paymentId)), ['3.00 success', '7.00 decline']);
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '3.00', 'partially_refunded', '3.00']);
    assert.deepEqual(
      shop.site.seen('cashu.refund').map(({ status }) => status),
      ['success', 'decline'],
    );
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
    assert.equal((await shop.payments.cashu.refund({ paymentId })).amount, '7.00');
    await receiver.waitFor(({ requests }) => requests.length === 2);
  });

  test('refunds that were made in the Dashboard are taken in, and told like any other', async (t) => {
    const { receiver, webhook } = await told(t);
    const shop = await startCashuSite(t, { database: await database.create(), options: { webhook } });
    const paymentId = await shop.pay();
    const first = refundCallback(paymentId, { id: 501, requestId: 'd1', amount: 400, left: 600, date: '2026-02-01T00:00:01+0000' });
    for (let count = 0; count < 3; count++) assert.equal((await shop.callback(first)).status, 200);
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '4.00', 'partially_refunded', '4.00']);
    const pending = refundCallback(paymentId, {
      id: 502,
      requestId: 'd2',
      amount: 600,
      status: 'processing',
      type: 'reversal',
      paymentStatus: 'success',
    });
    await shop.callback(pending);
    assert.equal((await shop.refund({ payment_id: paymentId, amount: '0.01' })).status, 409);
    await shop.callback(refundCallback(paymentId, { id: 502, requestId: 'd2', amount: 600, type: 'reversal', paymentStatus: 'reversed' }));
    assert.deepEqual(await stateOf(shop, paymentId), ['refunded', '10.00', 'refunded', '10.00']);
    const { refunds } = await shop.payment(paymentId);
    assert.deepEqual(
      refunds.map(({ isOurs, amount, status }) => [isOurs, amount, status]),
      [
        [false, '4.00', 'success'],
        [false, '6.00', 'success'],
      ],
    );
    for (const { refundId } of refunds) assert.match(refundId, /^ecommpay-50[12]/);
    await waitUntil(async () => (await shop.count('delivery', 'status <> 1')) === 0, { timeoutMs: 20_000 });
    const told4 = receiver.requests.map(({ body }) => String(body)).find((body) => body.includes('"sum":4'));
    const [row] = await shop.site.rows('SELECT id FROM cloudpayments_transaction');
    assert.equal(
      told4,
      `{"id":"${row?.['id']}","account":"user-1","code":"${paymentId}","sum":4,"created_at":"2026-02-01 00:00:01","type":"refund","provider":"cashu","currency":"USD","amount":"4.00","test":false,"description":"Top-up","refund_code":"${refunds[0]?.refundId}"}`,
    );
    assert.equal(receiver.requests.length, 3);
    assert.deepEqual(shop.gate.asked('refund'), []);
  });

  test('a refund’s callback that is faster than the payment’s own has ECommPay asked, and both are credited and given back', async (t) => {
    const { receiver, webhook } = await told(t);
    const shop = await startCashuSite(t, { database: await database.create(), options: { webhook } });
    const paymentId = await shop.beginPayment();
    const back = { id: 601, requestId: 'd1', amount: 400 };
    shop.gate.answerStatus(() =>
      statusReport(paymentId, { status: 'partially refunded', amount: 600 }, [operation(), operation({ ...back, type: 'refund' })]),
    );
    assert.equal((await shop.callback(refundCallback(paymentId, { ...back, left: 600 }))).status, 200);
    await shop.waitForStatus(paymentId, 'partially_refunded');
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '4.00', 'partially_refunded', '4.00']);
    // Then the others come, in the wrong order too.
    await shop.callback(saleCallback(paymentId));
    await shop.callback(refundCallback(paymentId, { ...back, left: 600 }));
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '4.00', 'partially_refunded', '4.00']);
    await waitUntil(async () => (await shop.count('delivery', 'status <> 1')) === 0, { timeoutMs: 20_000 });
    assert.deepEqual(
      receiver.requests
        .map(({ body }) => JSON.parse(String(body)))
        .map(({ type, sum }) => `${type} ${sum}`)
        .sort(),
      ['payment 10', 'refund 4'],
    );
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('more than was paid is never given back here: it is reported, and the sums stay', async (t) => {
    const { receiver, webhook } = await told(t);
    const shop = await startCashuSite(t, { database: await database.create(), options: { webhook } });
    const paymentId = await shop.pay();
    await shop.callback(refundCallback(paymentId, { id: 1, requestId: 'a', amount: 700, left: 300 }));
    await shop.callback(refundCallback(paymentId, { id: 2, requestId: 'b', amount: 400 }));
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '7.00', 'partially_refunded', '7.00']);
    assert.equal(shop.site.seen('cashu.conflict').length, 1);
    await shop.callback(refundCallback(paymentId, { id: 3, requestId: 'c', amount: 100, currency: 'EUR' }));
    assert.equal(shop.site.seen('cashu.conflict').length, 2);
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '7.00', 'partially_refunded', '7.00']);
    await waitUntil(async () => (await shop.count('delivery', 'status <> 1')) === 0, { timeoutMs: 20_000 });
    assert.equal(receiver.requests.length, 2);
  });
});

describe('a refund', () => {
  test('that succeeded is not undone by a decline that comes late', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.pay();
    const { refundId } = await shop.payments.cashu.refund({ paymentId });
    await shop.callback(refundCallback(paymentId, { merchantRefundId: refundId }));
    await shop.callback(refundCallback(paymentId, { merchantRefundId: refundId, status: 'decline' }));
    assert.deepEqual(await stateOf(shop, paymentId), ['refunded', '10.00', 'refunded', '10.00']);
    assert.equal(shop.site.seen('cashu.conflict').length, 1);
  });

  test('that was declined and succeeds after all is counted', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.pay();
    const { refundId } = await shop.payments.cashu.refund({ paymentId, amount: '2.00' });
    await shop.callback(refundCallback(paymentId, { merchantRefundId: refundId, amount: 200, status: 'decline' }));
    await shop.callback(refundCallback(paymentId, { merchantRefundId: refundId, amount: 200, left: 800 }));
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '2.00', 'partially_refunded', '2.00']);
  });

  test('of a payment in review gives back what was really paid, and there is nothing to approve after it', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.pay({}, { amount: 999, currency: 'EUR' });
    const { refundId, amount } = await shop.payments.cashu.refund({ paymentId });
    assert.equal(amount, '9.99');
    assert.equal(shop.gate.asked('refund')[0]?.payment['currency'], 'EUR');
    await shop.callback(refundCallback(paymentId, { merchantRefundId: refundId, amount: 999, currency: 'EUR' }));
    assert.deepEqual(await stateOf(shop, paymentId), ['refunded', '9.99', undefined, undefined]);
    await assert.rejects(shop.payments.cashu.approve(paymentId), { code: 'ERR_PAYMENTS_STATE' });
    await shop.assertNothingCredited();
  });

  test('of a payment in review is not handed over when the payment is approved, and a pending one holds that up', async (t) => {
    const { receiver, webhook } = await told(t);
    const shop = await startCashuSite(t, { database: sqliteFile(t), options: { webhook } });
    const paymentId = await shop.pay({}, { amount: 999 });
    const { refundId } = await shop.payments.cashu.refund({ paymentId, amount: '1.00' });
    await assert.rejects(shop.payments.cashu.approve(paymentId), { code: 'ERR_PAYMENTS_STATE', message: /pending/ });
    await shop.callback(refundCallback(paymentId, { amount: 100, left: 899, merchantRefundId: refundId }));
    assert.equal((await shop.payment(paymentId)).status, 'review');
    await shop.assertNothingCredited();
    await shop.payments.cashu.approve(paymentId);
    assert.deepEqual(await stateOf(shop, paymentId), ['partially_refunded', '1.00', 'partially_refunded', '1.00']);
    await shop.site.waitForEvent('delivery.delivered');
    assert.deepEqual(
      receiver.requests.map(({ body }) => JSON.parse(String(body))).map(({ type, sum }) => [type, sum]),
      [['payment', 8.99]],
    );
    await assert.rejects(shop.payments.cashu.refund({ paymentId, amount: '9.00' }), { code: 'ERR_PAYMENTS_STATE', message: /only 8\.99/ });
  });

  test('is refused with what is wrong, before anything is stored or asked', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.pay();
    for (const [options, code] of [
      [{ paymentId, amount: '0' }, 'ERR_PAYMENTS_REQUEST'],
      [{ paymentId, amount: -1 }, 'ERR_PAYMENTS_REQUEST'],
      [{ paymentId, amount: Number.NaN }, 'ERR_PAYMENTS_REQUEST'],
      [{ paymentId, amount: '1.001' }, 'ERR_PAYMENTS_REQUEST'],
      [{ paymentId, refundId: 'ecommpay-7' }, 'ERR_PAYMENTS_REQUEST'],
      [{ paymentId, refundId: '' }, 'ERR_PAYMENTS_REQUEST'],
      [{ paymentId, amount: '10.01' }, 'ERR_PAYMENTS_STATE'],
      [{ paymentId: '0'.repeat(32) }, 'ERR_PAYMENTS_NOT_FOUND'],
    ] as const)
      await assert.rejects(shop.payments.cashu.refund(options), { code }, JSON.stringify(options));
    await assert.rejects(shop.payments.cashu.refund({ paymentId: 7 as unknown as string }), { code: 'ERR_PAYMENTS_REQUEST' });
    assert.equal(await shop.count('cashu_refund'), 0);
    assert.deepEqual(shop.gate.asked('refund'), []);
    const [transaction] = await shop.payments.transactions.list();
    await assert.rejects(shop.payments.transactions.refund(transaction?.id ?? ''), {
      code: 'ERR_PAYMENTS_STATE',
      message: /cashu\.refund/,
    });
  });

  test('keeps the description of the payment, or is called a refund, where it has none of its own', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { callbackUrl: 'https://shop.example/cb' } });
    const paymentId = await shop.pay({ description: 'a;b' });
    for (const description of [undefined, '', ' ', 'x;payment:amount:1'])
      await shop.payments.cashu.refund({ paymentId, amount: 1, description });
    assert.deepEqual(
      shop.gate.asked('refund').map(({ payment, general }) => [payment['description'], general['merchant_callback_url']]),
      ['a,b', 'a,b', 'a,b', 'x,payment:amount:1'].map((text) => [text, 'https://shop.example/cb']),
    );
  });
});
