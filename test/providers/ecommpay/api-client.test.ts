import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ApiError } from '../../../lib/domain/errors.ts';
import { EcommpayGate, type GateRefund, type GateSale, isSignatureGenuine, signData } from '../../../lib/providers/ecommpay/index.ts';
import { type Answer, type Receiver, reply, startReceiver } from '../../support/receiver.ts';

const SECRET = 'secret';
const PAYMENT_ID = '0123456789abcdef0123456789abcdef';

const SALE: GateSale = {
  paymentId: PAYMENT_ID,
  amount: 12_345,
  currency: 'KWD',
  description: 'Top-up № 1',
  customer: { id: 'Ada Lovelace', ip_address: '192.0.2.7', email: 'ada@shop.example' },
  returnUrl: 'https://shop.example/back?returned=1',
  callbackUrl: 'https://shop.example/cashu/callback',
  bestBefore: '2026-01-01T00:30:00+00:00',
};

const REFUND: GateRefund = {
  ...{ paymentId: PAYMENT_ID, refundId: 'refund-1', amount: 500, currency: 'USD', description: 'Returned goods' },
  ...{ ip: '192.0.2.7', callbackUrl: undefined },
};

let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
});
after(() => receiver.close());

function gate(secrets: readonly string[] = [SECRET]): EcommpayGate {
  return new EcommpayGate({ baseUrl: receiver.url, projectId: 112, secrets });
}

type Loose = Readonly<Record<string, unknown>>;

function json(status: number, data: Loose): Answer {
  return reply(status, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) });
}

/** The next request gets this answer. */
function answer(status: number, data: Loose | string): void {
  receiver.answerNext(
    typeof data === 'string' ? reply(status, { headers: { 'content-type': 'text/html' }, body: data }) : json(status, data),
  );
}

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.code, 'ERR_PAYMENTS_API');
    return error;
  }
  return assert.fail('it did not fail');
}

/** The last request: signed, and without its signature. */
function lastBody(path: string): Loose {
  const request = receiver.requests.at(-1) ?? assert.fail();
  assert.deepEqual([request.method, request.url, request.headers['content-type']], ['POST', path, 'application/json']);
  const body: { general: Loose } & Loose = JSON.parse(String(request.body));
  assert.equal(isSignatureGenuine(body, [SECRET]), true, 'the request is signed');
  assert.equal(Object.hasOwn(body, 'signature'), false);
  const { signature, ...general } = body.general;
  assert.equal(typeof signature, 'string');
  return { ...body, general };
}

const ACCEPTED = { status: 'success', request_id: '6e1c-00000001', project_id: 112, payment_id: PAYMENT_ID } as const;

describe('a request', () => {
  test('for a sale is shaped and signed as the protocol says', async () => {
    answer(200, ACCEPTED);
    assert.deepEqual(await gate().sale(SALE), { kind: 'accepted', requestId: '6e1c-00000001' });
    assert.deepEqual(lastBody('/v2/payment/wallet/cashu/sale'), {
      general: { project_id: 112, payment_id: PAYMENT_ID, merchant_callback_url: SALE.callbackUrl },
      customer: SALE.customer,
      payment: { amount: 12_345, currency: 'KWD', description: 'Top-up № 1', best_before: SALE.bestBefore },
      return_url: { success: SALE.returnUrl, decline: SALE.returnUrl, return: SALE.returnUrl },
    });
  });

  test('for a refund has its own number, the sum and a description', async () => {
    answer(200, ACCEPTED);
    assert.deepEqual(await gate().refund(REFUND), { kind: 'accepted', requestId: '6e1c-00000001' });
    assert.deepEqual(lastBody('/v2/payment/wallet/cashu/refund'), {
      general: { project_id: 112, payment_id: PAYMENT_ID },
      customer: { ip_address: '192.0.2.7' },
      payment: { description: 'Returned goods', amount: 500, currency: 'USD', merchant_refund_id: 'refund-1' },
    });
    answer(200, ACCEPTED);
    await gate().refund({ ...REFUND, callbackUrl: 'https://shop.example/cb' });
    assert.deepEqual(lastBody('/v2/payment/wallet/cashu/refund')['general'], {
      ...{ project_id: 112, payment_id: PAYMENT_ID, merchant_callback_url: 'https://shop.example/cb' },
    });
  });

  test('for the status has nothing but the payment', async () => {
    answer(200, { status: 'error', code: '3061', message: 'not found' });
    await gate().status(PAYMENT_ID);
    assert.deepEqual(lastBody('/v2/payment/status'), { general: { project_id: 112, payment_id: PAYMENT_ID } });
  });

  test('is signed with the first of several secrets', async () => {
    answer(200, ACCEPTED);
    await gate([SECRET, 'older']).sale(SALE);
    lastBody('/v2/payment/wallet/cashu/sale');
  });

  test('with a semicolon is never sent', async () => {
    const count = receiver.requests.length;
    await assert.rejects(gate().sale({ ...SALE, description: 'x;payment:status:success' }), { code: 'ERR_PAYMENTS_INTERNAL' });
    await assert.rejects(gate().refund({ ...REFUND, description: ';' }), { code: 'ERR_PAYMENTS_INTERNAL' });
    await assert.rejects(gate().status('a;b'), { code: 'ERR_PAYMENTS_INTERNAL' });
    assert.equal(receiver.requests.length, count);
  });
});

describe('a sale or a refund', () => {
  const send = [
    ['sale', () => gate().sale(SALE)],
    ['refund', () => gate().refund(REFUND)],
  ] as const;

  for (const [what, work] of send) {
    test(`(${what}) is accepted also where the answer has no number, or one that is a number`, async () => {
      answer(200, { status: 'success' });
      assert.deepEqual(await work(), { kind: 'accepted', requestId: undefined });
      answer(200, { ...ACCEPTED, request_id: 77 });
      assert.deepEqual(await work(), { kind: 'accepted', requestId: '77' });
    });

    for (const code of ['3041', '3230', 3041, 3230])
      test(`(${what}) that was received before (${JSON.stringify(code)}) is no refusal`, async () => {
        for (const status of [200, 400, 422]) {
          answer(status, { status: 'error', code, message: 'Duplicate' });
          assert.deepEqual(await work(), { kind: 'known', message: `code ${code}, Duplicate` });
        }
        answer(400, { errors: [{ code, message: 'Duplicate' }] });
        assert.equal((await work()).kind, 'known');
      });

    const refusals: readonly (readonly [status: number, data: Loose, code: string | undefined, message: string])[] = [
      [400, { status: 'error', code: '3261', message: 'Wrong signature' }, '3261', 'code 3261, Wrong signature'],
      [400, { status: 'error', code: 3261, message: 'Wrong signature' }, '3261', 'code 3261, Wrong signature'],
      [403, { status: 'error', code: '303', message: 'Access denied' }, '303', 'code 303, Access denied'],
      [422, { status: 'error', code: '2003', message: 'Invalid JSON' }, '2003', 'code 2003, Invalid JSON'],
      [200, { status: 'error', code: '3023', message: 'Currency disabled' }, '3023', 'code 3023, Currency disabled'],
      [
        400,
        { errors: [{ code: 2004, message: 'Field is required', field: 'customer.ip_address', constraint: 'notBlank' }] },
        '2004',
        'code 2004, Field is required (customer.ip_address)',
      ],
      [200, { status: 'error', errors: [{ code: '2004', description: 'Required' }] }, '2004', 'code 2004, Required'],
      [400, { errors: [null, 'x', { code: 1 }] }, '1', 'code 1, without a reason'],
      [400, { status: 'error' }, 'unknown', 'code unknown, without a reason'],
      [400, { status: 'error', code: { toString: 1 }, message: [] }, 'unknown', 'code unknown, without a reason'],
      [404, {}, undefined, 'HTTP 404, without a reason'],
      [401, { message: 'Unauthorized' }, undefined, 'HTTP 401, Unauthorized'],
    ];
    for (const [status, data, code, message] of refusals) {
      test(`(${what}) is refused by HTTP ${status} ${JSON.stringify(data)}`, async () => {
        answer(status, data);
        assert.deepEqual(await work(), { kind: 'refused', code, message });
      });
    }

    const unusable: readonly (readonly [status: number, data: Loose | string])[] = [
      [500, { status: 'error', code: '100', message: 'Internal error' }],
      [500, ''],
      [502, '<html>Bad Gateway</html>'],
      [503, {}],
      [504, '<html>'],
      [200, '<html>Captive portal</html>'],
      [200, ''],
      [200, '[]'],
      [200, '"success"'],
      [200, {}],
      [200, { status: 'processing' }],
      [201, ACCEPTED],
      [204, ''],
      [302, ''],
      [403, '<html>blocked by a firewall</html>'],
      [404, 'no such page'],
      [408, { status: 'error', code: '1', message: 'Request timeout' }],
      [429, { status: 'error', code: '1', message: 'Too many requests' }],
    ];
    for (const [status, data] of unusable) {
      test(`(${what}) has an unknown end after HTTP ${status} ${JSON.stringify(data)}`, async () => {
        answer(status, data);
        const error = await failureOf(work());
        assert.equal(error.answered, false);
        assert.match(error.message, new RegExp(`HTTP ${status} and nothing that can be used`));
      });
    }
  }
});

describe('a server that gives no whole answer', () => {
  const works = [
    ['sale', (signal?: AbortSignal) => gate().sale(SALE, signal)],
    ['refund', (signal?: AbortSignal) => gate().refund(REFUND, signal)],
    ['status', (signal?: AbortSignal) => gate().status(PAYMENT_ID, signal)],
  ] as const;
  for (const [what, work] of works) {
    for (const within of ['request', 'headers', 'body'] as const)
      test(`(${what}) because the connection breaks in the ${within}, leaves the end unknown`, async () => {
        receiver.answerNext({ kind: 'close', within });
        const error = await failureOf(work());
        assert.equal(error.answered, false);
        assert.match(error.message, /^ECommPay at http:\/\/127\.0\.0\.1:\d+ did not answer/);
      });

    for (const kind of ['silence', 'drip-headers', 'drip-body'] as const)
      test(`(${what}) in time (${kind}), leaves the end unknown`, async () => {
        receiver.answerNext({ kind });
        assert.equal((await failureOf(work(AbortSignal.timeout(100)))).answered, false);
      });

    test(`(${what}) but one without an end, is cut off`, async () => {
      receiver.answerNext({ kind: 'endless-body' });
      const error = await failureOf(work());
      assert.equal(error.answered, false);
      assert.match(error.message, /longer than \d+ bytes/);
    });
  }

  test('and one that is not there, leave the end unknown', async () => {
    const gone = await startReceiver();
    await gone.close();
    const error = await failureOf(new EcommpayGate({ baseUrl: gone.url, projectId: 112, secrets: [SECRET] }).sale(SALE));
    assert.equal(error.answered, false);
  });

  test('because nobody waits for it any more, leaves the end unknown', async () => {
    assert.equal((await failureOf(gate().status(PAYMENT_ID, AbortSignal.abort()))).answered, false);
  });
});

const STATUS = {
  project_id: 112,
  payment: { id: PAYMENT_ID, status: 'partially refunded', sum: { amount: 700, currency: 'USD' } },
  operations: [
    { id: 1, type: 'sale', status: 'success', sum_initial: { amount: 1000, currency: 'USD' } },
    { id: 2, type: 'refund', status: 'success', sum_initial: { amount: 300, currency: 'USD' } },
  ],
} as const;

function signed(data: object, secret = SECRET): Loose {
  return { ...data, signature: signData(data, secret) };
}

describe('the status of a payment', () => {
  test('is what a signed answer reports, with all operations', async () => {
    answer(200, signed(STATUS));
    const report = (await gate().status(PAYMENT_ID)) ?? assert.fail();
    assert.deepEqual(
      [report.source, report.paymentId, report.status, report.sum?.units],
      ['status', PAYMENT_ID, 'partially refunded', '700'],
    );
    assert.deepEqual(
      report.operations.map(({ id, type, sum }) => [id, type, sum?.units]),
      [
        ['1', 'sale', '1000'],
        ['2', 'refund', '300'],
      ],
    );
  });

  test('may be signed in "general", with any of the secrets, for a number in capital letters', async () => {
    const signature = signData(STATUS, 'older');
    answer(200, { ...STATUS, general: { signature } });
    assert.ok(await gate([SECRET, 'older']).status(PAYMENT_ID));
    answer(200, signed({ ...STATUS, payment: { ...STATUS.payment, id: PAYMENT_ID.toUpperCase() } }));
    assert.ok(await gate().status(PAYMENT_ID));
    answer(200, signed({ payment: STATUS.payment }));
    assert.equal((await gate().status(PAYMENT_ID))?.projectId, undefined);
  });

  test('of a payment that failed has its errors, and is no failure of the question', async () => {
    answer(200, signed({ ...STATUS, payment: { id: PAYMENT_ID, status: 'decline' }, errors: [{ code: '20202', message: 'unavailable' }] }));
    assert.equal((await gate().status(PAYMENT_ID))?.status, 'decline');
  });

  for (const code of ['3061', 3061])
    test(`is not there yet where ECommPay says ${JSON.stringify(code)}`, async () => {
      for (const status of [200, 400, 404]) {
        answer(status, { status: 'error', code, message: 'not found' });
        assert.equal(await gate().status(PAYMENT_ID), undefined);
      }
      answer(200, { errors: [{ code, message: 'not found' }] });
      assert.equal(await gate().status(PAYMENT_ID), undefined);
    });

  for (const code of ['3062', 3062])
    test(`is known, and nothing else, where ECommPay says ${JSON.stringify(code)}`, async () => {
      answer(200, { status: 'error', code, message: 'no details yet' });
      const report = (await gate().status(PAYMENT_ID)) ?? assert.fail();
      assert.deepEqual([report.paymentId, report.status, report.sum, report.operations], [PAYMENT_ID, undefined, undefined, []]);
    });

  const payment = { ...STATUS.payment };
  const { operations } = STATUS;
  const unsound: readonly (readonly [why: string, data: Loose, message: RegExp])[] = [
    ['it is not signed', STATUS, /signature .* is wrong/],
    ['it is signed by somebody else', signed(STATUS, 'other'), /signature .* is wrong/],
    ['it was changed', { ...signed(STATUS), payment: { ...payment, status: 'success' } }, /signature .* is wrong/],
    ['its signature is no text', { ...STATUS, signature: null }, /signature .* is wrong/],
    ['it is of another payment', signed({ ...STATUS, payment: { ...payment, id: 'f'.repeat(32) } }), /another payment/],
    ['it is of another project', signed({ ...STATUS, project_id: 113 }), /another payment/],
    ['it is of no payment', signed({ project_id: 112, operations }), /another payment/],
    [
      'it cannot be read',
      signed({ ...STATUS, payment: { ...payment, sum: { amount: '7.00', currency: 'USD' } } }),
      /cannot be read: .*payment\.sum\.amount/,
    ],
    ['it refuses', { status: 'error', code: '3261', message: 'Wrong signature' }, /code 3261, Wrong signature/],
    ['it refuses without a word', { status: 'error' }, /code unknown, without a reason/],
  ];
  for (const [why, data, message] of unsound) {
    test(`is an error of the set-up where an answer came and ${why}`, async () => {
      answer(200, data);
      const error = await failureOf(gate().status(PAYMENT_ID));
      assert.equal(error.answered, true);
      assert.match(error.message, message);
    });
  }

  test('is an error of the set-up where access is denied', async () => {
    for (const status of [400, 401, 403, 404, 422]) {
      answer(status, { message: 'no' });
      const error = await failureOf(gate().status(PAYMENT_ID));
      assert.deepEqual([error.answered, error.message], [true, `ECommPay refused to give the status: HTTP ${status}, no`]);
    }
  });

  test('is not known where ECommPay is in trouble, or something else answers', async () => {
    for (const [status, data] of [
      [500, signed(STATUS)],
      [502, '<html>'],
      [503, { status: 'error', code: '100' }],
      [200, '<html>'],
      [200, '[]'],
      [403, '<html>'],
    ] as const) {
      answer(status, data);
      const error = await failureOf(gate().status(PAYMENT_ID));
      assert.deepEqual([error.answered, error.message], [false, `ECommPay answered with HTTP ${status}.`]);
    }
  });
});

test('no error has a secret or a signature in its message', async () => {
  for (const [status, data] of [
    [400, { status: 'error', code: '3261', message: 'Wrong signature' }],
    [200, signed(STATUS, 'other')],
    [500, ''],
  ] as const) {
    answer(status, data);
    const { message } = await failureOf(gate(['top-secret']).status(PAYMENT_ID));
    assert.doesNotMatch(message, /top-secret|[A-Za-z0-9+/]{80}/);
  }
});
