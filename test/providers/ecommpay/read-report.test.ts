import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PaymentReport, readJson } from '../../../lib/providers/ecommpay/index.ts';
import { readProjectId, readReport } from '../../../lib/providers/ecommpay/read-report.ts';

type Loose = Readonly<Record<string, unknown>>;

/** By way of JSON text, as everything comes. */
function read(data: Loose, source: PaymentReport['source'] = 'callback'): PaymentReport | undefined {
  return readReport(readJson(JSON.stringify(data)), source);
}

function report(payment: Loose, more: Loose = {}): PaymentReport {
  return read({ payment: { id: 'p-1', ...payment }, ...more }) ?? assert.fail();
}

const SALE = { id: 1028, type: 'sale', status: 'success', sum_initial: { amount: 1000, currency: 'USD' } } as const;
const REFUND = { id: 1029, type: 'refund', status: 'success', sum_initial: { amount: 300, currency: 'USD' } } as const;

describe('a report', () => {
  test('is there only where a payment has a number', () => {
    for (const data of [{}, { payment: null }, { payment: {} }, { payment: { id: '' } }, { payment: 'x' }, { id: 'p-1' }])
      assert.equal(read(data), undefined, JSON.stringify(data));
    assert.equal(report({}).paymentId, 'p-1');
    assert.equal(report({ id: 112 }).paymentId, '112');
    assert.equal(read({ payment: { id: 'p-1' } }, 'status')?.source, 'status');
  });

  test('of a payment of which nothing more is said says nothing more', () => {
    assert.deepEqual(report({}), {
      source: 'callback',
      paymentId: 'p-1',
      projectId: undefined,
      status: undefined,
      sum: undefined,
      mayBeTriedAgain: false,
      operations: [],
      redirect: undefined,
    });
  });

  test('has statuses and types in lower case, and currencies in upper case', () => {
    const { status, sum, operations } = report(
      { status: 'Partially REFUNDED', sum: { amount: 5, currency: 'usd' } },
      { operation: { ...REFUND, type: 'Refund', status: 'SUCCESS' } },
    );
    assert.deepEqual(
      [status, sum?.currency, operations[0]?.type, operations[0]?.status],
      ['partially refunded', 'USD', 'refund', 'success'],
    );
  });

  test('reads numbers and text alike, since no signature tells them apart', () => {
    const asNumbers = report({ sum: { amount: 1000, currency: 'USD' } }, { project_id: 112, operation: SALE });
    const sum = { amount: '1000', currency: 'USD' };
    const asText = report({ sum }, { project_id: '112', operation: { ...SALE, id: '1028', sum_initial: sum } });
    assert.deepEqual(asText, asNumbers);
  });

  test('keeps the digits of large numbers', () => {
    const data = readJson('{"payment":{"id":9007199254740993},"operation":{"type":"sale","id":12345678901234567890}}');
    const { paymentId, operations } = readReport(data, 'callback') ?? assert.fail();
    assert.deepEqual([paymentId, operations[0]?.id], ['9007199254740993', '12345678901234567890']);
  });

  test('has a sum only where amount and currency are there', () => {
    for (const sum of [undefined, null, {}, { amount: 1000 }, { currency: 'USD' }, { amount: '', currency: 'USD' }, 'x', 1000, [1000]])
      assert.equal(report({ sum }).sum, undefined, JSON.stringify(sum));
    assert.deepEqual(report({ sum: { amount: 0, currency: 'USD' } }).sum, { units: '0', currency: 'USD' });
  });

  test('does not look at what is not used', () => {
    const odd = {
      payment: { id: 'p-1', method: [], type: {}, description: [[]], date: true, region: 7 },
      account: 'x',
      customer: [],
      errors: {},
    };
    assert.equal(
      read({ ...odd, operation: { ...SALE, provider: 'x', sum_converted: 7, eci: {} }, clarification_fields: 7 })?.paymentId,
      'p-1',
    );
  });

  test('cleans text of what databases do not take', () => {
    assert.equal(report({ id: 'a\0b\ud800' }).paymentId, 'a\ufffdb\ufffd');
    assert.equal(report({}, { operation: { ...SALE, message: 'no\0' } }).operations[0]?.message, 'no\ufffd');
  });

  test('says that a payer may try again, however "true" is written', () => {
    for (const value of [true, 1, '1']) assert.equal(report({ is_new_attempts_available: value }).mayBeTriedAgain, true, String(value));
    for (const value of [false, 0, '0', null, '', 'false', {}, [1]])
      assert.equal(report({ is_new_attempts_available: value }).mayBeTriedAgain, false, JSON.stringify(value));
  });
});

describe('the operations', () => {
  test('are the one of a callback, or the list of an answer', () => {
    assert.deepEqual(report({}, { operation: SALE }).operations, [
      {
        ...{ id: '1028', type: 'sale', status: 'success', requestId: undefined, merchantRefundId: undefined },
        ...{ sum: { units: '1000', currency: 'USD' }, code: undefined, message: undefined, occurredAt: undefined },
      },
    ]);
    assert.deepEqual(
      report({}, { operations: [SALE, REFUND] }).operations.map(({ id }) => id),
      ['1028', '1029'],
    );
    for (const operation of [null, 'x', 7, [], [SALE]])
      assert.deepEqual(report({}, { operation }).operations, [], JSON.stringify(operation));
    assert.deepEqual(report({}, { operations: [null, 'x', SALE, []] }).operations.length, 1);
  });

  test('are not hidden by what no signature covers: an empty list, or empty operations in it', () => {
    for (const operations of [[], {}, [{}], [[]], [{ sum_initial: {} }], [{ signature: 'x', frame_mode: 'y' }]])
      assert.deepEqual(
        report({}, { operation: REFUND, operations }).operations.map(({ id, type }) => [id, type]),
        [['1029', 'refund']],
        JSON.stringify(operations),
      );
  });

  test('keep what has no type, so that it does not pass for nothing', () => {
    assert.deepEqual(
      report({}, { operations: [{ id: 1, status: 'success' }] }).operations.map(({ id, type, status }) => [id, type, status]),
      [['1', '', 'success']],
    );
    assert.equal(report({}, { operation: {} }).operations.length, 1);
  });

  test('do not fail by what is only shown: a code, a message or a date that is no text', () => {
    for (const odd of [[], {}, true, null, [['x']]]) {
      const [told] = report({}, { operation: { ...SALE, code: odd, message: odd, date: odd } }).operations;
      assert.deepEqual([told?.status, told?.code, told?.message, told?.occurredAt], ['success', undefined, undefined, undefined]);
    }
    assert.equal(report({}, { operation: { ...SALE, code: 20202 } }).operations[0]?.code, '20202');
  });

  test('have the sum that was asked for, not the converted one', () => {
    const [operation] = report({}, { operation: { ...SALE, sum_converted: { amount: 900, currency: 'EUR' } } }).operations;
    assert.deepEqual(operation?.sum, { units: '1000', currency: 'USD' });
    const [other] = report({}, { operation: { type: 'sale', sum: { amount: 7, currency: 'USD' } } }).operations;
    assert.deepEqual(other?.sum, { units: '7', currency: 'USD' });
  });

  const dates: readonly (readonly [text: unknown, ms: number | undefined])[] = [
    ['2020-01-14T08:27:24+0000', Date.UTC(2020, 0, 14, 8, 27, 24)],
    ['2020-01-14T08:27:24+00:00', Date.UTC(2020, 0, 14, 8, 27, 24)],
    ['2020-01-14T08:27:24+0330', Date.UTC(2020, 0, 14, 4, 57, 24)],
    ['2020-01-14T08:27:24-05', Date.UTC(2020, 0, 14, 13, 27, 24)],
    ['2020-01-14T08:27:24Z', Date.UTC(2020, 0, 14, 8, 27, 24)],
    ['2020-01-14T08:27:24', undefined],
    ['2020-01-14 08:27:24+0000', undefined],
    ['2020-13-14T08:27:24+0000', undefined],
    ['2020-01-14T25:27:24+0000', undefined],
    ['0000-00-00T00:00:00+0000', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [1578990444, undefined],
  ];
  for (const [text, ms] of dates) {
    test(`of ${JSON.stringify(text)} were ${ms === undefined ? 'at no time that is known' : `at ${new Date(ms).toISOString()}`}`, () => {
      assert.equal(report({}, { operation: { ...SALE, date: text } }).operations[0]?.occurredAt, ms);
    });
  }
});

describe('the number of a refund that the merchant gave', () => {
  const numbers = (payment: Loose, more: Loose): readonly (string | undefined)[] =>
    report(payment, more).operations.map(({ merchantRefundId }) => merchantRefundId);

  test('stands with the payment and belongs to its one refund', () => {
    assert.deepEqual(numbers({ merchant_refund_id: 'r-1' }, { operation: REFUND }), ['r-1']);
    assert.deepEqual(numbers({ merchant_refund_id: 'r-1' }, { operations: [SALE, REFUND] }), [undefined, 'r-1']);
    assert.deepEqual(numbers({ merchant_refund_id: 7 }, { operation: { ...REFUND, type: 'reversal' } }), ['7']);
  });

  test('belongs to no sale, and to none of several refunds', () => {
    assert.deepEqual(numbers({ merchant_refund_id: 'r-1' }, { operation: SALE }), [undefined]);
    assert.deepEqual(numbers({ merchant_refund_id: 'r-1' }, { operations: [REFUND, { ...REFUND, id: 1030 }] }), [undefined, undefined]);
  });

  test('may stand with the operation too', () => {
    const operations = [
      { ...REFUND, merchant_refund_id: 'r-1' },
      { ...REFUND, id: 1030, merchant_refund_id: 'r-2' },
    ];
    assert.deepEqual(numbers({}, { operations }), ['r-1', 'r-2']);
  });
});

describe('the way to CashU', () => {
  const url = 'https://example.cashu.com/cgi-bin/payment/pcashu.cgi';

  test('is an address, a method and the members of a form', () => {
    const body = { Transaction_Code: 'test123', amount: 10, empty: '', nothing: null };
    assert.deepEqual(report({}, { redirect_data: { method: 'POST', body, encrypted: [], url } }).redirect, {
      ...{ url, method: 'POST' },
      body: { Transaction_Code: 'test123', amount: '10', empty: '', nothing: '' },
    });
  });

  test('takes what is no text in the fields as a form would send it, and leaves out what no form has', () => {
    const body = { yes: true, none: null, number: 5, nested: { a: 1 }, list: [1] };
    assert.deepEqual(report({}, { redirect_data: { body, url: 'https://a.example' } }).redirect?.body, {
      yes: 'true',
      none: '',
      number: '5',
    });
  });

  test('has an empty list for no members at all', () => {
    for (const body of [[], {}, null, undefined, 'x'])
      assert.deepEqual(report({}, { redirect_data: { method: 'get', body, url } }).redirect, { url, method: 'GET', body: {} });
  });

  test('is spelled in two ways, and is POST where its method is not known', () => {
    assert.deepEqual(report({}, { redirectData: { url } }).redirect, { url, method: 'POST', body: {} });
    assert.equal(report({}, { redirect_data: { url, method: 'PUT' } }).redirect?.method, 'POST');
  });

  test('is not there without an address', () => {
    for (const redirect of [null, [], 'x', {}, { method: 'GET' }, { url: '' }, { url: null }])
      assert.equal(report({}, { redirect_data: redirect }).redirect, undefined, JSON.stringify(redirect));
  });

  test('keeps an address as it came: whether to go there is for the page to judge', () => {
    assert.equal(report({}, { redirect_data: { url: 'javascript:alert(1)' } }).redirect?.url, 'javascript:alert(1)');
  });
});

test('the project stands at top level, else in "general"', () => {
  const project = (data: Loose) => readProjectId(readJson(JSON.stringify(data)));
  assert.equal(project({ project_id: 112, general: { project_id: 113 } }), '112');
  assert.equal(project({ general: { project_id: '113' } }), '113');
  assert.equal(project({ project_id: null, general: { project_id: '113' } }), '113');
  for (const data of [{}, { project_id: '' }, { general: [] }, { general: 'x' }]) assert.equal(project(data), undefined);
});
