import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildNotification } from '../../lib/testing/index.ts';

const ONLY_AFTER_AUTHORISATION = ['GatewayName', 'AuthCode', 'Token', 'TotalFee', 'Rrn'];

function namesOfVector(file: string): string[] {
  const body = readFileSync(join(import.meta.dirname, '../vectors/cloudpayments/bodies', file), 'utf8');
  return [...new URLSearchParams(body).keys()];
}

describe('a sample notification', () => {
  test('of type pay has the names of a captured one, in their order', () => {
    assert.deepEqual(Object.keys(buildNotification('pay')), namesOfVector('2025-07-pay-test-card.form'));
  });

  test('of type fail has the names of a captured one, in their order', () => {
    assert.deepEqual(Object.keys(buildNotification('fail')), namesOfVector('2025-07-fail-test-3ds.form'));
  });

  test('of type check has nothing that only an authorised payment has', () => {
    const names = Object.keys(buildNotification('check'));
    assert.deepEqual(
      names.filter((name) => ONLY_AFTER_AUTHORISATION.includes(name)),
      [],
    );
  });

  test('of type check says Completed, as the real one does', () => {
    assert.equal(buildNotification('check')['Status'], 'Completed');
  });

  test('of type refund and cancel has neither currency nor test mode', () => {
    for (const type of ['refund', 'cancel'] as const) {
      const names = Object.keys(buildNotification(type));
      assert.deepEqual(
        names.filter((name) => ['Currency', 'TestMode', 'Status'].includes(name)),
        [],
      );
    }
  });

  test('of type recurrent has no transaction', () => {
    assert.equal(buildNotification('recurrent')['TransactionId'], undefined);
  });

  test('keeps the place of a parameter that is overridden', () => {
    const names = Object.keys(buildNotification('pay', { Data: '{}', Rrn: '1', Extra: 'x' }));
    assert.equal(names[names.indexOf('GatewayName') + 1], 'Data');
    assert.equal(names[names.indexOf('PaymentMethod') + 1], 'Rrn');
    assert.equal(names.at(-1), 'Extra');
  });

  test('leaves out what is overridden with undefined', () => {
    assert.equal('Token' in buildNotification('pay', { Token: undefined }), false);
  });

  test('has a transaction number of its own, above the one before', () => {
    const numbers = Array.from({ length: 1000 }, () => Number(buildNotification('pay')['TransactionId']));
    assert.ok(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0)));
    assert.ok(numbers.every(Number.isSafeInteger));
  });
});
