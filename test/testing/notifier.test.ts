import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reply } from '../support/receiver.ts';
import { byType, code, intent, lastOf, NO_MONEY, startSandboxSite, THREE_DS, typesOf } from './sandbox-site.ts';

describe('a payment', () => {
  test('is announced by Check and then by Pay, with one number', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent() });
    await control.settled();
    assert.deepEqual(typesOf(site), ['check', 'pay']);
    assert.equal(lastOf(site, 'check')['TransactionId'], String(transactionId));
    assert.equal(lastOf(site, 'pay')['TransactionId'], String(transactionId));
  });

  test('carries what the page handed to the widget', async (t) => {
    const { control, site } = await startSandboxSite(t);
    await control.pay({ intent: intent({ amount: 19.9 }) });
    await control.settled();
    const pay = lastOf(site, 'pay');
    assert.equal(pay['Amount'], '19.90');
    assert.equal(pay['InvoiceId'], 'order-1');
    assert.equal(pay['AccountId'], 'user-1');
    assert.equal(pay['Data'], '{"reference":"r-1"}');
    assert.equal(pay['TestMode'], '1');
    assert.equal(pay['GatewayName'], 'Test');
    assert.match(pay['Token'] ?? '', /^tk_/);
  });

  test('has no token without an account', async (t) => {
    const { control, site } = await startSandboxSite(t);
    await control.pay({ intent: intent({ userInfo: {} }) });
    await control.settled();
    assert.equal('Token' in lastOf(site, 'pay'), false);
  });

  test('is reserved first where the page asks for two stages', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    await control.settled();
    assert.equal(lastOf(site, 'check')['Status'], 'Authorized');
    assert.equal(lastOf(site, 'pay')['Status'], 'Authorized');
    control.confirm(transactionId, '20');
    await control.settled();
    assert.equal(lastOf(site, 'confirm')['Amount'], '20.00');
    assert.equal(lastOf(site, 'confirm')['Status'], 'Completed');
  });

  test('that is declined is announced by Fail with its reason', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const payment = await control.pay({ intent: intent(), card: NO_MONEY });
    await control.settled();
    assert.equal(payment.status, 'Declined');
    assert.deepEqual(typesOf(site), ['check', 'fail']);
    assert.equal(lastOf(site, 'fail')['Reason'], 'InsufficientFunds');
    assert.equal(lastOf(site, 'fail')['ReasonCode'], '5051');
  });

  test('with a card that no bank knows is declined', async (t) => {
    const { control } = await startSandboxSite(t);
    assert.equal((await control.pay({ intent: intent(), card: '4539578763621486' })).reasonCode, 5015);
  });

  test('with 3-D Secure is announced only after the payer has confirmed it, and once', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const { transactionId, status } = await control.pay({ intent: intent(), card: THREE_DS });
    assert.equal(status, 'AwaitingAuthentication');
    control.authenticate(transactionId, true);
    control.authenticate(transactionId, true);
    await control.settled();
    assert.deepEqual(typesOf(site), ['check', 'pay']);
  });

  test('with 3-D Secure that is refused is declined', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent(), card: THREE_DS });
    assert.equal(control.authenticate(transactionId, false).reasonCode, 5206);
    await control.settled();
    assert.deepEqual(typesOf(site), ['check', 'fail']);
  });
});

describe('the answer to Check', () => {
  const answers = [
    ['10', code(10), 3001],
    ['11', code(11), 3002],
    ['12', code(12), 3003],
    ['13', code(13), 3008],
    ['20', code(20), 3004],
    ['a code that nobody knows', code(7), 3005],
    ['a code as text', code('0'), 3005],
    ['no JSON', reply(200, { body: 'OK' }), 3005],
    ['an error', reply(500), 3006],
    ['a redirect', reply(301), 3006],
    ['not found', reply(404), 3007],
    ['a broken connection', { kind: 'close', within: 'request' }, 3007],
    ['nothing in time', { kind: 'silence' }, 3006],
  ] as const;
  for (const [name, answer, reason] of answers) {
    test(`${name} declines with ${reason}`, async (t) => {
      const { control, site } = await startSandboxSite(t, { answerTimeoutMs: 200 });
      site.answerNext(answer);
      const payment = await control.pay({ intent: intent() });
      assert.equal(payment.status, 'Declined');
      assert.equal(payment.reasonCode, reason);
      assert.equal(typesOf(site)[0], 'check');
      assert.equal(typesOf(site).includes('pay'), false);
    });
  }

  test('is not asked for twice', async (t) => {
    const { control, site } = await startSandboxSite(t);
    site.answerNext(reply(500));
    await control.pay({ intent: intent() });
    await control.settled();
    assert.deepEqual(typesOf(site), ['check', 'fail']);
  });
});

describe('a Pay', () => {
  for (const [name, answer] of [
    ['an error', reply(503)],
    ['another code', code(13)],
    ['an empty object', reply(200, { body: '{}' })],
    ['a redirect', reply(302, { headers: { location: '/' } })],
  ] as const) {
    test(`is repeated byte for byte after ${name}`, async (t) => {
      const { control, site } = await startSandboxSite(t);
      site.answerNext(code(0), answer, answer, code(0));
      await control.pay({ intent: intent() });
      await control.settled();
      assert.deepEqual(typesOf(site), ['check', 'pay', 'pay', 'pay']);
      const bodies = new Set(site.requests.slice(1).map(({ body, headers }) => `${body} ${headers['content-hmac']}`));
      assert.equal(bodies.size, 1);
    });
  }

  test('is given up after a hundred attempts', async (t) => {
    const { control, site } = await startSandboxSite(t, { speed: 3_600_000 });
    site.answerWith(byType({ pay: reply(500) }));
    await control.pay({ intent: intent() });
    await control.settled();
    assert.equal(typesOf(site).filter((type) => type === 'pay').length, 100);
    assert.equal(control.notifications().at(-1)?.state, 'given-up');
  });

  test('can be sent again, many times at one moment', async (t) => {
    const { control, site } = await startSandboxSite(t);
    site.answerWith(byType({ pay: reply(200, { body: '{"code":0}', delayMs: 50 }) }));
    const { transactionId } = await control.pay({ intent: intent() });
    await control.settled();
    const answers = await control.duplicate(transactionId, 10);
    assert.equal(answers.length, 10);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.ok(site.mostAtOnce >= 5);
    assert.equal(new Set(site.requests.slice(1).map(({ body }) => String(body))).size, 1);
  });

  test('can come late', async (t) => {
    const { control, site } = await startSandboxSite(t);
    control.delay(300);
    await control.pay({ intent: intent() });
    const before = performance.now();
    assert.deepEqual(typesOf(site), ['check']);
    await control.settled();
    assert.ok(performance.now() - before >= 250);
    assert.deepEqual(typesOf(site), ['check', 'pay']);
  });

  test('can be lost until it is released', async (t) => {
    const { control, site } = await startSandboxSite(t);
    control.lose();
    const { transactionId } = await control.pay({ intent: intent() });
    await control.settled();
    assert.deepEqual(typesOf(site), ['check']);
    assert.equal(control.release(transactionId), 1);
    await control.settled();
    assert.deepEqual(typesOf(site), ['check', 'pay']);
    assert.equal(control.release(), 0);
  });

  test('has the edited amount, and so has its Check', async (t) => {
    const { control, site } = await startSandboxSite(t);
    control.editNext('1');
    await control.pay({ intent: intent() });
    await control.pay({ intent: intent() });
    await control.settled();
    const amounts = site.requests.map(({ body }) => new URLSearchParams(String(body)).get('Amount'));
    assert.deepEqual(amounts.toSorted(), ['1.00', '1.00', '25.00', '25.00']);
  });

  test('goes by GET where the settings say so', async (t) => {
    const { control, site } = await startSandboxSite(t, { method: 'GET' });
    await control.pay({ intent: intent() });
    await control.settled();
    assert.deepEqual(
      site.requests.map(({ method }) => method),
      ['GET', 'GET'],
    );
    assert.match(site.requests[1]?.url ?? '', /^\/pay\?TransactionId=\d+&Amount=25\.00&/);
  });

  test('goes as JSON where the settings say so', async (t) => {
    const { control, site } = await startSandboxSite(t, { format: 'json', testMode: false });
    await control.pay({ intent: intent() });
    await control.settled();
    const { Amount, TestMode, GatewayName } = JSON.parse(String(site.requests[1]?.body));
    assert.deepEqual({ Amount, TestMode, GatewayName }, { Amount: 25, TestMode: 0, GatewayName: 'Stand-in' });
  });
});
