import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foldReport } from '../../lib/payments/fold-cashu.ts';
import { createDeliveryPlan } from '../../lib/payments/plan-delivery.ts';
import { fromMinorUnits, type PaymentReport, type ReportedSum } from '../../lib/providers/ecommpay/index.ts';
import type { CashuPaymentRow } from '../../lib/storage/cashu-rows.ts';
import {
  answer,
  Book,
  NOW,
  operation,
  PAYMENT_ID,
  REDIRECT,
  type Refund,
  redirected,
  refund,
  refundOperation,
  report,
  rules,
  sale,
  sum,
} from './cashu-book.ts';

const saleSum = sum(1_000, 'USD');

interface Case {
  readonly name: string;
  /** What the payment was before. Default: `created`. */
  readonly payment?: Partial<CashuPaymentRow>;
  readonly isOrderPaid?: boolean;
  readonly refunds?: readonly (readonly [refundId: string, amount: string, requestId?: string])[];
  readonly reports: readonly PaymentReport[];
  readonly end: string;
  readonly conflicts?: readonly RegExp[];
  /** ECommPay has to be asked. */
  readonly isAsked?: boolean;
  readonly told?: readonly string[];
}

function run(cases: readonly Case[]): void {
  for (const { name, payment, isOrderPaid = false, refunds = [], reports, end, conflicts = [], isAsked = false, told } of cases) {
    test(name, () => {
      const book = new Book(payment);
      book.isOrderPaid = isOrderPaid;
      for (const one of refunds) book.ask(...one);
      book.take(...reports);
      assert.equal(book.end, end);
      assert.equal(book.conflicts.length, conflicts.length, book.conflicts.join());
      for (const [index, conflict] of conflicts.entries()) assert.match(book.conflicts[index] ?? '', conflict);
      assert.equal(book.asked > 0, isAsked);
      if (told !== undefined) assert.deepEqual(book.told, told);
    });
  }
}

const UNPAID = 'unpaid; no transaction';
const PAID = 'success 10.00 USD -0.00; paid 10.00 -0.00';

describe('of a sale that is under way', () => {
  run([
    { name: 'a pending status is kept', reports: [report('processing')], end: `pending ${UNPAID}` },
    { name: 'redirect data show the way', reports: [redirected], end: `redirect ${UNPAID}` },
    { name: 'redirect data without a status do too', reports: [report(undefined, { redirect: REDIRECT })], end: `redirect ${UNPAID}` },
    { name: 'a pending status does not take the way back', reports: [redirected, report('processing')], end: `redirect ${UNPAID}` },
    { name: 'the way is found also after a pending status', reports: [report('processing'), redirected], end: `redirect ${UNPAID}` },
    { name: 'a status that nobody knows is a question', reports: [report('partially paid')], end: `pending ${UNPAID}`, isAsked: true },
    { name: 'no status at all is a question', reports: [report(undefined)], end: `pending ${UNPAID}`, isAsked: true },
    { name: 'a question is not asked because of an answer', reports: [answer('partially paid', [])], end: `pending ${UNPAID}` },
    {
      name: 'a failed attempt after which the payer may try again is not the end',
      reports: [{ ...sale('decline'), mayBeTriedAgain: true }],
      ...{ end: `pending ${UNPAID}`, isAsked: true },
    },
    ...['decline', 'error', 'canceled', 'cancelled'].map((status) => ({
      ...{ name: `"${status}" is the end`, reports: [sale(status, { operation: 'decline' })], end: `decline ${UNPAID}` },
    })),
    { name: 'a pending status after the end changes nothing', reports: [sale('decline'), report('processing')], end: `decline ${UNPAID}` },
    { name: 'the way after the end is gone by nobody', reports: [sale('decline'), redirected], end: `decline ${UNPAID}` },
    {
      name: 'a refusal after it expired is a refusal',
      payment: { status: 'expired' },
      reports: [sale('decline')],
      end: `decline ${UNPAID}`,
    },
    {
      name: 'a pending status after it expired is a question: the last word must not be missed',
      ...{ payment: { status: 'expired' }, reports: [report('external processing')], end: `expired ${UNPAID}`, isAsked: true },
    },
    {
      name: 'a pending answer after it expired is only an answer',
      ...{ payment: { status: 'expired' }, reports: [answer('external processing', [])], end: `expired ${UNPAID}` },
    },
  ]);

  test('the way to CashU is kept as it came, and is known', () => {
    const { payment } = new Book().take(redirected);
    assert.deepEqual(JSON.parse(payment.redirect ?? ''), REDIRECT);
    assert.equal(payment.isKnown, true);
  });

  test('the last word of ECommPay is kept, and a word before it is not', () => {
    const book = new Book().take(sale('processing', { code: '29999' }));
    assert.equal(book.payment.operationCode, undefined);
    book.take(sale('decline', { code: '20202' }));
    assert.deepEqual([book.payment.operationCode, book.payment.operationMessage], ['20202', '']);
  });

  test('what was decided ends the watching, and what is open does not', () => {
    const check = (one: PaymentReport) => foldReport(new Book(), one, rules).payment?.checkInMs;
    assert.deepEqual([check(sale('success')), check(sale('decline')), check(sale('success', { units: 7 }))], [null, null, null]);
    assert.deepEqual([check(report('processing')), check(redirected), check(report('strange'))], [undefined, undefined, 0]);
  });
});

describe('of a sale that succeeded', () => {
  run([
    { name: 'the money is handed over', reports: [sale('success')], end: PAID, told: ['payment 10.00'] },
    { name: 'the same again changes nothing', reports: [sale('success'), sale('success')], end: PAID, told: ['payment 10.00'] },
    { name: 'payment and operation may say the sum, or one of them', reports: [report('success', { sum: saleSum })], end: PAID },
    { name: 'the operation alone will do', reports: [report('success', { operations: sale('success').operations })], end: PAID },
    { name: 'an answer will do', reports: [answer('success', sale('success').operations, 1_000)], end: PAID, told: ['payment 10.00'] },
    {
      name: 'of several attempts the one that succeeded counts',
      reports: [answer('success', [operation('sale', 'decline', { sum: saleSum }), operation('sale', 'success', { sum: saleSum })], 1_000)],
      end: PAID,
    },
    { name: 'it may have expired here', payment: { status: 'expired' }, reports: [sale('success')], end: PAID, told: ['payment 10.00'] },
    {
      name: 'it may have been declined before, which is reported',
      ...{ reports: [sale('decline'), sale('success')], end: PAID, conflicts: [/declined before/], told: ['payment 10.00'] },
    },
    { name: 'a late refusal is reported', reports: [sale('success'), sale('decline')], end: PAID, conflicts: [/said to be declined/] },
    { name: 'a late pending status is reported', reports: [sale('success'), report('processing')], end: PAID, conflicts: [/"processing"/] },
    {
      name: 'late redirect data are reported',
      reports: [sale('success'), redirected],
      end: PAID,
      conflicts: [/"awaiting redirect result"/],
    },
    {
      name: 'a status that nobody knows is reported',
      reports: [sale('success'), report('chargeback')],
      end: PAID,
      conflicts: [/"chargeback"/],
    },
    {
      name: 'another sum that is told of later is reported',
      ...{ reports: [sale('success'), sale('success', { units: 1_200 })], end: PAID, conflicts: [/another sum/] },
    },
    {
      name: 'another currency that is told of later is reported',
      ...{ reports: [sale('success'), sale('success', { currency: 'EUR' })], end: PAID, conflicts: [/another sum/] },
    },
    { name: 'nothing is believed without a sum', reports: [report('success')], end: `created ${UNPAID}`, isAsked: true },
    {
      name: 'nothing is believed where the operation was declined',
      ...{ reports: [sale('success', { operation: 'decline' })], end: `created ${UNPAID}`, isAsked: true },
    },
    {
      name: 'nothing is believed where it is under way',
      ...{ reports: [sale('success', { operation: 'processing' })], end: `created ${UNPAID}`, isAsked: true },
    },
    {
      name: 'nothing is believed where the operation is no sale',
      reports: [report('success', { sum: saleSum, operations: [operation('auth', 'success', { sum: saleSum })] })],
      ...{ end: `created ${UNPAID}`, isAsked: true },
    },
    {
      name: 'an answer that contradicts itself is reported, and not asked for again',
      ...{ reports: [answer('success', [])], end: `created ${UNPAID}`, conflicts: [/contradicts itself/] },
    },
    {
      name: 'that it went back, without an operation, is a question',
      ...{ reports: [sale('success'), report('refunded', { sum: sum(0, 'USD') })], end: PAID, isAsked: true },
    },
    {
      name: 'that it went back before it is known, without an operation, is a question',
      ...{ reports: [report('refunded')], end: `pending ${UNPAID}`, isAsked: true },
    },
    {
      name: 'that it went back after it was declined, is a question',
      ...{ reports: [sale('decline'), report('partially reversed')], end: `decline ${UNPAID}`, isAsked: true },
    },
    {
      name: 'dinars have three decimals',
      payment: { sum: '12.345', currency: 'KWD' },
      reports: [sale('success', { units: 12_345, currency: 'KWD' })],
      end: 'success 12.345 KWD -0.00; paid 12.345 -0.00',
    },
  ]);

  test('the transaction is that of the order, at the time of the operation', () => {
    const occurredAt = NOW - 5_000;
    const book = new Book({ orderId: 'A-1' }).take(sale('success', { occurredAt }));
    const { provider, code, account, sum: paid, currency, state, invoiceId, createdAt, receivedAt } = book.transaction ?? assert.fail();
    assert.deepEqual(
      [provider, code, account, paid, currency, state, invoiceId, createdAt.getTime(), receivedAt.getTime()],
      ['cashu', PAYMENT_ID, '123456', '10.00', 'USD', 'paid', 'A-1', occurredAt, NOW],
    );
    assert.equal(book.payment.paidAt?.getTime(), occurredAt);
    assert.deepEqual(book.events, ['status success', 'payment']);
    assert.equal(foldReport(new Book({ orderId: 'A-1' }), sale('success'), rules).transaction?.paidOrder, 'A-1');
  });

  test('nobody is told where nobody wants to know, and the transaction counts as taken over', () => {
    const plan = createDeliveryPlan([], 'UTC');
    const { transaction } = foldReport(new Book(), sale('success'), { ...rules, plan });
    assert.deepEqual([transaction?.deliveries, transaction?.isCompleted], [[], true]);
  });
});

describe('of a sale with another sum than was ordered', () => {
  const review = (reason: string, paid: string) => `review (${reason}) ${paid} -0.00; no transaction`;
  run([
    ...[999, 1_001, 1_200, 1, 0].map((units) => ({
      name: `${units} cents are kept back`,
      ...{ reports: [sale('success', { units })], end: review('amount_mismatch', `${fromMinorUnits(String(units), 2)} USD`), told: [] },
    })),
    {
      name: 'another currency is kept back',
      ...{ reports: [sale('success', { currency: 'EUR' })], end: review('currency_mismatch', '10.00 EUR'), told: [] },
    },
    {
      name: 'the sum of the operation counts too',
      reports: [report('success', { sum: saleSum, operations: sale('success', { units: 900 }).operations })],
      end: review('amount_mismatch', '9.00 USD'),
    },
    {
      name: 'three decimals are not two',
      payment: { sum: '12.345', currency: 'KWD' },
      ...{ reports: [sale('success', { units: 1_234, currency: 'KWD' })], end: review('amount_mismatch', '1.234 KWD') },
    },
    {
      name: 'an order that is paid already is kept back',
      payment: { orderId: 'A-1' },
      ...{ isOrderPaid: true, reports: [sale('success')], end: review('order_already_paid', '10.00 USD'), told: [] },
    },
    {
      name: 'the same again changes nothing',
      reports: [sale('success', { units: 1_200 }), sale('success', { units: 1_200 })],
      end: review('amount_mismatch', '12.00 USD'),
    },
    {
      name: 'the right sum later is reported, and hands nothing over',
      reports: [sale('success', { units: 1_200 }), sale('success')],
      ...{ end: review('amount_mismatch', '12.00 USD'), conflicts: [/another sum/], told: [] },
    },
    {
      name: 'the same again after it was approved is no contradiction',
      payment: { status: 'success', paidSum: '12.00', paidCurrency: 'USD' },
      ...{ reports: [sale('success', { units: 1_200 })], end: 'success 12.00 USD -0.00; no transaction' },
    },
    {
      name: 'a late refusal is reported',
      reports: [sale('success', { units: 1_200 }), sale('decline')],
      ...{ end: review('amount_mismatch', '12.00 USD'), conflicts: [/said to be declined/] },
    },
    {
      name: 'its refunds leave it with the person who decides, until nothing is left',
      reports: [sale('success', { units: 1_200 }), refund('success')],
      ...{ end: 'review (amount_mismatch) 12.00 USD -3.00; no transaction', told: [] },
    },
    {
      name: 'it is over when nothing is left',
      reports: [sale('success', { units: 1_200 }), refund('success', { units: 1_200 })],
      ...{ end: 'refunded (amount_mismatch) 12.00 USD -12.00; no transaction', told: [] },
    },
  ]);

  test('a sum that no column takes is kept as nothing', () => {
    const strange: ReportedSum = { units: '1000', currency: 'US$' };
    assert.equal(new Book().take(report('success', { sum: strange })).end, review('currency_mismatch', '10.00 USD'));
  });
});

describe('of a refund', () => {
  const paid = sale('success');
  const part = (back: string) => `partially_refunded 10.00 USD -${back}; partially_refunded 10.00 -${back}`;
  const OURS = [['ours-1', '3.00', 'q-1']] as const;
  run([
    {
      name: 'asked for here, the success is handed over',
      ...{ refunds: OURS, reports: [paid, refund('success', { merchantRefundId: 'ours-1' })], end: part('3.00') },
      told: ['payment 10.00', 'refund 3.00'],
    },
    {
      name: 'made in the Dashboard, the success is handed over too',
      ...{ reports: [paid, refund('success')], end: part('3.00'), told: ['payment 10.00', 'refund 3.00'] },
    },
    {
      name: 'all of it may go back',
      reports: [paid, refund('success', { units: 1_000 })],
      end: 'refunded 10.00 USD -10.00; refunded 10.00 -10.00',
    },
    {
      name: 'all of it may go back in parts',
      reports: [paid, refund('success', { units: 400 }), refund('success', { id: '3', units: 600 })],
      ...{ end: 'refunded 10.00 USD -10.00; refunded 10.00 -10.00', told: ['payment 10.00', 'refund 4.00', 'refund 6.00'] },
    },
    {
      name: 'a reversal is one',
      reports: [paid, report('reversed', { operations: [operation('reversal', 'success', { id: '2', sum: saleSum })] })],
      end: 'refunded 10.00 USD -10.00; refunded 10.00 -10.00',
    },
    {
      name: 'a refusal changes nothing, also where its code says success',
      ...{ refunds: OURS, reports: [paid, refund('decline', { merchantRefundId: 'ours-1', code: '0', message: 'Success' })], end: PAID },
    },
    {
      name: 'that is pending changes nothing',
      refunds: OURS,
      reports: [paid, refund('processing', { merchantRefundId: 'ours-1' })],
      end: PAID,
    },
    { name: 'the same again changes nothing', reports: [paid, refund('success'), refund('success')], end: part('3.00') },
    {
      name: 'a success after a refusal counts: money says so',
      ...{ reports: [paid, refund('decline'), refund('success')], end: part('3.00'), told: ['payment 10.00', 'refund 3.00'] },
    },
    {
      name: 'a refusal after the success is reported',
      ...{ reports: [paid, refund('success'), refund('decline')], end: part('3.00'), conflicts: [/said to be declined/] },
    },
    {
      name: 'a pending status after the success changes nothing',
      reports: [paid, refund('success'), refund('processing')],
      end: part('3.00'),
    },
    {
      name: 'more than was paid is reported, and not counted',
      reports: [paid, refund('success', { units: 600 }), refund('success', { id: '3', units: 500 })],
      ...{ end: part('6.00'), conflicts: [/more was refunded than paid/], told: ['payment 10.00', 'refund 6.00'] },
    },
    {
      name: 'in another currency it is reported, and not counted',
      ...{ reports: [paid, refund('success', { currency: 'EUR' })], end: PAID, conflicts: [/another currency/] },
    },
    { name: 'of nothing it is reported', reports: [paid, refund('success', { units: 0 })], end: PAID, conflicts: [/sum that can be read/] },
    { name: 'before the sale is known it is a question', reports: [refund('success')], end: `created ${UNPAID}`, isAsked: true },
    {
      name: 'of a payment that was declined it is a question',
      ...{ reports: [sale('decline'), refund('success')], end: `decline ${UNPAID}`, isAsked: true },
    },
    {
      name: 'that nobody knows, without a sum, is a question',
      ...{ reports: [paid, refund('success', { units: undefined })], end: PAID, isAsked: true },
    },
    {
      name: 'that nobody knows, without a number, is a question',
      ...{ reports: [paid, refund('success', { id: undefined })], end: PAID, isAsked: true },
    },
    {
      name: 'asked for here, it has the sum that was asked for where none is told',
      reports: [paid, refund('success', { units: undefined, merchantRefundId: 'ours-1' })],
      ...{ refunds: OURS, end: part('3.00') },
    },
    {
      name: 'asked for here, it has the sum that is told',
      ...{ refunds: OURS, reports: [paid, refund('success', { units: 200, merchantRefundId: 'ours-1' })], end: part('2.00') },
    },
    {
      name: 'with the number of nobody’s refund is one of the Dashboard',
      ...{ refunds: OURS, reports: [paid, refund('success', { merchantRefundId: 'theirs' })], end: part('3.00') },
    },
    {
      name: 'an answer tells of sale and refunds at once',
      reports: [answer('partially refunded', [...paid.operations, refundOperation('success', { units: 300 })], 700)],
      ...{ end: part('3.00'), told: ['payment 10.00', 'refund 3.00'] },
    },
    {
      name: 'an answer tells of all at once, also where all went back',
      reports: [answer('refunded', [...paid.operations, refundOperation('success', { units: 1_000 })], 0)],
      ...{ end: 'refunded 10.00 USD -10.00; refunded 10.00 -10.00', told: ['payment 10.00', 'refund 10.00'] },
    },
    {
      name: 'a refused one in an answer does not make the rest of the sum the sum of the sale',
      reports: [answer('success', [...paid.operations, refundOperation('decline', { units: 300 })], 1_000)],
      end: PAID,
    },
    {
      name: 'dinars have three decimals',
      payment: { sum: '12.345', currency: 'KWD' },
      reports: [sale('success', { units: 12_345, currency: 'KWD' }), refund('success', { units: 345, currency: 'KWD' })],
      end: 'partially_refunded 12.345 KWD -0.345; partially_refunded 12.345 -0.345',
    },
  ]);

  const known = (book: Book) => book.refunds.map(({ refundId, status, operationId }) => `${refundId} ${status} ${operationId}`);

  test('asked for here, it is found by its number, by the request, and by the operation once that is known', () => {
    const found: readonly Refund[] = [{ merchantRefundId: 'ours-1' }, { requestId: 'q-1' }];
    for (const one of found)
      assert.deepEqual(known(new Book().ask('ours-1', '3.00', 'q-1').take(paid, refund('success', one))), ['ours-1 success 2']);
    const book = new Book()
      .ask('ours-1', '3.00', 'q-1')
      .take(paid, refund('processing', { merchantRefundId: 'ours-1' }), refund('success'));
    assert.deepEqual(known(book), ['ours-1 success 2']);
  });

  test('asked for here without an answer, it is found by its sum, where nothing says otherwise', () => {
    assert.deepEqual(known(new Book().ask('ours-1', '3.00').take(paid, refund('success', { requestId: 'q-9' }))), ['ours-1 success 2']);
    const others: readonly (readonly [Book, Refund])[] = [
      [new Book().ask('ours-1', '3.00', 'q-1'), { requestId: 'q-9' }],
      [new Book().ask('ours-1', '4.00'), {}],
      [new Book().ask('ours-1', '3.00'), { merchantRefundId: 'theirs' }],
    ];
    for (const [book, one] of others)
      assert.deepEqual(known(book.take(paid, refund('success', one))), ['ours-1 pending undefined', 'ecommpay-2-01234567 success 2']);
  });

  test('without any number it is a question, however well its sum fits: told of again it would be another', () => {
    const nameless = refund('success', { id: undefined });
    const book = new Book().ask('ours-1', '3.00').ask('ours-2', '3.00').take(paid, nameless, nameless);
    assert.deepEqual([book.end, book.asked], [PAID, 2]);
  });

  test('found by its sum, it may have been another of the same sum: then both count, in either order', () => {
    const dashboard = refund('success', { id: '77' });
    const ours = refund('success', { id: '78', merchantRefundId: 'ours-1' });
    const first = new Book().ask('ours-1', '3.00').take(paid, dashboard, ours, dashboard, ours);
    assert.deepEqual(known(first), ['ours-1 success 77', 'ecommpay-78-01234567 success 78']);
    assert.match(first.conflicts.join(), /was operation 77, and is said to be 78 as well/);
    const second = new Book().ask('ours-1', '3.00').take(paid, ours, dashboard, ours, dashboard);
    assert.deepEqual(known(second), ['ours-1 success 78', 'ecommpay-77-01234567 success 77']);
    assert.deepEqual([first.end, second.end], [part('6.00'), part('6.00')]);
  });

  test('with the number of another one’s operation, but another request, is a refund of its own', () => {
    // As in the examples of the documentation's CashU page.
    const done = refund('success', { id: '1026', requestId: 'r-1' });
    const refused = refund('decline', { id: '1026', requestId: 'r-2' });
    for (const order of [
      [done, refused],
      [refused, done],
    ]) {
      const book = new Book().take(paid, ...order, ...order);
      assert.equal(book.end, part('3.00'));
      assert.deepEqual(book.refunds.map(({ status }) => status).sort(), ['decline', 'success']);
      assert.deepEqual(book.conflicts, []);
    }
  });

  test('not asked for here, it has a number that no other payment’s refund has', () => {
    const idOf = (paymentId: string) => new Book({ paymentId }).take(paid, refund('success', { id: '1026' })).refunds[0]?.refundId;
    assert.equal(idOf('a'.repeat(32)), 'ecommpay-1026-aaaaaaaa');
    assert.equal(idOf('b'.repeat(32)), 'ecommpay-1026-bbbbbbbb');
    const long = (end: string) =>
      new Book().take(paid, refund('success', { id: undefined, requestId: `${'r'.repeat(90)}${end}` })).refunds[0];
    assert.notEqual(long('1')?.refundId, long('2')?.refundId);
    assert.equal(long('1')?.refundId.length, 64);
  });

  test('all is told of it: its own time, code and message, and an event', () => {
    const details: Refund = { merchantRefundId: 'ours-1', code: '0', message: 'Success', occurredAt: NOW - 7_000, requestId: 'q-1' };
    const book = new Book().ask('ours-1', '3.00').take(paid, refund('success', details));
    const [row = assert.fail()] = book.refunds;
    assert.deepEqual(
      [row.status, row.isAccepted, row.requestId, row.operationId, row.operationCode, row.operationMessage, row.finishedAt?.getTime()],
      ['success', true, 'q-1', '2', '0', 'Success', NOW - 7_000],
    );
    assert.deepEqual(book.events, ['status success', 'payment', 'refund success', 'status partially_refunded']);
  });
});
