import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { settleCashu } from '../../lib/storage/settle-cashu.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { waitUntil } from '../support/wait.ts';
import { cashuPaymentId, createStores, NOW, newCashuPayment, newCashuRefund, only, openStores, type Stores } from './stores.ts';

const HOUR_MS = 3_600_000;

async function insertDue(stores: Stores, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) await stores.cashu.insert(newCashuPayment(number), -1_000 * (count - number + 1));
}

async function addRefund(stores: Stores, ...refund: Parameters<typeof newCashuRefund>): Promise<void> {
  const made = newCashuRefund(...refund);
  assert.ok(await settleCashu(stores.database, made.paymentId, () => ({ newRefunds: [made] })));
}

/** Milliseconds until a row is due, by the clock that counts; undefined when nothing is to be looked after. */
async function dueIn({ database }: Stores, table: 'payment' | 'refund'): Promise<number | undefined> {
  const now = database.dialect.name === 'sqlite' ? String(Date.now()) : database.dialect.dueEpochMs(NOWS[database.dialect.name]);
  const column = database.dialect.dueEpochMs('check_at');
  const [row] = await database.knex(`cloudpayments_cashu_${table}`).select(database.knex.raw(`${column} - ${now} AS due_in`));
  return row?.due_in === null ? undefined : Number(row?.due_in);
}

const NOWS = { postgres: 'clock_timestamp()', mysql: 'UTC_TIMESTAMP(3)' } as const;

forEachDatabase((kind) => {
  const start = async (t: TestContext): Promise<Stores> => await createStores(t, await kind.create());

  test('a CashU payment is read back as it was stored, whatever is in it', async (t) => {
    const { cashu } = await start(t);
    const odd = {
      ...{ account: `  '";--\\ Ünï 💳  `, sum: '9999999999999.99', currency: 'USD', description: 'Счёт\n'.repeat(500), orderId: 'A-1 ' },
      ...({ flow: 'gate', ip: '2001:db8:0000:0000:0000:0000:0000:0001', language: 'ru', pageQuery: '' } as const),
      ...{ successUrl: `https://shop.example/?${'x'.repeat(2_000)}`, failUrl: 'https://shop.example/', createdAt: NOW + 123 },
    };
    await cashu.insert(newCashuPayment(1, odd), 60_000);
    await cashu.insert(newCashuPayment(2, { sum: '0.125', currency: 'KWD' }), 60_000);
    const { id, createdAt, ...row } = (await cashu.find(cashuPaymentId(1))) ?? {};
    assert.match(id ?? '', /^\d+$/);
    assert.equal(createdAt?.getTime(), odd.createdAt);
    const { createdAt: _, ...expected } = newCashuPayment(1, odd);
    assert.deepEqual(row, {
      ...expected,
      ...{ status: 'created', review: undefined, paidSum: undefined, paidCurrency: undefined, refundedSum: '0.00', paidAt: undefined },
      ...{ operationCode: undefined, operationMessage: undefined, redirect: undefined, isKnown: false, questions: 0, checks: 0 },
    });
    const second = await cashu.find(cashuPaymentId(2));
    assert.deepEqual([second?.sum, second?.orderId, second?.successUrl, second?.failUrl], ['0.125', undefined, undefined, undefined]);
    for (const other of ['', `${cashuPaymentId(1)} `, cashuPaymentId(3)]) assert.equal(await cashu.find(other), undefined);
  });

  test('a number is taken once', async (t) => {
    const { cashu } = await start(t);
    await cashu.insert(newCashuPayment(1), 60_000);
    await assert.rejects(cashu.insert(newCashuPayment(1, { account: 'another' }), 60_000));
    assert.equal((await cashu.find(cashuPaymentId(1)))?.account, 'user-1');
  });

  test('payments are listed newest first, page by page, by status and by account', async (t) => {
    const stores = await start(t);
    const { cashu } = stores;
    for (let number = 1; number <= 5; number++)
      await cashu.insert(newCashuPayment(number, { account: number % 2 === 0 ? 'even' : 'odd' }), 60_000);
    await settleCashu(stores.database, cashuPaymentId(3), () => ({ payment: { status: 'decline' } }));
    const numbers = async (filter: Parameters<typeof cashu.list>[0]) =>
      (await cashu.list(filter)).map(({ paymentId }) => Number(paymentId));
    assert.deepEqual(await numbers({ limit: 10 }), [5, 4, 3, 2, 1]);
    assert.deepEqual(await numbers({ limit: 2 }), [5, 4]);
    assert.deepEqual(await numbers({ limit: 2, beforePaymentId: cashuPaymentId(4) }), [3, 2]);
    assert.deepEqual(await numbers({ limit: 2, beforePaymentId: cashuPaymentId(1) }), []);
    assert.deepEqual(await numbers({ limit: 2, beforePaymentId: 'nobody' }), []);
    assert.deepEqual(await numbers({ limit: 10, status: 'decline' }), [3]);
    assert.deepEqual(await numbers({ limit: 10, account: 'even' }), [4, 2]);
    assert.deepEqual(await numbers({ limit: 10, account: 'even', status: 'decline' }), []);
    assert.deepEqual(await numbers({ limit: 10, account: 'even ' }), []);
  });

  test('refunds come oldest first, each with its payment', async (t) => {
    const stores = await start(t);
    for (const number of [1, 2]) await stores.cashu.insert(newCashuPayment(number), 60_000);
    await addRefund(stores, 'r-2', 1, { amount: '0.125', description: 'Zurück 💳', createdAt: NOW + 7 });
    await addRefund(stores, 'r-1', 2, { status: 'success', finishedAt: NOW + 9, operationId: '77', operationMessage: 'Success' });
    await addRefund(stores, 'r-3', 1, { isOurs: false, isAccepted: true, requestId: 'request-1' });
    const found = await stores.cashu.refundsOf([cashuPaymentId(1), cashuPaymentId(2)]);
    assert.deepEqual(
      found.map(({ refundId, paymentId }) => [refundId, Number(paymentId)]),
      [
        ['r-2', 1],
        ['r-1', 2],
        ['r-3', 1],
      ],
    );
    const [first, second, third] = found;
    assert.deepEqual([first?.amount, first?.description, first?.createdAt.getTime()], ['0.125', 'Zurück 💳', NOW + 7]);
    assert.deepEqual(
      [first?.isOurs, first?.isAccepted, first?.requestId, first?.finishedAt, first?.checks],
      [true, false, undefined, undefined, 0],
    );
    assert.deepEqual([second?.finishedAt?.getTime(), second?.operationId, second?.operationMessage], [NOW + 9, '77', 'Success']);
    assert.deepEqual([third?.isOurs, third?.isAccepted, third?.requestId], [false, true, 'request-1']);
    assert.deepEqual(await stores.cashu.findRefund('r-2'), first);
    for (const other of ['R-2', 'r-2 ', 'r-4']) assert.equal(await stores.cashu.findRefund(other), undefined);
    assert.deepEqual(await stores.cashu.refundsOf([]), []);
  });

  test('what moved money is found by its moment, to the millisecond and without the end of the time', async (t) => {
    const stores = await start(t);
    for (const number of [1, 2, 3, 4]) await stores.cashu.insert(newCashuPayment(number), 60_000);
    for (const number of [1, 2, 3])
      await settleCashu(stores.database, cashuPaymentId(number), () => ({ payment: { status: 'success', paidAt: NOW + number } }));
    for (const [refundId, finishedAt, status] of [
      ['a', NOW + 1, 'success'],
      ['b', NOW + 2, 'success'],
      ['c', NOW + 2, 'decline'],
      ['d', undefined, 'pending'],
    ] as const)
      await addRefund(stores, refundId, 1, { status, finishedAt });
    const paid = async (from: number, to: number) =>
      (await stores.cashu.paidWithin({ from, to })).map(({ paymentId }) => Number(paymentId));
    assert.deepEqual(await paid(NOW + 1, NOW + 3), [1, 2]);
    assert.deepEqual(await paid(NOW + 3, NOW + HOUR_MS), [3]);
    assert.deepEqual(await paid(NOW - HOUR_MS, NOW + 1), []);
    const back = async (from: number, to: number) => (await stores.cashu.refundedWithin({ from, to })).map(({ refundId }) => refundId);
    assert.deepEqual(await back(NOW, NOW + 2), ['a']);
    assert.deepEqual(await back(NOW + 2, NOW + HOUR_MS), ['b']);
    assert.equal((await stores.cashu.find(cashuPaymentId(2)))?.paidAt?.getTime(), NOW + 2);
  });

  test('what is due is claimed, the longest first, and belongs to one instance while its lease lasts', async (t) => {
    const stores = await start(t);
    await insertDue(stores, 3);
    await stores.cashu.insert(newCashuPayment(9), 60_000);
    const claimed = await stores.cashu.claimPayments(2, 60_000);
    assert.deepEqual(
      claimed.map(({ paymentId, checks }) => [Number(paymentId), checks]),
      [
        [1, 1],
        [2, 1],
      ],
    );
    const other = openStores(t, stores.address);
    assert.deepEqual(
      (await other.cashu.claimPayments(10, 60_000)).map(({ paymentId }) => Number(paymentId)),
      [3],
    );
    assert.deepEqual(await stores.cashu.claimPayments(10, 60_000), []);
    assert.deepEqual(await stores.cashu.claimRefunds(10, 60_000), []);
  });

  test('instances that claim at the same moment never get the same payment, nor the same refund', async (t) => {
    const stores = await start(t);
    await insertDue(stores, 30);
    for (let number = 1; number <= 30; number++) await addRefund(stores, `r-${number}`, number, { checkInMs: -1_000 });
    const instances = [stores, ...Array.from({ length: 3 }, () => openStores(t, stores.address))];
    const payments: string[] = [];
    const refunds: string[] = [];
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const { cashu } = instances[index % instances.length] ?? stores;
        for (let misses = 0; misses < 3; ) {
          const [some, others] = [await cashu.claimPayments(4, 60_000), await cashu.claimRefunds(4, 60_000)];
          payments.push(...some.map(({ paymentId }) => paymentId));
          refunds.push(...others.map(({ refundId }) => refundId));
          if (some.length + others.length === 0) misses++;
        }
      }),
    );
    assert.deepEqual([payments.length, new Set(payments).size], [30, 30]);
    assert.deepEqual([refunds.length, new Set(refunds).size], [30, 30]);
  });

  test('what an instance that died has claimed is due again when the lease ends', async (t) => {
    const stores = await start(t);
    await insertDue(stores, 1);
    assert.equal((await stores.cashu.claimPayments(1, 200)).length, 1);
    assert.equal((await stores.cashu.claimPayments(1, 200)).length, 0);
    const other = openStores(t, stores.address);
    const [again] = await waitUntil(async () => {
      const claimed = await other.cashu.claimPayments(1, 60_000);
      return claimed.length > 0 && claimed;
    });
    assert.equal(again?.checks, 2);
  });

  test('a payment is asked about when it was said, at once when that is wanted, and never later than wanted', async (t) => {
    const stores = await start(t);
    const { cashu } = stores;
    const paymentId = cashuPaymentId(1);
    await cashu.insert(newCashuPayment(1), HOUR_MS);
    const isAbout = (ms: number | undefined, expected: number) => assert.ok(ms !== undefined && Math.abs(ms - expected) < 30_000, `${ms}`);
    isAbout(await dueIn(stores, 'payment'), HOUR_MS);
    await cashu.checkPaymentIn(paymentId, 2 * HOUR_MS);
    isAbout(await dueIn(stores, 'payment'), 2 * HOUR_MS);
    await cashu.checkPaymentNow(paymentId);
    isAbout(await dueIn(stores, 'payment'), 0);
    // Whoever finds nothing out meanwhile does not put it off.
    await cashu.checkPaymentIn(paymentId, HOUR_MS);
    await settleCashu(stores.database, paymentId, () => ({ payment: { checkInMs: null } }));
    isAbout(await dueIn(stores, 'payment'), 0);
    only(await cashu.claimPayments(10, HOUR_MS));
    isAbout(await dueIn(stores, 'payment'), HOUR_MS);
    await settleCashu(stores.database, paymentId, () => ({ payment: { checkInMs: null } }));
    assert.equal(await dueIn(stores, 'payment'), undefined);
    assert.deepEqual(await cashu.claimPayments(10, HOUR_MS), []);
    // A question that failed is asked again, even if the payment has ended meanwhile.
    await cashu.checkPaymentIn(paymentId, HOUR_MS);
    isAbout(await dueIn(stores, 'payment'), HOUR_MS);
  });

  test('a refund is looked after while it is pending only', async (t) => {
    const stores = await start(t);
    await stores.cashu.insert(newCashuPayment(1), 60_000);
    await addRefund(stores, 'r-1', 1, { checkInMs: HOUR_MS });
    await stores.cashu.checkRefundIn('r-1', -1_000);
    const refund = only(await stores.cashu.claimRefunds(10, HOUR_MS));
    assert.deepEqual([refund.refundId, refund.checks], ['r-1', 1]);
    const ending = { refundId: 'r-1', status: 'success', finishedAt: NOW, checkInMs: null } as const;
    await settleCashu(stores.database, cashuPaymentId(1), () => ({ refunds: [ending] }));
    await stores.cashu.checkRefundIn('r-1', -1_000);
    assert.deepEqual(await stores.cashu.claimRefunds(10, HOUR_MS), []);
    assert.equal((await query(stores.address, 'SELECT id FROM cloudpayments_cashu_refund WHERE check_at IS NULL')).length, 1);
  });
});
