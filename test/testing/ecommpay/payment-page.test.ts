import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { paymentPageUrl, signData } from '../../../lib/providers/ecommpay/index.ts';
import { type EcommpaySite, openSale, pageParameters, SECRET, startEcommpaySite, subjectsAt } from './ecommpay-site.ts';

const AUTOMATIC = { redirect_success_url: undefined };

function open({ url }: EcommpaySite, parameters: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(paymentPageUrl(`${url}/payment`, parameters), { redirect: 'manual' });
}

function post(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

/** Follows the payer from the Payment Page over CashU's page; returns where the browser ends. */
async function walk({ url, control }: EcommpaySite, parameters: Readonly<Record<string, string>>, action: string): Promise<string> {
  const confirmed = await post(`${url}/payment/confirm`, parameters);
  const { transactionCode } = control.payment(parameters['payment_id'] ?? '');
  assert.equal(confirmed.headers.get('location'), `/ecommpay/cashu/wallet?code=${transactionCode}`);
  const left = await post(`${url}/cashu/wallet`, { code: transactionCode, action });
  assert.equal(left.status, 303);
  return left.headers.get('location') ?? '';
}

describe('the Payment Page', () => {
  test('shows the sum and registers nothing, by address and by form', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const parameters = pageParameters();
    for (const response of [await open(sandbox, parameters), await post(`${sandbox.url}/payment`, parameters)]) {
      assert.equal(response.status, 200);
      const text = await response.text();
      assert.match(text, /\$25\.00/);
      assert.match(text, /Pay with CashU/);
      assert.equal(/<script|onclick/.test(text), false);
    }
    assert.equal(await sandbox.gate.status('order-1'), undefined);
    assert.equal(sandbox.site.requests.length, 0);
  });

  test('registers the payment once it is confirmed, and sends the payer to CashU', async (t) => {
    const sandbox = await startEcommpaySite(t);
    assert.equal(await walk(sandbox, pageParameters(), 'pay'), 'http://shop.test/back');
    await sandbox.control.settled();
    assert.deepEqual(subjectsAt(sandbox.site), ['sale success (success)']);
    assert.equal(sandbox.control.payment('order-1').via, 'payment-page');
  });

  for (const [action, title] of [
    ['pay', 'Paid'],
    ['refuse', 'did not go through'],
  ] as const) {
    test(`offers the way back on its result page after ${action}`, async (t) => {
      const sandbox = await startEcommpaySite(t);
      const result = await walk(sandbox, pageParameters(AUTOMATIC), action);
      assert.match(result, /^\/ecommpay\/payment\/result\?code=/);
      const text = await (await fetch(new URL(result, sandbox.url))).text();
      assert.ok(text.includes(title));
      assert.match(text, /href="http:\/\/shop\.test\/back"/);
    });
  }

  test('goes on without a click after a failure too, where that is asked for', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const parameters = pageParameters({ redirect_fail_url: 'http://shop.test/failed' });
    assert.equal(await walk(sandbox, parameters, 'insufficient'), 'http://shop.test/failed');
  });

  test('waits for a result that is not there yet', async (t) => {
    const sandbox = await startEcommpaySite(t, { speed: 1 });
    sandbox.control.setNext('slow');
    const result = await walk(sandbox, pageParameters(), 'pay');
    const text = await (await fetch(new URL(result, sandbox.url))).text();
    assert.match(text, /http-equiv="refresh"/);
    assert.match(text, /being processed/);
  });

  test('leads to CashU again while the payment is open, and says how one has ended', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const parameters = pageParameters();
    await post(`${sandbox.url}/payment/confirm`, parameters);
    for (const response of [await open(sandbox, parameters), await post(`${sandbox.url}/payment/confirm`, parameters)]) {
      assert.match(response.headers.get('location') ?? '', /\/cashu\/wallet\?/);
    }
    sandbox.control.act('order-1', 'pay');
    assert.match((await open(sandbox, parameters)).headers.get('location') ?? '', /\/payment\/result\?/);
    assert.equal(sandbox.control.payments().length, 1);
  });

  test('takes an id again after an error', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('error');
    assert.match(sandbox.control.confirmPaymentPage(pageParameters()), /\/payment\/result/);
    await sandbox.control.settled();
    assert.deepEqual(subjectsAt(sandbox.site), ['sale error (error)']);
    assert.match(sandbox.control.confirmPaymentPage(pageParameters()), /\/cashu\/wallet/);
  });

  test('can be unavailable, or break off after it has taken the payment', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('unavailable');
    assert.equal((await post(`${sandbox.url}/payment/confirm`, pageParameters())).status, 503);
    assert.equal(sandbox.control.payments().length, 0);
    sandbox.control.setNext('unanswered');
    await assert.rejects(post(`${sandbox.url}/payment/confirm`, pageParameters()), TypeError);
    assert.equal(sandbox.control.payment('order-1').status, 'awaiting redirect result');
  });
});

describe('parameters of the Payment Page that are not right', () => {
  const wrong: readonly (readonly [name: string, changes: Readonly<Record<string, string | undefined>>, complaint: RegExp])[] = [
    ['no payment id', { payment_id: undefined }, /2004 .*payment_id/],
    ['no customer', { customer_id: undefined }, /2004 .*customer_id/],
    ['an empty amount', { payment_amount: '' }, /2004 .*payment_amount/],
    ['another project', { project_id: '113' }, /2442 /],
    ['a payment id that begins with a tab', { payment_id: '\torder-1' }, /3024 /],
    ['a payment id that is too long', { payment_id: 'x'.repeat(256) }, /3024 /],
    ['an amount with decimals', { payment_amount: '25.00' }, /2003 .*payment_amount/],
    ['an amount of nothing', { payment_amount: '0' }, /2003 .*payment_amount/],
    ['an amount above 10^13', { payment_amount: '10000000000001' }, /2003 .*payment_amount/],
    ['a currency that CashU has not', { payment_currency: 'RUB' }, /3023 /],
    ['another method', { force_payment_method: 'card' }, /force_payment_method/],
    ['a time that is over', { best_before: '2020-01-01T00:00:00+03' }, /best_before/],
    ['a time without a zone', { best_before: '2126-01-01T00:00:00' }, /best_before/],
    ['a way back that is no address', { merchant_success_url: 'javascript:alert(1)' }, /merchant_success_url/],
    ['a switch with a word', { redirect: 'true' }, /redirect: 0 or 1/],
    ['a language with a region', { language_code: 'en-US' }, /language_code/],
    ['a description that is too long', { payment_description: 'x'.repeat(256) }, /payment_description/],
  ];
  for (const [name, changes, complaint] of wrong) {
    test(`open an error page and nothing else: ${name}`, async (t) => {
      const sandbox = await startEcommpaySite(t);
      const parameters = pageParameters(changes);
      const response = await open(sandbox, parameters);
      assert.equal(response.status, 400);
      assert.match(await response.text(), complaint);
      assert.equal((await post(`${sandbox.url}/payment/confirm`, parameters)).status, 400);
      assert.throws(() => sandbox.control.confirmPaymentPage(parameters), { code: 'ERR_PAYMENTS_STATE' });
      assert.equal(sandbox.control.payments().length, 0);
      assert.equal(sandbox.site.requests.length, 0);
    });
  }

  test('open an error page: changed after signing, unsigned, sent twice, or with a semicolon', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const parameters = pageParameters();
    const { signature, ...unsigned } = parameters;
    const problemOf = async (query: string): Promise<string> => {
      const text = await (await fetch(`${sandbox.url}/payment?${query}`)).text();
      return /role="alert"[^>]*>([^<]*)</.exec(text)?.[1] ?? '';
    };
    assert.match(await problemOf(String(new URLSearchParams({ ...parameters, payment_amount: '1' }))), /^3261 /);
    assert.match(await problemOf(String(new URLSearchParams(unsigned))), /^3262 /);
    assert.match(await problemOf(`${new URLSearchParams(parameters)}&payment_amount=1`), /^2003 .*more than once/);
    assert.match(await problemOf(`${new URLSearchParams({ ...parameters, customer_id: 'a;b' })}`), /^2003 .*semicolon/);
  });

  test('open an error page: an id that belongs to another sum, or to the Gate', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.confirmPaymentPage(pageParameters());
    assert.equal((await open(sandbox, pageParameters({ payment_amount: '1' }))).status, 400);
    await openSale(sandbox, 'order-2');
    assert.equal((await open(sandbox, pageParameters({ payment_id: 'Order-2' }))).status, 400);
  });

  test('are fine with names that the stand-in does not know', async (t) => {
    const sandbox = await startEcommpaySite(t);
    const { signature, ...parameters } = pageParameters();
    const more = { ...parameters, merchant_data: 'x', interface_type: '{"id":22}' };
    const response = await open(sandbox, { ...more, signature: signData(more, SECRET) });
    assert.equal(response.status, 200);
  });
});

describe('CashU’s page', () => {
  test('is entered with a form, and only by a code that exists', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    const { transactionCode } = sandbox.control.payment('order-1');
    const address = `${sandbox.url}/cashu/cgi-bin/payment/pcashu.cgi`;
    const entered = await post(address, { Transaction_Code: transactionCode });
    assert.equal(entered.headers.get('location'), `/ecommpay/cashu/wallet?code=${transactionCode}`);
    const text = await (await fetch(new URL(entered.headers.get('location') ?? '', sandbox.url))).text();
    assert.match(text, /\$25\.00/);
    assert.equal((await fetch(address)).status, 405);
    assert.equal((await post(address, { Transaction_Code: 'x' })).status, 404);
  });

  test('sends a payer on who comes back to it, and does nothing twice', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    const { transactionCode: code } = sandbox.control.payment('order-1');
    for (const action of ['pay', 'cancel']) {
      const left = await post(`${sandbox.url}/cashu/wallet`, { code, action });
      assert.equal(left.headers.get('location'), 'http://shop.test/paid');
    }
    const again = await fetch(`${sandbox.url}/cashu/wallet?code=${code}`, { redirect: 'manual' });
    assert.equal(again.headers.get('location'), 'http://shop.test/paid');
    await sandbox.control.settled();
    assert.equal(sandbox.site.requests.length, 2);
  });

  test('can be left without doing anything', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    const { transactionCode } = sandbox.control.payment('order-1');
    const text = await (await fetch(`${sandbox.url}/cashu/wallet?code=${transactionCode}`)).text();
    assert.match(text, /class="leave" href="http:\/\/shop\.test\/back"/);
    assert.equal(sandbox.control.payment('order-1').status, 'awaiting redirect result');
  });

  test('has an address of its own choice where the server’s is not the browser’s', async (t) => {
    const sandbox = await startEcommpaySite(t, { publicUrl: 'https://shop.test/sandbox/' });
    await openSale(sandbox);
    const text = String(sandbox.site.requests[0]?.body);
    assert.ok(text.includes('"https://shop.test/sandbox/cashu/cgi-bin/payment/pcashu.cgi"'));
  });
});
