import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { NewTransaction, Transaction } from '../../lib/domain/transaction.ts';
import { type Fold, type Foldable, foldNotifications } from '../../lib/payments/fold-notifications.ts';
import { createDeliveryPlan } from '../../lib/payments/plan-delivery.ts';
import { parseNotification } from '../../lib/providers/cloudpayments/index.ts';
import { buildNotification, type NotificationOverrides } from '../../lib/testing/index.ts';

type Type = 'pay' | 'confirm' | 'cancel' | 'refund' | 'fail';

const plan = createDeliveryPlan(['payment', 'refund'], 'UTC');
const UNBOUND = { problem: undefined, binding: undefined } as const;
let ids = 0;

function arrival(type: Type, overrides: NotificationOverrides = {}): Foldable {
  const key = type === 'refund' ? { PaymentTransactionId: 1 } : { TransactionId: 1 };
  const sample = buildNotification(type, { DateTime: '2026-01-01 00:00:00', ...key, ...overrides });
  const fields = Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== ''));
  ids += 1;
  return { id: String(ids), notification: parseNotification(type, fields), assessment: UNBOUND, receivedAt: 0 };
}

/** The tables of one payment: what comes in is stored, and worked out in one or several goes. */
class Book {
  transaction: Transaction | undefined;
  readonly told: string[] = [];
  readonly conflicts: string[] = [];
  #pending: Foldable[] = [];

  take(...arrivals: readonly Foldable[]): void {
    this.#pending.push(...arrivals);
    const fold = foldNotifications({ transaction: this.transaction, pending: this.#pending, plan, isOrderPaid: () => false });
    this.#pending = this.#pending.filter(({ id }) => !fold.applied.has(id));
    this.#write(fold);
    for (const delivery of fold.deliveries)
      this.told.push(`${delivery.event} ${delivery.eventKey} ${/"amount":"([^"]+)"/.exec(delivery.bodyTail)?.[1]}`);
    for (const event of fold.events) if (event.kind === 'conflict') this.conflicts.push(event.reason);
  }

  #write({ insert, update }: Fold): void {
    const before = insert === undefined ? this.transaction : stored(insert);
    if (before !== undefined) this.transaction = { ...before, ...update };
  }

  get money(): string {
    const { state, sum, refundedSum } = this.transaction ?? { state: 'none', sum: '', refundedSum: '' };
    return `${state} ${sum} -${refundedSum}`;
  }

  /** Nothing in it ever becomes less. */
  get progress(): readonly number[] {
    const states = ['authorized', 'cancelled', 'paid', 'partially_refunded', 'refunded'];
    return [
      this.transaction === undefined ? -1 : states.indexOf(this.transaction.state),
      Number(this.transaction?.refundedSum ?? 0),
      this.told.length,
    ];
  }
}

function stored(transaction: NewTransaction): Transaction {
  const { createdAt, receivedAt, ...rest } = transaction;
  return { ...rest, id: '1', isCompleted: false, refundedSum: '0.00', createdAt: new Date(createdAt), receivedAt: new Date(receivedAt) };
}

/** A history that CloudPayments could tell, in the order in which it happened. */
interface History {
  readonly events: readonly (readonly [Type, NotificationOverrides])[];
  readonly end: string;
}

const cents = (value: number): string => (value / 100).toFixed(2);

const histories: fc.Arbitrary<History> = fc
  .record({
    isDual: fc.boolean(),
    isCancelled: fc.boolean(),
    reserved: fc.integer({ min: 100, max: 100_000 }),
    capturedShare: fc.integer({ min: 1, max: 100 }),
    refundShares: fc.array(fc.integer({ min: 1, max: 33 }), { maxLength: 3 }),
    isRefundedInFull: fc.boolean(),
  })
  .map(({ isDual, isCancelled, reserved, capturedShare, refundShares, isRefundedInFull }) => {
    const pay: [Type, NotificationOverrides] = ['pay', { Amount: cents(reserved), Status: isDual ? 'Authorized' : 'Completed' }];
    if (isDual && isCancelled) return { events: [pay, ['cancel', { Amount: cents(reserved) }]], end: `cancelled ${cents(reserved)} -0.00` };
    const captured = isDual ? Math.max(1, Math.floor((reserved * capturedShare) / 100)) : reserved;
    const parts = refundShares.map((share) => Math.floor((captured * share) / 100)).filter((part) => part > 0);
    const rest = captured - parts.reduce((sum, part) => sum + part, 0);
    if (isRefundedInFull && rest > 0) parts.push(rest);
    const refunds = parts.map((part, index): [Type, NotificationOverrides] => [
      'refund',
      { TransactionId: 10 + index, Amount: cents(part) },
    ]);
    const back = parts.reduce((sum, part) => sum + part, 0);
    const state = back === 0 ? 'paid' : back === captured ? 'refunded' : 'partially_refunded';
    const confirm: [Type, NotificationOverrides][] = isDual ? [['confirm', { Amount: cents(captured) }]] : [];
    return { events: [pay, ...confirm, ...refunds], end: `${state} ${cents(captured)} -${cents(back)}` };
  });

describe('the notifications of a payment', () => {
  test('give the same money in any order of arrival, alone or several at a time, and never move it back', () => {
    const runs = histories.chain((history) =>
      fc.record({
        history: fc.constant(history),
        order: fc.shuffledSubarray([...history.events.keys()], { minLength: history.events.length }),
        cuts: fc.array(fc.boolean(), { minLength: history.events.length, maxLength: history.events.length }),
      }),
    );
    fc.assert(
      fc.property(runs, ({ history, order, cuts }) => {
        const book = new Book();
        let waiting: Foldable[] = [];
        let progress: readonly number[] = [-1, 0, 0];
        for (const [step, index] of order.entries()) {
          const [type, overrides] = history.events[index] ?? assert.fail();
          waiting.push(arrival(type, overrides));
          if (cuts[step] !== true && step < order.length - 1) continue;
          book.take(...waiting);
          waiting = [];
          assert.ok(
            book.progress.every((value, place) => value >= (progress[place] ?? 0)),
            `${progress} → ${book.progress}`,
          );
          progress = book.progress;
        }
        assert.equal(book.money, history.end);
        assert.deepEqual(book.conflicts, []);
        const expected = history.events.flatMap(([type, { TransactionId, Amount }]) =>
          type === 'refund' ? [`refund ${TransactionId} ${Amount}`] : [],
        );
        const paid = history.end.startsWith('cancelled') ? [] : [`payment  ${history.end.split(' ')[1]}`];
        assert.deepEqual([...book.told].sort(), [...paid, ...expected].sort());
      }),
      { numRuns: 500 },
    );
  });

  test('that contradict each other are reported and never move the money back', () => {
    const anything = fc.array(
      fc.record({
        type: fc.constantFrom<Type>('pay', 'confirm', 'cancel', 'refund', 'fail'),
        cents: fc.constantFrom(1, 1_000, 2_500, 2_501),
        isReserved: fc.boolean(),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(anything, (arrivals) => {
        const book = new Book();
        let progress: readonly number[] = book.progress;
        for (const [index, { type, cents: amount, isReserved }] of arrivals.entries()) {
          const status = type === 'pay' ? { Status: isReserved ? 'Authorized' : 'Completed' } : {};
          const number = type === 'refund' ? { TransactionId: 10 + index } : {};
          book.take(arrival(type, { Amount: cents(amount), ...status, ...number }));
          assert.ok(
            book.progress.every((value, place) => value >= (progress[place] ?? 0)),
            `${progress} → ${book.progress}`,
          );
          progress = book.progress;
        }
        const { transaction } = book;
        if (transaction !== undefined) assert.ok(Number(transaction.refundedSum) <= Number(transaction.sum));
        assert.ok(book.told.filter((line) => line.startsWith('payment')).length <= 1);
      }),
      { numRuns: 500 },
    );
  });

  const conflicts: readonly (readonly [name: string, arrivals: readonly Foldable[], money: string, reason: RegExp])[] = [
    [
      'a cancelled payment that is confirmed',
      [arrival('pay', { Status: 'Authorized' }), arrival('cancel'), arrival('confirm')],
      'cancelled 25.00 -0.00',
      /cancelled payment was confirmed/,
    ],
    [
      'a captured payment that is cancelled',
      [arrival('pay', { Status: 'Authorized' }), arrival('confirm'), arrival('cancel')],
      'paid 25.00 -0.00',
      /was cancelled/,
    ],
    ['a paid payment that is cancelled', [arrival('pay'), arrival('cancel')], 'paid 25.00 -0.00', /was cancelled/],
    ['a refund above the rest', [arrival('pay'), arrival('refund', { Amount: '25.01' })], 'paid 25.00 -0.00', /more was refunded/],
    [
      'a capture in another currency',
      [arrival('pay', { Status: 'Authorized' }), arrival('confirm', { Currency: 'USD' })],
      'authorized 25.00 -0.00',
      /another currency/,
    ],
    [
      'a capture of a paid payment with another sum',
      [arrival('pay'), arrival('confirm', { Amount: '24.00' })],
      'paid 25.00 -0.00',
      /another amount/,
    ],
    [
      'a refund of a cancelled payment',
      [arrival('pay', { Status: 'Authorized' }), arrival('cancel'), arrival('refund')],
      'cancelled 25.00 -0.00',
      /cancelled payment was refunded/,
    ],
  ];
  for (const [name, arrivals, money, reason] of conflicts) {
    test(`(${name}) leave the money as it is and are reported`, () => {
      const book = new Book();
      for (const one of arrivals) book.take(one);
      assert.equal(book.money, money);
      assert.equal(book.conflicts.length, 1);
      assert.match(book.conflicts[0] ?? '', reason);
    });
  }

  test('say nothing before the payment itself is known', () => {
    const book = new Book();
    book.take(arrival('refund'), arrival('cancel'), arrival('fail'));
    assert.equal(book.transaction, undefined);
    assert.deepEqual(book.told, []);
  });
});
