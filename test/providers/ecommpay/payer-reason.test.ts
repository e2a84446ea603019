import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPERATION_CODES, type PayerReason, payerReason } from '../../../lib/providers/ecommpay/index.ts';
import { operationCodes } from '../../support/vectors.ts';

test('the operation codes are the 378 that ECommPay publishes, word for word', () => {
  const { count, codes } = operationCodes();
  assert.equal(count, 378);
  assert.equal(Object.keys(OPERATION_CODES).length, 378);
  assert.deepEqual(OPERATION_CODES, codes);
});

describe('the reason that a payer reads', () => {
  const groups: Readonly<Record<PayerReason, readonly string[]>> = {
    funds: ['20105'],
    account: ['20102', '20103', '20104', '20106'],
    restricted: ['20201', '20203', '20205', '20303'],
    currency: ['20107'],
    limit: ['20101', '309'],
    'wrong-amount': ['20304'],
    cancelled: ['20301', '301'],
    risk: ['20401', '20402', '402'],
    unavailable: ['20202', '20501', '20502', '20503', '20504', '20601', '20603', '314', '501', '601'],
    timeout: ['20602', '20801', '20802', '20812', '20899', '602', '603'],
    merchant: ['20701', '20702', '20703', '20705', '20706', '303', '310', '502'],
    declined: ['20000', '20100', '100'],
  };

  for (const [reason, codes] of Object.entries(groups)) {
    test(`is "${reason}" for ${codes.join(', ')}, which are codes of ECommPay`, () => {
      for (const code of codes) {
        assert.equal(payerReason(code), reason, code);
        assert.ok(Object.hasOwn(OPERATION_CODES, code), code);
      }
    });
  }

  test('has each code of the documentation’s CashU page and of the wallet family', () => {
    const isGrouped = new Set(Object.values(groups).flat());
    const family = Object.keys(OPERATION_CODES).filter((code) => /^20[1-8]\d\d$/.test(code));
    // What is not over yet, or means nothing to a payer, is a plain refusal.
    const plain = family.filter((code) => !isGrouped.has(code));
    for (const code of plain) assert.equal(payerReason(code), 'declined', code);
    assert.ok(isGrouped.has('20202'));
  });

  test('is a plain refusal for what nobody knows', () => {
    for (const code of [undefined, '', '0', 'x', '99999', ' 20105', '20105 ', 'constructor', '__proto__'])
      assert.equal(payerReason(code), 'declined', code);
  });
});
