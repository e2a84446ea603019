import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addAmounts } from '../../lib/domain/money.ts';
import type { NewTransaction } from '../../lib/domain/transaction.ts';
import type { CashuSettlement } from '../../lib/storage/cashu-rows.ts';
import { settleCashu } from '../../lib/storage/settle-cashu.ts';
import { forEachDatabase, query } from '../support/databases.ts';
import { cashuPaymentId, createStores, NOW, newCashuPayment, newCashuRefund, openStores, payItem, type Stores } from './stores.ts';

/** The transaction of a payment that was paid as ordered. */
function paidBy(number: number, orderId?: string): NewTransaction {
  const { transaction } = payItem('').transaction ?? {};
  assert.ok(transaction);
  return { ...transaction, provider: 'cashu', code: cashuPaymentId(number), sum: '10.00', currency: 'USD', invoiceId: orderId };
}

/** What becomes of a payment that is paid now. */
function success(number: number, orderId?: string): CashuSettlement {
  const delivery = { event: 'payment', eventKey: '', webhookId: `payment_cashu_${number}`, bodyTail: ',"code":"1"}' } as const;
  return {
    payment: { status: 'success', paidSum: '10.00', paidCurrency: 'USD', paidAt: NOW, checkInMs: null },
    transaction: { insert: paidBy(number, orderId), deliveries: [delivery], isCompleted: false, paidOrder: orderId, applied: new Map() },
  };
}

async function rowCount(stores: Stores, table: string): Promise<number> {
  const [row] = await query(stores.address, `SELECT count(*) AS rows_there FROM cloudpayments_${table}`);
  return Number(row?.['rows_there']);
}

forEachDatabase((kind) => {
  const start = async (t: TestContext, ...numbers: readonly number[]): Promise<Stores> => {
    const stores = await createStores(t, await kind.create());
    for (const number of numbers) await stores.cashu.insert(newCashuPayment(number), 60_000);
    return stores;
  };

  test('instances that decide about one payment do so one after the other', async (t) => {
    const stores = await start(t, 1);
    const instances = [stores, ...Array.from({ length: 3 }, () => openStores(t, stores.address))];
    await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        settleCashu((instances[index % instances.length] ?? stores).database, cashuPaymentId(1), ({ payment, refunds }) => ({
          payment: { refundedSum: addAmounts(payment.refundedSum, '0.01') },
          newRefunds: [newCashuRefund(`r-${refunds.length}`, 1, { amount: addAmounts(payment.refundedSum, '0.01') })],
        })),
      ),
    );
    assert.equal((await stores.cashu.find(cashuPaymentId(1)))?.refundedSum, '0.24');
    const refunds = await stores.cashu.refundsOf([cashuPaymentId(1)]);
    assert.deepEqual(
      refunds.map(({ refundId, amount }) => `${refundId} ${amount}`),
      Array.from({ length: 24 }, (_, index) => `r-${index} ${((index + 1) / 100).toFixed(2)}`),
    );
  });

  test('instances that credit one payment at the same moment make one transaction, one delivery and one paid order', async (t) => {
    const stores = await start(t, 1);
    await settleCashu(stores.database, cashuPaymentId(1), () => ({}));
    const instances = [stores, ...Array.from({ length: 3 }, () => openStores(t, stores.address))];
    const made = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        settleCashu(
          (instances[index % instances.length] ?? stores).database,
          cashuPaymentId(1),
          ({ payment, transaction }): CashuSettlement => {
            assert.equal(transaction === undefined, payment.status === 'created');
            return payment.status === 'created' ? success(1, 'A-1') : {};
          },
        ),
      ),
    );
    assert.equal(made.filter((settlement) => settlement?.transaction !== undefined).length, 1);
    for (const table of ['transaction', 'delivery', 'delivery_body', 'paid_order']) assert.equal(await rowCount(stores, table), 1, table);
  });

  test('of payments of one order at the same moment each but one sees that the order is paid', async (t) => {
    const stores = await start(t);
    for (const number of [1, 2, 3, 4, 5, 6]) await stores.cashu.insert(newCashuPayment(number, { orderId: 'A-1' }), 60_000);
    const other = openStores(t, stores.address);
    const seen = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async (number) => {
        let isPaid = false;
        await settleCashu((number % 2 === 0 ? other : stores).database, cashuPaymentId(number), ({ isOrderPaid }): CashuSettlement => {
          isPaid = isOrderPaid;
          return isOrderPaid ? { payment: { status: 'review', review: 'order_already_paid' } } : success(number, 'A-1');
        });
        return isPaid;
      }),
    );
    assert.equal(seen.filter((isPaid) => !isPaid).length, 1);
    assert.equal(await rowCount(stores, 'transaction'), 1);
    assert.equal(await rowCount(stores, 'paid_order'), 1);
    // Its own payment of the order is none of another's.
    const winner = cashuPaymentId(seen.indexOf(false) + 1);
    await settleCashu(stores.database, winner, ({ isOrderPaid }) => {
      assert.equal(isOrderPaid, false);
      return {};
    });
  });

  test('what is decided is written together, and the next who looks sees all of it', async (t) => {
    const stores = await start(t, 1, 2);
    await settleCashu(stores.database, cashuPaymentId(1), () => ({
      ...success(1),
      newRefunds: [newCashuRefund('r-1', 1), newCashuRefund('r-2', 1, { isOurs: false, status: 'success', finishedAt: NOW })],
    }));
    const back = { event: 'refund', eventKey: 'r-1', webhookId: 'refund_cashu_r-1', bodyTail: ',"type":"refund"}' } as const;
    const ending = {
      refundId: 'r-1',
      status: 'success',
      amount: '2.50',
      operationId: '7',
      operationCode: '0',
      finishedAt: NOW + 5,
    } as const;
    await settleCashu(stores.database, cashuPaymentId(1), () => ({
      payment: { status: 'partially_refunded', refundedSum: '2.50', review: undefined, isKnown: true, redirect: '{}' },
      refunds: [{ ...ending, isAccepted: true, requestId: 'request-1', operationMessage: 'Success', checkInMs: null }],
      transaction: {
        update: { state: 'partially_refunded', refundedSum: '2.50' },
        ...{ deliveries: [back], isCompleted: false, applied: new Map() },
      },
    }));
    const other = openStores(t, stores.address);
    await settleCashu(other.database, cashuPaymentId(1), ({ payment, refunds, transaction, isOrderPaid }) => {
      const { status, refundedSum, paidSum, paidCurrency, isKnown, redirect, review } = payment;
      assert.deepEqual(
        [status, refundedSum, paidSum, paidCurrency, isKnown, redirect, review],
        [...['partially_refunded', '2.50', '10.00', 'USD', true, '{}', undefined]],
      );
      assert.equal(payment.paidAt?.getTime(), NOW);
      const [first, second] = refunds;
      assert.deepEqual(
        [first?.status, first?.amount, first?.operationId, first?.operationCode, first?.operationMessage, first?.requestId],
        ['success', '2.50', '7', '0', 'Success', 'request-1'],
      );
      assert.deepEqual([first?.isAccepted, first?.finishedAt?.getTime(), second?.refundId, second?.isOurs], [true, NOW + 5, 'r-2', false]);
      assert.deepEqual(
        [transaction?.code, transaction?.state, transaction?.refundedSum, transaction?.isCompleted, isOrderPaid],
        [cashuPaymentId(1), 'partially_refunded', '2.50', false, false],
      );
      return {};
    });
    // The neighbour is as it was.
    const neighbour = await stores.cashu.find(cashuPaymentId(2));
    assert.deepEqual([neighbour?.status, neighbour?.refundedSum], ['created', '0.00']);
    assert.deepEqual(
      (await query(stores.address, 'SELECT event, event_key FROM cloudpayments_delivery ORDER BY id')).map((row) => Object.values(row)),
      [
        ['payment', ''],
        ['refund', 'r-1'],
      ],
    );
  });

  test('a decision that throws leaves nothing behind, nor does one that cannot be written', async (t) => {
    const stores = await start(t, 1);
    const failing = settleCashu(stores.database, cashuPaymentId(1), () => {
      throw new Error('no decision');
    });
    await assert.rejects(failing, /no decision/);
    const impossible = { ...newCashuRefund('r-1', 1), description: null as unknown as string };
    await assert.rejects(settleCashu(stores.database, cashuPaymentId(1), () => ({ ...success(1), newRefunds: [impossible] })));
    assert.equal((await stores.cashu.find(cashuPaymentId(1)))?.status, 'created');
    for (const table of ['transaction', 'delivery', 'cashu_refund']) assert.equal(await rowCount(stores, table), 0, table);
    assert.ok(await settleCashu(stores.database, cashuPaymentId(1), () => success(1)));
  });

  test('about what is not there nobody decides', async (t) => {
    const stores = await start(t, 1);
    const nobody = () => assert.fail('there is nothing to decide');
    for (const paymentId of [cashuPaymentId(2), `${cashuPaymentId(1)} `, '', 'x'.repeat(1_000)])
      assert.equal(await settleCashu(stores.database, paymentId, nobody), undefined);
  });

  test('what ECommPay sends is cut to what the columns hold, and a review ends', async (t) => {
    const stores = await start(t, 1);
    await settleCashu(stores.database, cashuPaymentId(1), () => ({
      payment: { status: 'review', review: 'amount_mismatch', operationCode: 'c'.repeat(100), operationMessage: 'm'.repeat(20_000) },
      newRefunds: [newCashuRefund('r-1', 1, { operationId: 'o'.repeat(200), requestId: 'q'.repeat(200), operationCode: 'c'.repeat(100) })],
    }));
    const [refund] = await stores.cashu.refundsOf([cashuPaymentId(1)]);
    assert.deepEqual([refund?.operationId?.length, refund?.requestId?.length, refund?.operationCode?.length], [64, 128, 16]);
    const payment = await stores.cashu.find(cashuPaymentId(1));
    assert.deepEqual([payment?.review, payment?.operationCode?.length, payment?.operationMessage?.length], ['amount_mismatch', 16, 20_000]);
    await settleCashu(stores.database, cashuPaymentId(1), () => ({ payment: { status: 'success', review: undefined } }));
    assert.equal((await stores.cashu.find(cashuPaymentId(1)))?.review, undefined);
  });
});
