import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isRefund, judgeOperation, judgePayment } from '../../../lib/providers/ecommpay/index.ts';
import type { PaymentVerdict } from '../../../lib/providers/ecommpay/statuses.ts';

const PAYMENTS: Readonly<Record<PaymentVerdict, readonly string[]>> = {
  paid: ['success'],
  declined: ['decline', 'error', 'canceled', 'cancelled'],
  returned: ['refunded', 'reversed', 'partially refunded', 'partially reversed'],
  pending: [
    ...['processing', 'external processing', 'awaiting redirect result', 'awaiting customer', 'awaiting customer action'],
    ...['awaiting 3ds result', 'awaiting clarification', 'awaiting merchant auth', 'awaiting confirmation', 'awaiting approval'],
    ...['awaiting retry', 'awaiting payment', 'awaiting finalization', 'awaiting capture', 'awaiting clearing'],
  ],
  unclear: [
    ...['partially paid', 'scheduled recurring processing', 'clearing processing', 'decline renewal', 'invoice sent', 'expired'],
    ...['internal error', 'external error', 'chargeback', '', 'Success', ' success', 'success ', 'successful', 'paid', 'awaiting'],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
  ],
};

describe('the status of a payment', () => {
  for (const [verdict, statuses] of Object.entries(PAYMENTS)) {
    for (const status of statuses) {
      test(`"${status}" means ${verdict}`, () => {
        assert.equal(judgePayment(status), verdict);
      });
    }
  }

  test('that is missing is unclear', () => {
    assert.equal(judgePayment(undefined), 'unclear');
  });

  test('that nobody knows is neither paid nor over', () => {
    const known = new Set(Object.values(PAYMENTS).flat());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.constantFrom('awaiting ', 'partially ', 'success').chain((start) => fc.string({ minLength: 1 }).map((end) => start + end)),
        ),
        (status) => {
          fc.pre(!known.has(status));
          assert.ok(['pending', 'unclear'].includes(judgePayment(status)), status);
        },
      ),
    );
  });
});

describe('the status of an operation', () => {
  const operations: readonly (readonly [status: string, verdict: ReturnType<typeof judgeOperation>])[] = [
    ['success', 'done'],
    ['decline', 'refused'],
    ['error', 'refused'],
    ['canceled', 'refused'],
    ['cancelled', 'refused'],
    ['expired', 'refused'],
    ...['processing', 'external processing', 'awaiting confirmation', 'internal error', 'external error', '', 'Success', 'x'].map(
      (status) => [status, 'pending'] as const,
    ),
  ];
  for (const [status, verdict] of operations) {
    test(`"${status}" means ${verdict}`, () => {
      assert.equal(judgeOperation(status), verdict);
    });
  }
});

test('money goes back by a refund and by a reversal, and by nothing else', () => {
  for (const type of ['refund', 'reversal']) assert.equal(isRefund({ type }), true, type);
  for (const type of ['sale', 'auth', 'capture', 'cancel', 'refund reverse', 'manual change', 'recurring', 'payout', 'Refund', ''])
    assert.equal(isRefund({ type }), false, type);
});
