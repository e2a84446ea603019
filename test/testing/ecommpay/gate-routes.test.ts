import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { isSignatureGenuine, signData } from '../../../lib/providers/ecommpay/index.ts';
import {
  callbacksAt,
  callGate,
  type EcommpaySite,
  type GateReply,
  type Json,
  openSale,
  PROJECT_ID,
  pageParameters,
  paySale,
  refundBody,
  SECRET,
  saleBody,
  sendText,
  startEcommpaySite,
  subjectsAt,
} from './ecommpay-site.ts';

const SALE = 'wallet/cashu/sale';

describe('a sale', () => {
  test('is accepted, which is not payment', async (t) => {
    const sandbox = await startEcommpaySite(t, { stepMs: 60_000 });
    const { status, body } = await callGate(sandbox, SALE, saleBody());
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['status', 'request_id', 'project_id', 'payment_id']);
    assert.deepEqual({ ...body, request_id: '' }, { status: 'success', request_id: '', project_id: PROJECT_ID, payment_id: 'order-1' });
    assert.match(String(body['request_id']), /^[0-9a-f]{40}-00000001$/);
    assert.equal(sandbox.control.payment('order-1').status, 'processing');
  });

  test('is followed by the redirect data, and then by what the payer has done', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    const [first] = callbacksAt(sandbox.site);
    assert.equal(first?.payment.status, 'awaiting redirect result');
    const { transactionCode } = sandbox.control.payment('order-1');
    assert.deepEqual(first?.redirect_data, {
      method: 'POST',
      body: { Transaction_Code: transactionCode },
      encrypted: [],
      url: `${sandbox.url}/cashu/cgi-bin/payment/pcashu.cgi`,
    });
    assert.equal(sandbox.control.act('order-1', 'pay'), 'http://shop.test/paid');
    await sandbox.control.settled();
    assert.deepEqual(subjectsAt(sandbox.site), ['sale awaiting redirect result (awaiting redirect result)', 'sale success (success)']);
    assert.equal(callbacksAt(sandbox.site)[1]?.redirect_data, undefined);
  });

  for (const [action, code, message] of [
    ['refuse', '20202', 'PSP system is unavailable'],
    ['insufficient', '20105', 'Insufficient funds on customer account'],
    ['cancel', '20301', 'Account owner cancelled operation'],
  ] as const) {
    test(`ends with ${code} where the payer chooses ${action}`, async (t) => {
      const sandbox = await startEcommpaySite(t);
      await openSale(sandbox);
      assert.equal(sandbox.control.act('order-1', action), 'http://shop.test/declined');
      await sandbox.control.settled();
      const { payment, operation } = callbacksAt(sandbox.site).at(-1) ?? assert.fail();
      assert.deepEqual([payment.status, operation.status, operation.code, operation.message], ['decline', 'decline', code, message]);
      assert.deepEqual(payment.sum, { amount: 2500, currency: 'USD' });
    });
  }

  test('keeps all digits of currencies with three decimals', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await callGate(sandbox, SALE, { ...saleBody(), payment: { amount: 150_155, currency: 'KWD' } });
    await sandbox.control.settled();
    assert.equal(sandbox.control.payment('order-1').amount, '150.155');
    assert.deepEqual(callbacksAt(sandbox.site)[0]?.payment.sum, { amount: 150_155, currency: 'KWD' });
  });

  test('tells the address that it names', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const general = { ...saleBody()['general'], merchant_callback_url: `${sandbox.site.url}/elsewhere` };
    await callGate(sandbox, SALE, { ...saleBody(), general });
    await sandbox.control.settled();
    assert.equal(sandbox.site.requests[0]?.url, '/elsewhere');
  });

  test('is understood by the package’s own client', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const answer = await sandbox.gate.sale({
      ...{
        paymentId: 'Заказ-1',
        amount: 1,
        currency: 'BHD',
        description: 'Пополнение',
        returnUrl: 'http://shop.test/',
        callbackUrl: undefined,
      },
      customer: { id: 'user-1', ip_address: '::1' },
      bestBefore: '2126-01-01T00:00:00+00:00',
    });
    assert.equal(answer.kind, 'accepted');
    assert.equal(sandbox.control.payment('заказ-1').amount, '0.001');
  });

  test('is declined by itself when the time is over, and the payer comes too late then', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    sandbox.control.expire('order-1');
    await sandbox.control.settled();
    const { operation } = callbacksAt(sandbox.site).at(-1) ?? assert.fail();
    assert.deepEqual([operation.status, operation.code], ['decline', '603']);
    assert.throws(() => sandbox.control.act('order-1', 'pay'), { code: 'ERR_PAYMENTS_STATE' });
    assert.throws(() => sandbox.control.expire('order-1'), { code: 'ERR_PAYMENTS_STATE' });
  });

  test('expires without anybody', async (t) => {
    const sandbox = await startEcommpaySite(t, { limitMs: 20 });
    await callGate(sandbox, SALE, saleBody());
    await sandbox.site.waitFor(({ requests }) => String(requests.at(-1)?.body).includes('"603"'));
  });
});

describe('a sale that is not right', () => {
  type Change = (body: ReturnType<typeof saleBody>) => Json;
  const member =
    (group: string, name: string, value: unknown): Change =>
    (body) => ({ ...body, [group]: { ...body[group], [name]: value } });
  const wrong: readonly (readonly [name: string, change: Change, status: number, code: string | number])[] = [
    ['another project', member('general', 'project_id', 113), 400, '2442'],
    ['a project as text', member('general', 'project_id', '112'), 400, '2003'],
    ['no payment id', member('general', 'payment_id', undefined), 400, 2004],
    ['a payment id that ends with a space', member('general', 'payment_id', 'order-1 '), 400, '3024'],
    ['no customer', member('customer', 'id', undefined), 400, 2004],
    ['no address of the customer', member('customer', 'ip_address', undefined), 400, 2004],
    ['a name that is too long', member('customer', 'last_name', 'x'.repeat(256)), 400, '2003'],
    ['an address that is none', member('customer', 'ip_address', 'localhost'), 400, '2003'],
    ['no amount', member('payment', 'amount', undefined), 400, 2004],
    ['an amount as text', member('payment', 'amount', '2500'), 400, '2003'],
    ['an amount with decimals', member('payment', 'amount', 25.5), 400, '2003'],
    ['nothing to pay', member('payment', 'amount', 0), 400, '2003'],
    ['more than ECommPay takes', member('payment', 'amount', 10_000_000_000_001), 400, '2003'],
    ['no currency', member('payment', 'currency', ''), 400, 2004],
    ['a currency that CashU has not', member('payment', 'currency', 'RUB'), 400, '3023'],
    ['a currency in small letters', member('payment', 'currency', 'usd'), 400, '3023'],
    ['a description that is too long', member('payment', 'description', 'x'.repeat(256)), 400, '2003'],
    ['a time that is over', member('payment', 'best_before', '2020-01-01T00:00:00+00:00'), 400, '2003'],
    ['a time in another form', member('payment', 'best_before', '2126-01-01 00:00'), 400, '2003'],
    ['a way back that is no address', member('return_url', 'success', '/thanks'), 400, '2003'],
    ['a callback address that is none', member('general', 'merchant_callback_url', 'shop.test'), 400, '2003'],
    ['no general part', ({ general, ...rest }) => rest, 422, '702'],
  ];
  for (const [name, change, status, code] of wrong) {
    test(`is refused: ${name}`, async (t) => {
      const sandbox = await startEcommpaySite(t);
      const body = change(saleBody());
      const signedBody = body['general'] === undefined ? JSON.stringify(body) : undefined;
      const answer =
        signedBody === undefined ? await callGate(sandbox, SALE, body) : await sendText(`${sandbox.url}/v2/payment/${SALE}`, signedBody);
      assert.equal(answer.status, status);
      assert.equal(answer.body['status'], 'error');
      const { code: first } = Object(Array.isArray(answer.body['errors']) ? answer.body['errors'][0] : answer.body);
      assert.equal(first, code, JSON.stringify(answer.body));
      await sandbox.control.settled();
      assert.equal(sandbox.control.payments().length, 0);
      assert.equal(sandbox.site.requests.length, 0);
    });
  }

  const texts: readonly (readonly [name: string, text: (signature: string) => string, status: number, code: string])[] = [
    ['no JSON', () => '{"general":', 422, '2003'],
    ['a list', () => '[]', 422, '2003'],
    ['nothing', () => '', 422, '2003'],
    ['a signature at top level', (signature) => JSON.stringify({ ...saleBody(), signature }), 400, '3262'],
    ['no signature', () => JSON.stringify(saleBody()), 400, '3262'],
    ['a signature of other data', (signature) => JSON.stringify(withSignature(saleBody('order-2'), signature)), 400, '3261'],
    ['a semicolon', () => semicolonText(), 400, '2003'],
  ];
  for (const [name, text, status, code] of texts) {
    test(`is refused: ${name}`, async (t) => {
      const sandbox = await startEcommpaySite(t);
      const answer = await sendText(`${sandbox.url}/v2/payment/${SALE}`, text(signData(saleBody(), SECRET)));
      assert.deepEqual([answer.status, answer.body['code']], [status, code]);
    });
  }

  test('is refused: a form', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const answer = await sendText(`${sandbox.url}/v2/payment/${SALE}`, 'a=b', 'application/x-www-form-urlencoded');
    assert.deepEqual([answer.status, answer.body['code']], [422, '702']);
  });

  test('is refused: an id that exists, however it is written', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox, 'order-1');
    const { status, body } = await callGate(sandbox, SALE, saleBody('ORDER-1'));
    assert.deepEqual([status, body['code']], [400, '3041']);
    assert.match(String(body['message']), /^Payment ID already exists/);
  });
});

function withSignature(body: ReturnType<typeof saleBody>, signature: string): Json {
  return { ...body, general: { ...body['general'], signature } };
}

/** Genuine: the package's own signer would not make it. */
function semicolonText(): string {
  const body = { ...saleBody(), payment: { amount: 2500, currency: 'USD', description: 'Top;up' } };
  const pairs = Object.entries(body).flatMap(([group, members]) =>
    Object.entries(members).map(([name, value]) => `${group}:${name}:${value}`),
  );
  return JSON.stringify(withSignature(body, createHmac('sha512', SECRET).update(pairs.sort().join(';')).digest('base64')));
}

function askRefund(sandbox: EcommpaySite, payment: Json = {}, paymentId = 'order-1'): Promise<GateReply> {
  return callGate(sandbox, 'wallet/cashu/refund', refundBody(paymentId, payment));
}

async function startPaid(t: Parameters<typeof startEcommpaySite>[0]): Promise<EcommpaySite> {
  const sandbox = await startEcommpaySite(t);
  await paySale(sandbox);
  sandbox.site.forget();
  return sandbox;
}

describe('a refund', () => {
  test('gives back all that is left where no amount is named', async (t) => {
    const sandbox = await startPaid(t);
    const { status, body } = await askRefund(sandbox, { merchant_refund_id: 'r-1' });
    assert.equal(status, 200);
    assert.match(String(body['request_id']), /-00000002$/);
    await sandbox.control.settled();
    const [callback] = callbacksAt(sandbox.site);
    assert.deepEqual([callback?.operation.type, callback?.operation.status, callback?.payment.status], ['refund', 'success', 'refunded']);
    assert.equal(callback?.operation.request_id, body['request_id']);
    assert.equal(callback?.payment.merchant_refund_id, 'r-1');
    assert.equal(callback?.payment.description, 'Returned');
    assert.deepEqual(callback?.payment.sum, { amount: 0, currency: 'USD' });
    assert.deepEqual(callback?.operation.sum_initial, { amount: 2500, currency: 'USD' });
  });

  test('in parts leaves the rest each time', async (t) => {
    const sandbox = await startPaid(t);
    await askRefund(sandbox, { amount: 1000, currency: 'USD' });
    await sandbox.control.settled();
    await askRefund(sandbox);
    await sandbox.control.settled();
    const callbacks = callbacksAt(sandbox.site);
    assert.deepEqual(
      callbacks.map(({ payment, operation }) => [payment.status, payment.sum.amount, operation.sum_initial.amount]),
      [
        ['partially refunded', 1500, 1000],
        ['refunded', 0, 1500],
      ],
    );
    assert.notEqual(callbacks[0]?.operation.id, callbacks[1]?.operation.id);
    assert.equal(sandbox.control.payment('order-1').rest, '0.00');
  });

  for (const [outcome, code, message] of [
    ['refusal', '20202', 'PSP system is unavailable'],
    ['refusal-code-0', '0', 'Success'],
  ] as const) {
    test(`can be refused with ${code}, and the payment stays paid`, async (t) => {
      const sandbox = await startPaid(t);
      sandbox.control.setNextRefund(outcome);
      await askRefund(sandbox, { amount: 1000, currency: 'USD' });
      await sandbox.control.settled();
      const { payment, operation } = callbacksAt(sandbox.site)[0] ?? assert.fail();
      assert.deepEqual([operation.status, operation.code, operation.message], ['decline', code, message]);
      assert.deepEqual([payment.status, payment.sum.amount], ['success', 2500]);
      assert.equal(sandbox.control.planned().refund, 'success');
    });
  }

  test('can be made in the Dashboard, where the site did not ask for it', async (t) => {
    const sandbox = await startPaid(t);
    const { amount } = sandbox.control.refundFromDashboard('order-1', '10');
    await sandbox.control.settled();
    const { payment, operation } = callbacksAt(sandbox.site)[0] ?? assert.fail();
    assert.equal(amount, '10.00');
    assert.deepEqual([operation.type, operation.sum_initial.amount, payment.sum.amount], ['refund', 1000, 1500]);
    assert.equal('merchant_refund_id' in payment, false);
    for (const wrong of ['0', '-1', '1.001', '15.01', 'x']) {
      assert.throws(() => sandbox.control.refundFromDashboard('order-1', wrong), { code: 'ERR_PAYMENTS_STATE' }, wrong);
    }
  });

  test('is understood by the package’s own client', async (t) => {
    const { gate, control } = await startPaid(t);
    const order = { paymentId: 'order-1', refundId: 'r-1', amount: 500, currency: 'USD', description: 'Back', ip: '127.0.0.1' };
    assert.equal((await gate.refund({ ...order, callbackUrl: undefined })).kind, 'accepted');
    await control.settled();
    const report = await gate.status('order-1');
    assert.equal(report?.status, 'partially refunded');
    assert.equal(report?.operations.length, 2);
  });
});

describe('a refund that is not right', () => {
  const wrong: readonly (readonly [name: string, payment: Json, status: number, code: string | number])[] = [
    ['more than was paid', { amount: 2501, currency: 'USD' }, 400, '3283'],
    ['another currency', { amount: 100, currency: 'EUR' }, 400, '3284'],
    ['an amount without its currency', { amount: 100 }, 400, '3284'],
    ['no description', { description: undefined }, 400, 2004],
    ['nothing', { amount: 0, currency: 'USD' }, 400, '2003'],
  ];
  for (const [name, payment, status, code] of wrong) {
    test(`is refused: ${name}`, async (t) => {
      const sandbox = await startPaid(t);
      const answer = await askRefund(sandbox, payment);
      const { code: first } = Object(Array.isArray(answer.body['errors']) ? answer.body['errors'][0] : answer.body);
      assert.deepEqual([answer.status, first], [status, code]);
      await sandbox.control.settled();
      assert.equal(sandbox.site.requests.length, 0);
    });
  }

  test('is refused: a second one with the same merchant_refund_id', async (t) => {
    const sandbox = await startPaid(t);
    await askRefund(sandbox, { amount: 1, currency: 'USD', merchant_refund_id: 'r-1' });
    const again = await askRefund(sandbox, { amount: 1, currency: 'USD', merchant_refund_id: 'r-1' });
    assert.deepEqual([again.status, again.body['code']], [400, '3230']);
  });

  test('is refused: of a payment that nobody knows, or that is not paid, or of which nothing is left', async (t) => {
    const sandbox = await startPaid(t);
    await openSale(sandbox, 'order-2');
    assert.equal((await askRefund(sandbox, {}, 'order-3')).body['code'], '3061');
    assert.equal((await askRefund(sandbox, {}, 'order-2')).body['code'], '3060');
    await askRefund(sandbox);
    assert.equal((await askRefund(sandbox)).body['code'], '3060');
  });

  test('is refused: more than what refunds under way will leave', async (t) => {
    const sandbox = await startEcommpaySite(t, { stepMs: 60_000 });
    sandbox.control.confirmPaymentPage(pageParameters());
    sandbox.control.act('order-1', 'pay');
    await askRefund(sandbox, { amount: 2000, currency: 'USD' });
    assert.equal((await askRefund(sandbox, { amount: 501, currency: 'USD' })).body['code'], '3283');
    assert.equal((await askRefund(sandbox, { amount: 500, currency: 'USD' })).status, 200);
  });
});

async function askStatus(sandbox: EcommpaySite, paymentId: string): Promise<Json> {
  const { status, body } = await callGate(sandbox, 'status', { general: { project_id: PROJECT_ID, payment_id: paymentId } });
  assert.equal(status, 200);
  assert.ok(isSignatureGenuine(body, [SECRET]));
  return body;
}

describe('the status', () => {
  test('has the payment with all of its operations, and is signed', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    for (let refund = 0; refund < 11; refund++) sandbox.control.refundFromDashboard('order-1', '1');
    await sandbox.control.settled();
    const body = await askStatus(sandbox, 'Order-1');
    const { payment, operations, customer, project_id, errors } = Object(body);
    assert.deepEqual(
      { ...payment, date: '' },
      {
        id: 'order-1',
        type: 'purchase',
        status: 'partially refunded',
        date: '',
        method: 'CashU',
        sum: { amount: 1400, currency: 'USD' },
        description: 'Top up',
      },
    );
    assert.equal(operations.length, 12);
    assert.deepEqual([operations[0].type, operations[11].type], ['sale', 'refund']);
    assert.deepEqual([project_id, customer, errors], [PROJECT_ID, { id: 'user-1' }, []]);
  });

  test('of a payment that nobody knows is 3061 with HTTP 200', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const { status, code } = Object(await askStatus(sandbox, 'order-1'));
    assert.deepEqual([status, code], ['error', '3061']);
    assert.equal(await sandbox.gate.status('order-1'), undefined);
  });

  test('of a payment under way is pending', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    assert.equal((await sandbox.gate.status('order-1'))?.status, 'awaiting redirect result');
  });

  test('is given to nobody without the secret', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const general = { project_id: PROJECT_ID, payment_id: 'order-1' };
    assert.equal((await callGate(sandbox, 'status', { general }, 'wrong')).body['code'], '3261');
    assert.equal((await sendText(`${sandbox.url}/v2/payment/status`, JSON.stringify({ general }))).body['code'], '3262');
  });
});
