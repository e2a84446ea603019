import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HttpError } from '../../../lib/domain/errors.ts';
import { canonicalString } from '../../../lib/providers/ecommpay/canonical-string.ts';
import { type Callback, numberText, type PaymentReport, parseCallback, readJson } from '../../../lib/providers/ecommpay/index.ts';
import type { CallbackRules } from '../../../lib/providers/ecommpay/parse.ts';
import { callbackVectors, forgeryVectors, seedExamples } from '../../support/vectors.ts';

const SECRET = 'secret';
const RULES: CallbackRules = { secrets: [SECRET], projectId: 112 };

type Loose = Readonly<Record<string, unknown>>;

/** The text of a callback, signed as ECommPay would also sign what we never do. */
function signed(body: Loose | string, place: 'signature' | 'general' = 'signature'): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature = createHmac('sha512', SECRET)
    .update(canonicalString(readJson(text)))
    .digest('base64');
  const member = place === 'signature' ? `"signature":"${signature}"` : `"general":{"signature":"${signature}"}`;
  return text === '{}' ? `{${member}}` : `${text.slice(0, -1)},${member}}`;
}

function parse(text: string, rules: Partial<CallbackRules> = {}): Callback {
  return parseCallback(readJson(text), { ...RULES, ...rules });
}

function reportOf(callback: Callback): PaymentReport {
  assert.equal(callback.kind, 'report');
  return callback.kind === 'report' ? callback.report : assert.fail();
}

const PAYMENT = { id: 'ORDER_1', status: 'success', sum: { amount: 1000, currency: 'USD' } } as const;
const GENUINE = { project_id: 112, payment: PAYMENT } as const;

describe('the body of the forgery', () => {
  /** What becomes of it: an error (code, and the member where one is named), nothing, or the id and status that are told. */
  const ends: Readonly<Record<string, string>> = {
    'genuine-decline': 'report ORDER_1 decline',
    'status-changed': 'ERR_PAYMENTS_SIGNATURE_WRONG',
    'colon-keys-plus-proto': 'ERR_PAYMENTS_BODY_FORMAT',
    'semicolon-resplit': 'ambiguous VICTIM',
    'wrapped-in-body': 'ERR_PAYMENTS_SIGNATURE_MISSING',
    'no-signature': 'ERR_PAYMENTS_SIGNATURE_MISSING',
    'signature-array': 'ERR_PAYMENTS_SIGNATURE_WRONG',
    'signature-null': 'ERR_PAYMENTS_SIGNATURE_WRONG',
    'signature-hex': 'ERR_PAYMENTS_SIGNATURE_WRONG',
    'two-signatures-differ': 'report ORDER_1 decline',
    'frame-mode-unsigned': 'report ORDER_1 decline',
    'type-not-bound': 'report ORDER_1 decline',
    // The signature is right, and there is nothing that it could be about.
    'empty-body-signed-empty': 'ERR_PAYMENTS_NOTIFICATION',
    'null-value': 'report ORDER_1 decline',
    'pp-url-signature-as-callback': 'ERR_PAYMENTS_NOTIFICATION payment_amount',
  };
  const { secret, cases } = forgeryVectors();
  const endOf = (text: string): string => {
    try {
      const callback = parse(text, { secrets: [secret] });
      if (callback.kind === 'report') return `report ${callback.report.paymentId} ${callback.report.status}`;
      return callback.kind === 'ambiguous' ? `ambiguous ${callback.paymentId}` : 'other';
    } catch (error) {
      assert.ok(error instanceof HttpError, String(error));
      assert.equal(error.status, 400);
      const field: unknown = Reflect.get(error, 'field');
      return field === undefined ? error.code : `${error.code} ${field}`;
    }
  };
  for (const { id, raw, expect, genuineRaw, genuinePaymentPageParams } of cases) {
    test(`${id} ends as "${ends[id]}" (${expect})`, () => {
      assert.equal(endOf(raw), ends[id]);
      assert.equal(/^(report|other)/.test(ends[id] ?? ''), expect !== 'reject' && id !== 'empty-body-signed-empty');
      if (genuineRaw !== undefined) assert.equal(endOf(genuineRaw), 'ambiguous MINE');
      if (genuinePaymentPageParams !== undefined)
        assert.equal(endOf(JSON.stringify(genuinePaymentPageParams)), 'ERR_PAYMENTS_NOTIFICATION payment_amount');
    });
  }

  test('whose types were changed on its way reads as the genuine one, since no signature covers types', () => {
    const read = (id: string) => reportOf(parse(cases.find((one) => one.id === id)?.raw ?? ''));
    assert.deepEqual(read('type-not-bound'), read('genuine-decline'));
    assert.deepEqual(read('frame-mode-unsigned'), read('genuine-decline'));
  });
});

describe('the callback of ECommPay’s own tests', () => {
  /** The placeholders of PHP's formats stand where a number of a project has to be, so that they are another project's. */
  const WRONG_PROJECT = 'project_id';
  const ends: Readonly<Record<string, string>> = {
    'js-callback-short': 'report 000049 success',
    'js-callback-short-general': 'report 000049 success',
    'py-callback': 'report test-payment success',
    // Of another product, or without a number by which it could be found: there is nothing to be done.
    'py-recurring-without-payment': 'other',
    'java-callback-no-payment-id': 'other',
    'java-array-of-objects': 'other',
    'java-callback': 'report test.test-payment success',
    'go-callback': 'report 11 success',
    'go-callback-general-empty-nested': 'report 11 success',
    'php-format-1': WRONG_PROJECT,
    'php-format-2': WRONG_PROJECT,
    'php-format-4': 'report qwerty123 undefined',
    'php-format-5': WRONG_PROJECT,
    'php-format-8': WRONG_PROJECT,
  };
  for (const { id, body, secret, expect } of callbackVectors()) {
    if (expect === 'invalid') {
      test(`${id} is refused with 400`, () => {
        assert.throws(() => parseCallback(readJson(body), { secrets: [secret], projectId: 123 }), {
          status: 400,
          code: /SIGNATURE_WRONG|SIGNATURE_MISSING|BODY_FORMAT/,
        });
      });
      continue;
    }
    test(`${id} ends as "${ends[id]}"`, () => {
      const read = () => parseCallback(readJson(body), { secrets: [secret], projectId: 123 });
      if (ends[id] === WRONG_PROJECT) {
        assert.throws(read, { name: 'NotificationError', status: 400, field: 'project_id' });
        return;
      }
      const callback = read();
      assert.equal(callback.kind === 'report' ? `report ${callback.report.paymentId} ${callback.report.status}` : callback.kind, ends[id]);
    });
  }

  test('in PHP’s first format with real values in place of its placeholders is read whole', () => {
    const vector = callbackVectors().find(({ id }) => id === 'php-format-1') ?? assert.fail();
    const values: Readonly<Record<string, string>> = {
      '2': '112',
      '40': 'p-1',
      '27': 'partially refunded',
      '451': 'refund-1',
      '192': '1026',
      '193': 'refund',
      '194': 'success',
      '195': '2020-01-14T08:25:21+0000',
      '197': 'r-1',
      '198': '370',
      '199': 'USD',
      '202': '0',
      '203': 'Success',
    };
    const { general, ...layout } = JSON.parse(vector.body.replaceAll(/\[(\d+)\] \w+/g, (text, number) => values[number] ?? text));
    assert.equal(Object.keys(general).join(), 'signature');
    const report = reportOf(parse(signed(layout, 'general')));
    assert.deepEqual(
      [report.paymentId, report.status, report.projectId, report.sum, report.redirect],
      ['p-1', 'partially refunded', '112', undefined, undefined],
    );
    assert.deepEqual(report.operations, [
      {
        id: '1026',
        type: 'refund',
        status: 'success',
        requestId: 'r-1',
        merchantRefundId: 'refund-1',
        sum: { units: '370', currency: 'USD' },
        code: '0',
        message: 'Success',
        occurredAt: Date.UTC(2020, 0, 14, 8, 25, 21),
      },
    ]);
  });
});

describe('the example of the documentation', () => {
  const told: Readonly<Record<string, string>> = {
    'callback-sale-success': 'ORDER_ID_123 success 1000 USD: sale success 1028 1000 USD code 0',
    'callback-sale-decline': 'ORDER_ID_2 decline 1000 USD: sale decline 1029 1000 USD code 20202',
    'callback-refund-success': 'ORDER_ID_3 refunded 0 USD: refund success 1026 1000 USD code 0',
    'callback-refund-decline': 'ORDER_ID_4 success 1000 USD: refund decline 1026 1000 USD code 0',
  };
  for (const { id, data } of seedExamples()) {
    if (!id.startsWith('callback-')) continue;
    test(`${id}, signed at either place, reads as "${told[id]}"`, () => {
      const projectId = Number(data['project_id']);
      for (const place of ['signature', 'general'] as const) {
        const { paymentId, status, sum, operations, redirect, mayBeTriedAgain, source } = reportOf(
          parse(signed(data, place), { projectId }),
        );
        const [operation = assert.fail()] = operations;
        assert.equal(operations.length, 1);
        assert.equal(
          `${paymentId} ${status} ${sum?.units} ${sum?.currency}: ${operation.type} ${operation.status} ${operation.id} ${operation.sum?.units} ${operation.sum?.currency} code ${operation.code}`,
          told[id],
        );
        assert.deepEqual([redirect, mayBeTriedAgain, source], [undefined, false, 'callback']);
      }
    });
  }

  test('of a request, posted as a callback, is refused or says nothing', () => {
    const find = (id: string) => seedExamples().find((example) => example.id === id)?.data ?? assert.fail();
    assert.throws(() => parse(signed(find('pp-request'))), { status: 400, field: 'payment_amount' });
    for (const id of ['gate-sale-request', 'gate-refund-request'])
      assert.deepEqual(parse(signed({ ...find(id), general: undefined, project_id: 112 }, 'general')), { kind: 'other' });
  });
});

describe('a name that is not taken', () => {
  const names = ['x'.repeat(257), 'payment:status', ':', 'a:', '__proto__', 'constructor', 'prototype'];
  const wrap = (depth: number, inside: string): string => {
    let text = inside;
    for (let level = 0; level < depth; level++) text = level % 2 === 0 ? `{"a":${text}}` : `[${text}]`;
    return text;
  };
  test('is refused at any depth, signed or not, whatever its value', () => {
    for (const name of names)
      for (const depth of [0, 1, 2, 5, 12])
        for (const value of ['"x"', '{}', '[]', 'null', '{"payment":{"status":"success"}}']) {
          const inside = `{${JSON.stringify(name)}:${value}}`;
          const text = `{"project_id":112,"payment":${JSON.stringify(PAYMENT)},${
            depth === 0 ? inside.slice(1, -1) : `"x":${wrap(depth, inside)}`
          }}`;
          for (const body of [text, signed(text)])
            assert.throws(
              () => parse(body),
              { status: 400, code: 'ERR_PAYMENTS_BODY_FORMAT', message: /colon, very long, or __proto__/ },
              body,
            );
        }
  });

  test('is not smuggled in by escapes', () => {
    for (const name of ['payment\\u003astatus', '\\u005f_proto__', 'construct\\u006fr'])
      assert.throws(() => parse(`{"${name}":1}`), { code: 'ERR_PAYMENTS_BODY_FORMAT' }, name);
  });

  test('leaves the prototype of all objects as it is', () => {
    assert.throws(() => parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test('does not keep like names from being taken', () => {
    for (const name of ['proto', '__proto', 'constructors', 'a.b', 'a-b', 'ключ', ''])
      assert.equal(parse(signed({ ...GENUINE, [name]: 1 })).kind, 'report', name);
  });
});

describe('a parameter of the Payment Page', () => {
  for (const name of ['payment_amount', 'payment_currency', 'customer_id', 'force_payment_method']) {
    test(`${name} is refused at top level, whatever its value, and taken deeper down`, () => {
      for (const value of [1, '1', '', null, [], {}])
        assert.throws(() => parse(signed({ ...GENUINE, [name]: value })), { name: 'NotificationError', status: 400, field: name });
      assert.equal(parse(signed({ ...GENUINE, customer: { [name]: 1 } })).kind, 'report');
    });
  }
});

describe('a semicolon', () => {
  const places: readonly (readonly [where: string, body: Loose])[] = [
    ['a value that nobody reads', { ...GENUINE, zz: 'a;b' }],
    ['a description', { ...GENUINE, payment: { ...PAYMENT, description: 'x;payment:id:VICTIM' } }],
    ['a list', { ...GENUINE, errors: [{ message: ['a', ';'] }] }],
    ['a name', { ...GENUINE, 'a;b': 1 }],
    ['a name with an empty value', { ...GENUINE, x: { 'a;b': {} } }],
    ['what no signature covers', { ...GENUINE, frame_mode: ';' }],
    ['the status', { ...GENUINE, payment: { ...PAYMENT, status: 'success;' } }],
  ];
  for (const [where, body] of places) {
    test(`in ${where} leaves of a callback only the payment that is to be asked about`, () => {
      assert.deepEqual(parse(signed(body)), { kind: 'ambiguous', paymentId: 'ORDER_1' });
    });
  }

  test('does not turn a wrong signature, another project or a strange product into a question', () => {
    assert.throws(() => parse(JSON.stringify({ ...GENUINE, zz: ';', signature: 'A'.repeat(88) })), {
      code: 'ERR_PAYMENTS_SIGNATURE_WRONG',
    });
    assert.throws(() => parse(signed({ ...GENUINE, project_id: 113, zz: ';' })), { field: 'project_id' });
    assert.deepEqual(parse(signed({ project_id: 112, recurring: { id: 'a;b' } })), { kind: 'other' });
  });

  test('that looks like one is none', () => {
    assert.equal(parse(signed({ ...GENUINE, zz: '；\u037e' })).kind, 'report');
  });
});

describe('the project', () => {
  test('is compared at top level and in "general", as number and as text', () => {
    const { project_id: _, ...without } = GENUINE;
    for (const own of [112, '112'])
      for (const body of [
        { ...without, project_id: own },
        { ...without, general: { project_id: own } },
      ])
        assert.equal(reportOf(parse(signed(body))).projectId, '112');
    for (const other of [113, '113', '0112', ' 112', 1120, -112, '[2] projectId'])
      for (const body of [
        { ...without, project_id: other },
        { ...without, general: { project_id: other } },
      ])
        assert.throws(() => parse(signed(body)), { name: 'NotificationError', status: 400, field: 'project_id' }, JSON.stringify(body));
    assert.equal(reportOf(parse(signed(without))).projectId, undefined);
  });

  test('has to be text or a number', () => {
    for (const odd of [true, {}, [112], [[]]])
      assert.throws(() => parse(signed({ ...GENUINE, project_id: odd })), { status: 400, field: 'project_id' }, JSON.stringify(odd));
    assert.throws(() => parse(signed({ payment: PAYMENT, general: { project_id: true } })), { status: 400, field: 'general.project_id' });
  });

  test('is looked at also where a callback is of another product', () => {
    assert.throws(() => parse(signed({ project_id: 113, recurring: {} })), { field: 'project_id' });
  });
});

describe('a member of the wrong kind', () => {
  const operation = { type: 'sale', status: 'success' } as const;
  const cases: readonly (readonly [field: string, payment: Loose, more?: Loose])[] = [
    ...[true, {}, []].map((id) => ['payment.id', { ...PAYMENT, id }] as const),
    ...[false, { a: 1 }, ['success']].map((status) => ['payment.status', { ...PAYMENT, status }] as const),
    ...['10.00', '1e3', '-5', ' 5', '0x10', '1234567890123456', 10.5, -1].map(
      (amount) => ['payment.sum.amount', { ...PAYMENT, sum: { amount, currency: 'USD' } }] as const,
    ),
    ['payment.sum.amount', { ...PAYMENT, sum: { amount: [1000], currency: 'USD' } }],
    ['payment.sum.currency', { ...PAYMENT, sum: { amount: 1000, currency: true } }],
    ['operation.type', PAYMENT, { operation: { ...operation, type: {} } }],
    ['operation.status', PAYMENT, { operation: { ...operation, status: ['success'] } }],
    ['operation.id', PAYMENT, { operation: { ...operation, id: {} } }],
    ['operation.sum_initial.amount', PAYMENT, { operation: { ...operation, sum_initial: { amount: '1,5', currency: 'USD' } } }],
    ['payment.merchant_refund_id', { ...PAYMENT, merchant_refund_id: [] }],
    ['redirect_data.url', PAYMENT, { redirect_data: { url: {} } }],
  ];
  for (const [field, payment, more = {}] of cases) {
    test(`${JSON.stringify({ payment, ...more })} is a 400 that names ${field}`, () => {
      assert.throws(() => parse(signed({ project_id: 112, payment, ...more })), { name: 'NotificationError', status: 400, field });
    });
  }

  test('that is no payment at all says nothing', () => {
    for (const payment of [null, 'x', 7, true, [], [PAYMENT], {}, { status: 'success' }, { id: null }, { id: '' }])
      assert.deepEqual(parse(signed({ project_id: 112, payment })), { kind: 'other' }, JSON.stringify(payment));
  });
});

describe('JSON', () => {
  test('keeps the text of its numbers', () => {
    const data = readJson('{"a":10.0,"b":9007199254740993,"c":"7"}');
    assert.deepEqual([numberText(data['a']), numberText(data['b']), numberText(data['c'])], ['10.0', '9007199254740993', undefined]);
    const id = '900719925474099312345';
    assert.equal(reportOf(parse(signed(`{"project_id":112,"payment":{"id":${id},"status":"success"}}`))).paymentId, id);
  });

  test('is a 400 where it is none, where it is no object, and where a member stands twice with different values', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '{...',
      'null',
      '7',
      '"x"',
      '[]',
      '[{}]',
      'a=b',
      '\ufeff{}',
      '{"a":1,}',
      "{'a':1}",
      '{"a":1,"a":2}',
      '{"a":NaN}',
    ])
      assert.throws(() => readJson(text), { name: 'HttpError', status: 400, code: 'ERR_PAYMENTS_BODY_FORMAT' }, text);
    assert.equal(numberText(readJson('{"a":1,"a":1}')['a']), '1');
  });

  test('does not let an object pass for a number by its members', () => {
    const hidden = { isLosslessNumber: true, value: 'y;payment:id:MINE', toString: 'x' };
    assert.equal(parse(signed({ ...GENUINE, hidden })).kind, 'ambiguous');
    assert.throws(() => parse(signed({ ...GENUINE, payment: { ...PAYMENT, id: { isLosslessNumber: true, value: '7' } } })), {
      field: 'payment.id',
    });
    assert.throws(() => parse(JSON.stringify({ x: { isLosslessNumber: true, value: '1', 'a:b': 1 } })), {
      code: 'ERR_PAYMENTS_BODY_FORMAT',
    });
  });

  test('that is nested too deeply is a 400, at 33 levels and at 30,000', () => {
    const nested = (levels: number) => `{"x":${'[1,'.repeat(levels)}1${']'.repeat(levels)}}`;
    assert.throws(() => parse(nested(10)), { code: 'ERR_PAYMENTS_SIGNATURE_MISSING' });
    for (const levels of [33, 100, 10_000, 30_000])
      assert.throws(() => parse(nested(levels)), { name: 'HttpError', status: 400, code: 'ERR_PAYMENTS_BODY_FORMAT' }, String(levels));
  });
});

test('a callback gives a result or a 400, whatever is signed', () => {
  const name = fc.constantFrom('payment', 'operation', 'operations', 'sum', 'id', 'status', 'type', 'amount', 'project_id', 'general', 'a');
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 0 }),
      fc.constantFrom('success', 'sale', 'refund', '112', '1000', 'USD', ';'),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value;
  const body = fc.dictionary(name, tree).filter((data) => !Object.hasOwn(data, 'general'));
  fc.assert(
    fc.property(body, (data) => {
      try {
        assert.match(parse(signed(data)).kind, /^(other|ambiguous|report)$/);
      } catch (error) {
        assert.ok(error instanceof HttpError && error.status === 400, String(error));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('every secret of a list is taken', () => {
  assert.equal(parseCallback(readJson(signed(GENUINE)), { secrets: ['newer', SECRET], projectId: 112 }).kind, 'report');
  assert.throws(() => parseCallback(readJson(signed(GENUINE)), { secrets: ['newer'], projectId: 112 }), {
    code: 'ERR_PAYMENTS_SIGNATURE_WRONG',
    message: /secret is not the one of this project/,
  });
});
