import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { encodeJsonNotification, encodeNotification } from '../../lib/testing/index.ts';

const VECTORS = join(import.meta.dirname, '../vectors/cloudpayments');
const {
  notifications,
}: { readonly notifications: readonly { readonly id: string; readonly file: string; readonly fields: [string, string][] }[] } = JSON.parse(
  readFileSync(join(VECTORS, 'notifications.json'), 'utf8'),
);

describe('a form body', () => {
  for (const { id, file, fields } of notifications) {
    test(`has the bytes of the service (${id})`, () => {
      assert.equal(encodeNotification(Object.fromEntries(fields)), readFileSync(join(VECTORS, file), 'utf8'));
    });
  }

  test('leaves -_.!*() bare and writes everything else in lower-case hex', () => {
    assert.equal(encodeNotification({ a: "-_.!*()~'/:\r\n" }), 'a=-_.!*()%7e%27%2f%3a%0d%0a');
  });

  test('has a plus for a space and an escape for a plus', () => {
    assert.equal(encodeNotification({ a: 'b c+d' }), 'a=b+c%2bd');
  });

  test('keeps empty values', () => {
    assert.equal(encodeNotification({ Token: '', Email: '' }), 'Token=&Email=');
  });

  test('survives half of a surrogate pair', () => {
    assert.equal(encodeNotification({ a: '\ud83d' }), 'a=%ef%bf%bd');
  });
});

describe('a JSON body', () => {
  test('has numbers with their digits, and text for everything else', () => {
    const body = encodeJsonNotification({ TransactionId: '17', Amount: '25.00', AccountId: '007', TestMode: '1', Description: 'a "b"' });
    assert.equal(body, '{"TransactionId":17,"Amount":25.00,"AccountId":"007","TestMode":1,"Description":"a \\"b\\""}');
  });

  test('has empty text where a number is missing', () => {
    assert.equal(encodeJsonNotification({ TotalFee: '', Amount: '1e3' }), '{"TotalFee":"","Amount":"1e3"}');
  });
});
