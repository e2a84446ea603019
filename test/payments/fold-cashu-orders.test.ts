import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isOpen, isPaid } from '../../lib/domain/cashu-payment.ts';
import { compareAmounts } from '../../lib/domain/money.ts';
import { fromMinorUnits, isRefund, type PaymentReport, type ReportedOperation } from '../../lib/providers/ecommpay/index.ts';
import { answer, Book, operation, type Refund, redirected, refund, refundOperation, report, sale, sum } from './cashu-book.ts';

const cents = (units: number): string => fromMinorUnits(String(units), 2) ?? assert.fail();

/** What must hold after every step, whatever ECommPay says. */
function checkRules(book: Book): void {
  const { payment, transaction, refunds, told } = book;
  const { sum: ordered, paidSum, paidCurrency, refundedSum, status } = payment;
  assert.equal(isPaid(payment), paidSum !== undefined);
  assert.ok(compareAmounts(refundedSum, paidSum ?? '0.00') <= 0, 'no more goes back than was paid');
  const wasKeptBack = payment.review !== undefined;
  assert.equal(transaction !== undefined, isPaid(payment) && !wasKeptBack, 'what is paid as ordered has a transaction, and nothing else');
  if (transaction !== undefined) {
    assert.deepEqual([transaction.sum, transaction.currency, paidSum, paidCurrency], [ordered, 'USD', ordered, 'USD']);
    assert.equal(transaction.refundedSum, refundedSum);
    const states = { success: 'paid', partially_refunded: 'partially_refunded', refunded: 'refunded' };
    assert.equal(transaction.state, Reflect.get(states, status));
  }
  if (paidSum !== undefined) {
    assert.equal(status === 'refunded', refundedSum === paidSum && refundedSum !== '0.00');
    if (status === 'success') assert.equal(refundedSum, '0.00');
  }
  assert.equal(told.filter((line) => line.startsWith('payment')).length, transaction === undefined ? 0 : 1);
  if (transaction === undefined) assert.deepEqual(told, []);
  assert.equal(new Set(refunds.map(({ refundId }) => refundId)).size, refunds.length);
}

interface Progress {
  readonly isPaid: boolean;
  readonly paid: string;
  readonly refunded: string;
  readonly told: number;
  readonly succeeded: readonly string[];
}

function progressOf({ payment, told, refunds }: Book): Progress {
  return {
    isPaid: isPaid(payment),
    paid: `${payment.paidSum} ${payment.paidCurrency} ${payment.review}`,
    refunded: payment.refundedSum,
    told: told.length,
    succeeded: refunds.filter(({ status }) => status === 'success').map(({ refundId, amount }) => `${refundId} ${amount}`),
  };
}

/** Nothing goes back from where money is. */
function checkProgress(before: Progress, after: Progress): void {
  if (before.isPaid) assert.deepEqual([after.isPaid, after.paid], [true, before.paid]);
  assert.ok(compareAmounts(before.refunded, after.refunded) <= 0);
  assert.ok(before.told <= after.told);
  for (const refunded of before.succeeded) assert.ok(after.succeeded.includes(refunded), `${refunded} stays`);
}

/**
 * Takes a report twice: the second time changes nothing, and tells nobody of anything but a contradiction. Of a report with several refunds
 * that contradict each other only the money is sure.
 */
function takeTwice(book: Book, one: PaymentReport): void {
  const before = progressOf(book);
  book.take(one);
  checkRules(book);
  checkProgress(before, progressOf(book));
  const { state, money } = book;
  const told = book.events.length;
  book.take(one);
  assert.deepEqual(book.money, money);
  const again = book.events.slice(told);
  if (one.operations.filter(isRefund).length <= 1) assert.deepEqual([book.state, again], [state, []]);
  else
    assert.deepEqual(
      again.filter((event) => event !== 'refund decline'),
      [],
    );
}

/** ECommPay does not tell of one refund twice in a breath. */
function isOneRefund(a: ReportedOperation, b: ReportedOperation): boolean {
  return (['id', 'requestId', 'merchantRefundId'] as const).some((name) => a[name] === b[name]);
}

describe('any sequence of reports, also of such as contradict each other,', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const statuses = fc.constantFrom(
    ...['success', 'decline', 'error', 'cancelled', 'processing', 'external processing', 'awaiting customer', 'partially paid'],
    ...['refunded', 'partially refunded', 'reversed', 'chargeback', ''],
  );
  const units = fc.constantFrom(1_000, 1_000, 1_200, 300, 0);
  const currency = fc.constantFrom('USD', 'USD', 'USD', 'EUR');
  const saleOperations = fc
    .record({ type: fc.constantFrom('sale', 'sale', 'auth', ''), status: statuses, units: maybe(units), currency })
    .map((told) => operation(told.type, told.status, { id: '1', sum: sum(told.units, told.currency) }));
  const refundOperations: fc.Arbitrary<ReportedOperation> = fc
    .record({
      ...{ type: fc.constantFrom('refund', 'reversal'), status: fc.constantFrom('success', 'success', 'decline', 'processing', 'expired') },
      // One operation has one request; either may be left out.
      ...{ number: fc.constantFrom(1, 2, 3), hasId: fc.boolean(), hasRequest: fc.boolean() },
      ...{
        merchantRefundId: maybe(fc.constantFrom('ours-1', 'ours-2', 'theirs')),
        units: maybe(fc.constantFrom(300, 400, 700, 1_000, 0)),
        currency,
      },
    })
    .map(({ status, type, number, hasId, hasRequest, ...details }) => ({
      ...refundOperation(status, {
        ...details,
        id: hasId ? `${1 + number}` : undefined,
        requestId: hasRequest ? `q-${number}` : undefined,
      }),
      type,
    }));
  const reports: fc.Arbitrary<PaymentReport> = fc
    .record({
      ...{
        source: fc.constantFrom<PaymentReport['source']>('callback', 'callback', 'status'),
        status: maybe(statuses),
        units: maybe(units),
        currency,
      },
      ...{
        sales: fc.array(saleOperations, { maxLength: 2 }),
        refunds: fc.uniqueArray(refundOperations, { comparator: isOneRefund, maxLength: 3 }),
      },
      ...{ mayBeTriedAgain: fc.boolean(), isRedirect: fc.boolean() },
    })
    .map(({ source, status, sales, refunds, mayBeTriedAgain, isRedirect, ...told }) =>
      report(status, {
        ...{ source, mayBeTriedAgain, sum: sum(told.units, told.currency), operations: [...sales, ...refunds] },
        redirect: isRedirect ? redirected.redirect : undefined,
      }),
    );
  const plain = fc.oneof(
    fc.constantFrom(sale('success'), sale('decline'), sale('success', { units: 1_200 }), sale('processing'), redirected),
    refundOperations.map((one) => report('success', { operations: [one] })),
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: reports.map((one) => ({ kind: 'report', one }) as const) },
    { weight: 5, arbitrary: plain.map((one) => ({ kind: 'report', one }) as const) },
    { weight: 1, arbitrary: fc.constant({ kind: 'expire' } as const) },
    {
      weight: 2,
      arbitrary: fc.record({
        ...{ kind: fc.constant('ask' as const), refundId: fc.constantFrom('ours-1', 'ours-2'), amount: fc.constantFrom('3.00', '4.00') },
        requestId: maybe(fc.constantFrom('q-1', 'q-2')),
      }),
    },
  );

  test('makes one transaction at most, never of a wrong sum, and never moves money back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, isOrderPaid) => {
        const book = new Book({ orderId: 'A-1' });
        book.isOrderPaid = isOrderPaid;
        for (const one of steps) {
          if (one.kind === 'report') takeTwice(book, one.one);
          else if (one.kind === 'ask') {
            const isNew = !book.refunds.some(({ refundId }) => refundId === one.refundId);
            if (isPaid(book.payment) && isNew) book.ask(one.refundId, one.amount, one.requestId);
          } else if (isOpen(book.payment)) book.payment = { ...book.payment, status: 'expired' };
        }
        checkRules(book);
        assert.equal(book.transaction !== undefined && isOrderPaid, false);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What really happened at ECommPay, in its order; and how it tells of it. */
interface History {
  readonly orderedUnits: number;
  readonly paidUnits: number;
  readonly before: readonly ('processing' | 'redirect' | 'attempt')[];
  readonly refunds: readonly {
    readonly units: number;
    readonly isOurs: boolean;
    readonly isPendingTold: boolean;
    readonly end: 'success' | 'decline' | 'processing';
    /** The merchant's number comes back with it. */
    readonly isNumbered: boolean;
    /** The answer to the request for it came. */
    readonly isAnswered: boolean;
  }[];
}

const histories: fc.Arbitrary<History> = fc
  .record({
    isWrong: fc.boolean(),
    before: fc.subarray(['processing', 'redirect', 'attempt'] as const),
    // Few sums, so that refunds with the same one meet.
    refunds: fc.array(
      fc.record({
        ...{ units: fc.constantFrom(100, 100, 200), isOurs: fc.boolean(), isPendingTold: fc.boolean(), isNumbered: fc.boolean() },
        ...{
          end: fc.constantFrom<'success' | 'decline' | 'processing'>('success', 'success', 'decline', 'processing'),
          isAnswered: fc.boolean(),
        },
      }),
      { maxLength: 4 },
    ),
    isRestRefunded: fc.boolean(),
  })
  .map(({ isWrong, before, refunds, isRestRefunded }) => {
    const paidUnits = isWrong ? 1_200 : 1_000;
    const back = refunds.filter(({ end }) => end === 'success').reduce((total, { units }) => total + units, 0);
    const rest = {
      units: paidUnits - back,
      isOurs: false,
      isPendingTold: false,
      end: 'success',
      isNumbered: false,
      isAnswered: false,
    } as const;
    return { orderedUnits: 1_000, paidUnits, before, refunds: isRestRefunded ? [...refunds, rest] : refunds };
  });

/** Number of the operation of the first refund. */
const FIRST_REFUND = 100;

/** Everything that ECommPay says by itself. */
function callbacksOf({ paidUnits, before, refunds }: History): readonly PaymentReport[] {
  const told = { processing: report('processing'), redirect: redirected, attempt: { ...sale('decline'), mayBeTriedAgain: true } };
  return [
    ...before.map((name) => told[name]),
    sale('success', { units: paidUnits }),
    ...refunds.flatMap((one, index) => {
      const details = detailsOf(one, index);
      return [...(one.isPendingTold ? [refund('processing', details)] : []), refund(one.end, details)];
    }),
  ];
}

function detailsOf({ units, isOurs, isNumbered }: History['refunds'][number], index: number): Refund {
  return {
    units,
    id: String(FIRST_REFUND + index),
    requestId: `q-${index}`,
    ...(isOurs && isNumbered && { merchantRefundId: `ours-${index}` }),
  };
}

/** What ECommPay says when it is asked after so many of the refunds. */
function answerOf({ paidUnits, refunds }: History, count: number): PaymentReport {
  const done = refunds.slice(0, count);
  const back = done.filter(({ end }) => end === 'success').reduce((total, { units }) => total + units, 0);
  const status = back === 0 ? 'success' : back === paidUnits ? 'refunded' : 'partially refunded';
  const operations = done.map((one, index) => {
    // Of several refunds an answer does not say which is whose.
    const { merchantRefundId, ...details } = detailsOf(one, index);
    return refundOperation(one.end, done.length === 1 ? { ...details, merchantRefundId } : details);
  });
  return answer(status, [...sale('success', { units: paidUnits }).operations, ...operations], paidUnits - back);
}

/** As the site lives through it: refunds are asked for once the payment is known to be paid, and ECommPay knows of them only after that. */
function live(book: Book, one: PaymentReport, history: History): void {
  const isThere = ({ id }: ReportedOperation) => {
    const index = Number(id) - FIRST_REFUND;
    return history.refunds[index]?.isOurs !== true || book.refunds.some(({ refundId }) => refundId === `ours-${index}`);
  };
  const operations = one.operations.filter(isThere);
  if (operations.length > 0 || one.operations.length === 0) takeTwice(book, { ...one, operations });
  askForOurs(book, history);
}

function askForOurs(book: Book, { refunds }: History): void {
  if (!isPaid(book.payment)) return;
  for (const [index, { units, isOurs, isAnswered }] of refunds.entries()) {
    const refundId = `ours-${index}`;
    if (isOurs && !book.refunds.some((one) => one.refundId === refundId))
      book.ask(refundId, cents(units), isAnswered ? `q-${index}` : undefined);
  }
}

function expectedOf({ orderedUnits, paidUnits, refunds }: History): { readonly end: string; readonly told: readonly string[] } {
  const succeeded = refunds.filter(({ end }) => end === 'success');
  const back = succeeded.reduce((total, { units }) => total + units, 0);
  const isWrong = paidUnits !== orderedUnits;
  const status = back === paidUnits ? 'refunded' : isWrong ? 'review' : back > 0 ? 'partially_refunded' : 'success';
  const paid = `${cents(paidUnits)} USD -${cents(back)}`;
  if (isWrong) return { end: `${status} (amount_mismatch) ${paid}; no transaction`, told: [] };
  const state = status === 'success' ? 'paid' : status;
  const told = ['payment 10.00', ...succeeded.map(({ units }) => `refund ${cents(units)}`)].sort();
  return { end: `${status} ${paid}; ${state} ${cents(orderedUnits)} -${cents(back)}`, told };
}

describe('the reports of what really happened', () => {
  const runs = histories.chain((history) => {
    const callbacks = callbacksOf(history);
    const answers = fc.array(fc.nat({ max: history.refunds.length }), { maxLength: 3 });
    const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
    return answers.chain((counts) => {
      const all = [...callbacks, ...counts.map((count) => answerOf(history, count))];
      // Some are lost at first, and come with the repeats.
      return fc.record({ history: fc.constant(history), first: fc.shuffledSubarray(all), again: shuffled(all), last: shuffled(callbacks) });
    });
  });

  test('end in what happened, in any order, if they are all repeated', () => {
    fc.assert(
      fc.property(runs, ({ history, first, again, last }) => {
        const book = new Book();
        for (const one of [...first, ...again, ...last]) live(book, one, history);
        const { end, told } = expectedOf(history);
        assert.equal(book.end, end);
        assert.deepEqual([...book.told].sort(), told);
        for (const one of [...again].reverse()) live(book, one, history);
        assert.equal(book.end, end);
        assert.deepEqual([...book.told].sort(), told);
      }),
      { numRuns: 1_000 },
    );
  });

  test('end in what happened by one answer, whatever was lost, and in nothing else by what comes after it', () => {
    fc.assert(
      fc.property(runs, ({ history, first, again }) => {
        const book = new Book();
        for (const one of [sale('success', { units: history.paidUnits }), ...first]) live(book, one, history);
        live(book, answerOf(history, history.refunds.length), history);
        const { end, told } = expectedOf(history);
        assert.equal(book.end, end);
        for (const one of again) live(book, one, history);
        assert.equal(book.end, end);
        assert.deepEqual([...book.told].sort(), told);
      }),
      { numRuns: 1_000 },
    );
  });

  test('leave no refund of ours open whose end was told, and take none for another, if the requests for them were answered', () => {
    fc.assert(
      fc.property(runs, ({ history, again, last }) => {
        fc.pre(history.refunds.every(({ isOurs, isAnswered }) => !isOurs || isAnswered));
        const book = new Book();
        for (const one of [...again, ...last]) live(book, one, history);
        for (const [index, { isOurs, end, units }] of history.refunds.entries()) {
          const status = end === 'processing' ? 'pending' : end;
          const row = book.refunds.find(({ operationId }) => operationId === String(FIRST_REFUND + index));
          assert.deepEqual([row?.isOurs, row?.status, row?.amount], [isOurs, status, cents(units)]);
          if (isOurs) assert.equal(row?.refundId, `ours-${index}`);
        }
        assert.equal(book.refunds.length, history.refunds.length);
        assert.ok(!book.conflicts.some((reason) => reason.includes('refund')), book.conflicts.join());
      }),
      { numRuns: 1_000 },
    );
  });
});
