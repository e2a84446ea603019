import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ApiError } from '../../../lib/domain/errors.ts';
import { CASHU_CURRENCIES, EcommpayDataApi, isSignatureGenuine, signData } from '../../../lib/providers/ecommpay/index.ts';
import { type ReceivedRequest, type Receiver, reply, startReceiver } from '../../support/receiver.ts';

const SECRET = 'secret of the token';
const SPAN = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') } as const;

let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
});
after(() => receiver.close());

function api(currencies = CASHU_CURRENCIES): EcommpayDataApi {
  return new EcommpayDataApi({ url: `${receiver.url}/v1`, token: 'token-1', secret: SECRET, projectId: 112, currencies });
}

type Loose = Readonly<Record<string, unknown>>;

const ROW = {
  project_id: '112',
  operation_id: '1028',
  payment_id: 'ORDER_1',
  operation_type: 'Sale',
  operation_status: 'Success',
  payment_method_name: 'CashU',
  payment_method_type: 'wallet',
  operation_created_at: '2026-01-01T10:00:00+00:00',
  operation_completed_at: '2026-01-01T10:00:05+03:00',
  sum_initial: { amount: 1000, currency: 'usd' },
} as const;

function answer(data: Loose, secret = SECRET): void {
  receiver.answerNext(reply(200, { body: JSON.stringify({ ...data, signature: signData(data, secret) }) }));
}

function bodyOf({ body }: ReceivedRequest): Loose {
  return JSON.parse(String(body));
}

describe('the list of operations', () => {
  test('is asked for with a token, whole seconds and a signature', async () => {
    answer({ operations: [] });
    const to = new Date('2026-01-02T00:00:00.001Z');
    assert.deepEqual(await api().operations({ from: new Date('2026-01-01T00:00:00.999Z'), to }), []);
    const request = receiver.requests.at(-1) ?? assert.fail();
    assert.deepEqual([request.method, request.url], ['POST', '/v1/operations/get']);
    const { signature, ...body } = bodyOf(request);
    assert.deepEqual(body, {
      project_id: [112],
      interval: { from: '2026-01-01 00:00:00', to: '2026-01-02 00:00:01' },
      ...{ tz: 'UTC', limit: 1_000, offset: 0, token: 'token-1' },
    });
    assert.equal(isSignatureGenuine({ ...body, signature }, [SECRET]), true);
  });

  test('has each operation with its amount in the decimals of its currency', async () => {
    const kwd = { ...ROW, operation_id: 1029, sum_initial: { amount: '12345', currency: 'KWD' }, operation_type: 'refund' };
    answer({ operations: [ROW, kwd] });
    const [first, second] = await api().operations(SPAN);
    assert.deepEqual(first, {
      operationId: '1028',
      paymentId: 'ORDER_1',
      type: 'sale',
      status: 'success',
      method: 'CashU wallet',
      amount: '10.00',
      currency: 'USD',
      createdAt: new Date('2026-01-01T10:00:00Z'),
      completedAt: new Date('2026-01-01T07:00:05Z'),
    });
    assert.deepEqual([second?.operationId, second?.amount, second?.currency, second?.type], ['1029', '12.345', 'KWD', 'refund']);
    answer({ operations: [kwd] });
    const [told] = await api({ ...CASHU_CURRENCIES, KWD: 2 }).operations(SPAN);
    assert.equal(told?.amount, '123.45');
  });

  test('names the method as far as ECommPay does', async () => {
    const methods: readonly (readonly [name: unknown, type: unknown, method: string | undefined])[] = [
      ['CashU', undefined, 'CashU'],
      ['', 'wallet', 'wallet'],
      [null, 7, undefined],
      [undefined, undefined, undefined],
    ];
    for (const [payment_method_name, payment_method_type, method] of methods) {
      answer({ operations: [{ ...ROW, payment_method_name, payment_method_type }] });
      const [operation] = await api().operations(SPAN);
      assert.equal(operation?.method, method);
    }
  });

  test('takes what is missing or odd in a row as not known', async () => {
    const odd = [
      {},
      { operation_id: 2, sum_initial: null, operation_completed_at: '' },
      { operation_id: 3, sum_initial: { amount: '10.50', currency: null }, operation_created_at: 'yesterday', payment_id: [] },
      { operation_id: 4, sum_initial: 'x', operation_type: { toString: 1 } },
    ];
    answer({ operations: [null, 'x', ...odd] });
    const operations = await api().operations(SPAN);
    assert.equal(operations.length, 4);
    for (const { amount, currency, createdAt, completedAt, paymentId, type } of operations)
      assert.deepEqual([amount, currency, createdAt, completedAt, paymentId, type], [undefined, '', undefined, undefined, '', '']);
  });

  test('has dates without an offset in the time zone that was asked for, whatever the process has', async () => {
    const dates = [
      '2026-01-01 10:00:05',
      '2026-01-01T10:00:05',
      '2026-01-01T10:00:05Z',
      '2026-01-01 12:00:05+02:00',
      '2026-01-01T10:00:05+0000',
    ];
    answer({ operations: dates.map((date, index) => ({ ...ROW, operation_id: index, operation_completed_at: date })) });
    const operations = await api().operations(SPAN);
    assert.deepEqual(
      operations.map(({ completedAt }) => completedAt?.toISOString()),
      dates.map(() => '2026-01-01T10:00:05.000Z'),
    );
  });

  test('leaves out what lies beyond the time that was asked for', async () => {
    const at = (date: string, id: number) => ({ ...ROW, operation_id: id, operation_completed_at: date });
    answer({
      operations: [
        ...[at('2025-12-31T23:59:59+00:00', 1), at('2026-01-01T00:00:00+00:00', 2), at('2026-01-01T23:59:59+00:00', 3)],
        ...[at('2026-01-02T00:00:00+00:00', 4), at('', 5)],
      ],
    });
    assert.deepEqual(
      (await api().operations(SPAN)).map(({ operationId }) => operationId),
      ['2', '3', '5'],
    );
  });

  test('is read page by page, until one is not full; what comes twice counts once', async () => {
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...ROW, operation_id: String(from + index) }));
    const count = receiver.requests.length;
    answer({ operations: rows(0, 1_000) });
    // A row that was added meanwhile has moved the others by one.
    answer({ operations: rows(999, 1_000) });
    answer({ operations: rows(1_999, 3) });
    const operations = await api().operations(SPAN);
    assert.equal(operations.length, 2_002);
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, 2_002);
    assert.deepEqual(
      receiver.requests.slice(count).map((request) => bodyOf(request)['offset']),
      [0, 1_000, 2_000],
    );
  });

  test('ends with an empty page where the last one was full', async () => {
    answer({ operations: Array.from({ length: 1_000 }, (_, index) => ({ ...ROW, operation_id: index })) });
    answer({ operations: [] });
    assert.equal((await api().operations(SPAN)).length, 1_000);
  });
});

async function failure(): Promise<ApiError> {
  try {
    await api().operations(SPAN);
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return error;
  }
  return assert.fail('it did not fail');
}

describe('an answer that is of no use', () => {
  test('is an error with what ECommPay says', async () => {
    for (const status of [400, 401, 403]) {
      receiver.answerNext(reply(status, { body: JSON.stringify({ name: 'Unauthorized', message: 'Bad token', code: 0, status }) }));
      const error = await failure();
      assert.deepEqual([error.answered, error.message], [true, `ECommPay’s Data API answered with HTTP ${status}: Bad token`]);
    }
    receiver.answerNext(reply(500, { body: '{"message":"Oops"}' }), reply(502, { body: '<html>' }), reply(200, { body: '<html>' }));
    assert.deepEqual([(await failure()).answered, (await failure()).answered], [false, false]);
    assert.match((await failure()).message, /HTTP 200: nothing that can be used/);
  });

  test('is an error where its signature is wrong or missing, or is that of the project', async () => {
    answer({ operations: [ROW] }, 'secret of the project');
    assert.match((await failure()).message, /signature .* is wrong/);
    receiver.answerNext(reply(200, { body: JSON.stringify({ operations: [ROW] }) }));
    const error = await failure();
    assert.match(error.message, /signature .* is wrong/);
    assert.equal(error.answered, true);
    const changed = { operations: [ROW], signature: signData({ operations: [{ ...ROW, operation_status: 'decline' }] }, SECRET) };
    receiver.answerNext(reply(200, { body: JSON.stringify(changed) }));
    assert.match((await failure()).message, /signature .* is wrong/);
  });

  test('is an error where it has no list', async () => {
    for (const data of [{}, { operations: {} }, { operations: 'x' }]) {
      answer(data);
      assert.match((await failure()).message, /no list of operations/);
    }
  });

  test('is an error where the second page is, and nothing of the first is given', async () => {
    answer({ operations: Array.from({ length: 1_000 }, (_, index) => ({ ...ROW, operation_id: index })) });
    receiver.answerNext({ kind: 'close', within: 'body' });
    const error = await failure();
    assert.equal(error.answered, false);
    assert.match(error.message, /did not answer/);
  });
});
