import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NOTIFICATION_TYPES, type NotificationType } from '../../../lib/domain/notification.ts';
import { formatOf, parseNotification, readFields } from '../../../lib/providers/cloudpayments/index.ts';
import { buildNotification, encodeJsonNotification, encodeNotification, type NotificationOverrides } from '../../../lib/testing/index.ts';
import { hmacVectors, notificationVectors, vectorBody } from '../../support/vectors.ts';

function form(text: string): Record<string, string> {
  return { ...readFields(Buffer.from(text), 'form') };
}

function json(text: string): Record<string, string> {
  return { ...readFields(Buffer.from(text), 'json') };
}

function parse(type: NotificationType, overrides: NotificationOverrides = {}): ReturnType<typeof parseNotification> {
  return parseNotification(type, form(encodeNotification(buildNotification(type, overrides))));
}

describe('the parameters', () => {
  for (const vector of notificationVectors()) {
    test(`of ${vector.id} are read as they were written, empty ones left out`, () => {
      const expected = Object.fromEntries(vector.fields.filter(([, value]) => value !== ''));
      assert.deepEqual(form(vectorBody(vector)), expected);
      assert.deepEqual(json(encodeJsonNotification(Object.fromEntries(vector.fields))), expected);
      const type = NOTIFICATION_TYPES.find((known) => known === vector.type.toLowerCase()) ?? assert.fail();
      const notification = parseNotification(type, expected);
      assert.equal(notification.type, type);
      if (expected['DateTime'] !== undefined)
        assert.equal(new Date(notification.occurredAt ?? 0).toISOString(), `${expected['DateTime'].replace(' ', 'T')}.000Z`);
    });
  }

  for (const { id, body, query, expectParsed, contentType } of hmacVectors().vectors) {
    if (expectParsed === undefined) continue;
    test(`of the signed vector ${id} have the values that it says`, () => {
      const fields = contentType?.includes('json') ? json(body ?? '') : form(body ?? query ?? '');
      for (const [name, value] of Object.entries(expectParsed)) assert.equal(fields[name], value);
    });
  }

  test('of a form may be odd', () => {
    const odd: readonly (readonly [text: string, fields: Readonly<Record<string, string>>])[] = [
      ['', {}],
      ['&&', {}],
      ['a', {}],
      ['a=', {}],
      ['=b', { '': 'b' }],
      ['a=b=c', { a: 'b=c' }],
      ['a=1&&b=2&', { a: '1', b: '2' }],
      ['a+b=c+d', { 'a b': 'c d' }],
      ['a=%2B%26%3D', { a: '+&=' }],
      ['a=100%', { a: '100%' }],
      ['a=%zz%4', { a: '%zz%4' }],
      ['a=%41%zz', { a: 'A%zz' }],
      ['a=%00b', { a: '\uFFFDb' }],
      ['a=%ed%9f%bf', { a: '\uD7FF' }],
      ['a=%f0%9f%98%80', { a: '😀' }],
      ['a=привет', { a: 'привет' }],
      ['a[]=1&a[0]=2&a.b=3', { 'a[]': '1', 'a[0]': '2', 'a.b': '3' }],
      ['constructor=1&toString=2&hasOwnProperty=3', { constructor: '1', toString: '2', hasOwnProperty: '3' }],
    ];
    for (const [text, fields] of odd) assert.deepEqual(form(text), fields, text);
    assert.equal(Object.getOwnPropertyDescriptor(readFields(Buffer.from('__proto__=x'), 'form'), '__proto__')?.value, 'x');
  });

  test('that are no UTF-8 are refused, with the setting to change', () => {
    for (const text of ['a=%cf%f0%e8', 'a=%ff', 'a=%80', 'a=%ed%a0%80', 'a=%c0%80', 'a=%f5%80%80%80', 'a=%e2%82', '%cf=1', 'a=%zz%ff'])
      assert.throws(() => form(text), { code: 'ERR_PAYMENTS_BODY_ENCODING', status: 400, message: /UTF-8.*cabinet/ }, text);
    assert.throws(() => readFields(Buffer.from([0x61, 0x3d, 0xff]), 'form'), { code: 'ERR_PAYMENTS_BODY_ENCODING' });
    assert.throws(() => readFields(Buffer.from([0x22, 0xff, 0x22]), 'json'), { code: 'ERR_PAYMENTS_BODY_ENCODING' });
  });

  test('that decide something and stand there twice are refused, also with one of them empty', () => {
    for (const text of ['Amount=1&Amount=2', 'Amount=1&Amount=1', 'Amount=&Amount=1', 'Amount=1&%41mount=2', 'Amount=1&Amount'])
      assert.throws(() => form(text), { status: 400, field: 'Amount' }, text);
    assert.deepEqual({ ...form('CustomFields=a&CustomFields=&CustomFields=b&x[]=1&x[]=2') }, { CustomFields: 'a,b', 'x[]': '1,2' });
  });

  test('that are decoded text, over which the other signature is made, are refused', () => {
    for (const text of ['TransactionId=1&DateTime=2026-01-01 10:00:00', 'a=1\n', 'a=\t1', 'a=\u007f'])
      assert.throws(() => form(text), { status: 400, code: 'ERR_PAYMENTS_BODY_FORMAT' }, text);
  });

  test('are read as JSON or as a form by what they are, whatever the content type says', () => {
    for (const text of ['{', ' {"a":1}', '\r\n{']) assert.equal(formatOf(Buffer.from(text)), 'json', text);
    for (const text of ['', 'a=1', '[1]', '"{"', '%7b']) assert.equal(formatOf(Buffer.from(text)), 'form', text);
  });

  test('that stand twice in JSON are refused', () => {
    assert.throws(() => json('{"a":1,"a":2}'), { status: 400 });
  });

  test('of JSON keep the text of numbers and of what is nested', () => {
    assert.deepEqual(
      json(
        '{"a":25.00,"b":12345678901234567890,"c":true,"d":false,"e":null,"f":"","g":{"h":[1.10]},"i":[],"j":-0.0,"k":"\\u0000\\ud800x"}',
      ),
      {
        ...{ a: '25.00', b: '12345678901234567890', c: '1', d: '0', g: '{"h":[1.10]}', i: '[]', j: '-0.0', k: '\uFFFD\uFFFDx' },
      },
    );
    assert.equal(Object.getOwnPropertyDescriptor(readFields(Buffer.from('{"__proto__":"x"}'), 'json'), '__proto__')?.value, 'x');
    assert.deepEqual(Object.keys(json('{"__proto__":{"Amount":"1"},"constructor":"y"}')).sort(), ['__proto__', 'constructor']);
    assert.equal(json('{"__proto__":{"Amount":"1"}}')['Amount'], undefined);
  });

  test('of anything that is no JSON object are refused', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '"a"',
      '1',
      'null',
      '{"a":1}x',
      '{a:1}',
      "{'a':1}",
      '{"a":01}',
      '{"a":NaN}',
      `${'['.repeat(30_000)}`,
      `${'{"a":'.repeat(10_000)}`,
    ])
      assert.throws(() => json(text), { status: 400 }, text.slice(0, 20));
  });

  test('are read back whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' })), (fields) => {
        const expected = Object.entries(fields).flatMap(([name, value]) => (value === '' ? [] : [[clean(name), clean(value)]]));
        assert.deepEqual(Object.entries(form(encodeNotification(fields))).sort(), expected.sort());
      }),
    );
  });

  test('of any bytes at all are read or refused, never a failure of ours', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('form', 'json'), (raw, format) => {
        try {
          readFields(raw, format);
        } catch (error) {
          assert.equal(Reflect.get(Object(error), 'status'), 400);
        }
      }),
    );
  });
});

function clean(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

describe('a notification', () => {
  test('says what it is about', () => {
    const pay = parse('pay', {
      TransactionId: '0012',
      Amount: '1000',
      Currency: 'rub',
      AccountId: '000123',
      InvoiceId: '7',
      SubscriptionId: 'sc_1',
      DateTime: '2022-02-10 12:00:00',
    });
    assert.deepEqual(
      [
        pay.externalId,
        pay.paymentCode,
        pay.amount,
        pay.currency,
        pay.account,
        pay.invoiceId,
        pay.subscriptionId,
        pay.isTest,
        pay.occurredAt,
      ],
      ['0012', '0012', '1000.00', 'RUB', '000123', '7', 'sc_1', true, Date.UTC(2022, 1, 10, 12)],
    );
    const refund = parse('refund', { TransactionId: 2, PaymentTransactionId: 1 });
    assert.deepEqual([refund.externalId, refund.paymentCode, refund.currency], ['2', '1', undefined]);
  });

  test('in test mode is marked however the bit is written', () => {
    for (const [TestMode, isTest] of [
      ['1', true],
      ['true', true],
      ['True', true],
      ['0', false],
      ['false', false],
      ['', false],
      [undefined, false],
    ] as const)
      assert.equal(parse('pay', { TestMode }).isTest, isTest, String(TestMode));
  });

  test('with a time that is none is as good as without', () => {
    for (const DateTime of [
      '',
      'yesterday',
      '10.02.2022 12:00:00',
      '2022-13-01 00:00:00',
      '2022-02-30 00:00:00',
      '2022-02-10 25:00:00',
      '2022-02-10',
      '2022-02-10 12:00:00+03:00',
    ])
      assert.equal(parse('pay', { DateTime }).occurredAt, undefined, DateTime);
    for (const DateTime of ['2022-02-10T12:00:00', '2022-02-10T12:00:00Z', '2022-02-10 12:00:00.123'])
      assert.equal(parse('pay', { DateTime }).occurredAt, Date.UTC(2022, 1, 10, 12), DateTime);
  });

  test('that lacks what its type needs is refused with the field', () => {
    for (const type of ['check', 'pay', 'fail', 'confirm', 'refund', 'cancel'] as const)
      for (const TransactionId of ['', 'abc', '-1', '1.5', '1e3', ' 1', '1'.repeat(21)])
        assert.throws(() => parse(type, { TransactionId }), { status: 400, field: 'TransactionId' }, `${type} ${TransactionId}`);
    for (const type of ['check', 'pay', 'confirm', 'refund'] as const)
      for (const Amount of ['', '0', '0.00', '-1.00', '1e3', '1,00', 'abc', '99999999999999999'])
        assert.throws(() => parse(type, { Amount }), { status: 400, field: 'Amount' }, `${type} ${Amount}`);
    for (const Currency of ['R', 'RUBL', '643', 'РУБ']) assert.throws(() => parse('pay', { Currency }), { status: 400, field: 'Currency' });
    assert.throws(() => parse('refund', { PaymentTransactionId: '' }), { field: 'PaymentTransactionId' });
    for (const type of ['fail', 'cancel', 'recurrent', 'receipt'] as const)
      assert.equal(parse(type, { Amount: 'nonsense' }).amount, undefined);
  });

  test('without a number of its own is told from the next by what it says', () => {
    const one = { StartDate: '2026-01-01 00:00:00', LastTransactionDate: '2026-01-01 00:00:00' };
    const key = (overrides: NotificationOverrides = {}) => parse('recurrent', { ...one, ...overrides }).externalId;
    assert.equal(key(), key());
    assert.equal(key(), key({ Email: 'new@example.com' }));
    for (const other of [
      { Status: 'PastDue' },
      { SuccessfulTransactionsNumber: 9 },
      { FailedTransactionsNumber: 1 },
      { Id: 'sc_2' },
      { NextTransactionDate: '2026-02-01 00:00:00' },
    ])
      assert.notEqual(key(), key(other), JSON.stringify(other));
  });
});
