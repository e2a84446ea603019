import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildNotification, sendNotification } from '../../lib/testing/index.ts';
import { reply, startReceiver } from '../support/receiver.ts';
import { runExample, startExample } from './example-process.ts';

const KEYS = { CLOUDPAYMENTS_PUBLIC_ID: 'pk_test', CLOUDPAYMENTS_API_SECRET: 'test-secret' };
const PROJECT = { ECOMMPAY_PROJECT_ID: '112', ECOMMPAY_SECRET: 'project-secret' };
const ORDER = 'account=maple-1024&sum=10&currency=USD&description=Top-up';

describe('the start', () => {
  for (const [name, env, sentence] of [
    ['without the API secret', { CLOUDPAYMENTS_PUBLIC_ID: 'pk_1' }, /^CLOUDPAYMENTS_API_SECRET is missing: .*\n$/],
    ['without the secret of the project', { ECOMMPAY_PROJECT_ID: '112' }, /^ECOMMPAY_SECRET is missing: .*\n$/],
    ['without the password', { ...PROJECT, HTTP_AUTH_USERNAME: 'merchant' }, /^HTTP_AUTH_PASSWORD is missing: .*\n$/],
    ['of a sandbox in production', { NODE_ENV: 'production' }, /^CLOUDPAYMENTS_PUBLIC_ID and .*ECOMMPAY_SECRET\) are missing: .*\n$/],
    ['with a proxy list of no use', { TRUST_PROXY: 'everybody' }, /^TRUST_PROXY .*\n$/],
    ['with a host of no use', { HOST: '203.0.113.300' }, /^HOST, PORT: .*\n$/],
  ] as const) {
    test(`${name} fails with one line`, async (t) => {
      const example = runExample(t, env);
      assert.equal((await example.exit()).code, 1);
      assert.match(example.output, sentence);
    });
  }

  test('on a port that is taken fails with one line', async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const example = runExample(t, { PORT: port });
    assert.equal((await example.exit()).code, 1);
    assert.match(example.output, /^PORT \d+ is taken by another program\.\n$/);
  });

  test('takes a few seconds at most', async (t) => {
    const before = performance.now();
    await startExample(t);
    assert.ok(performance.now() - before < 5_000);
  });

  test('says where it listens, as it was told', async (t) => {
    const example = runExample(t, { HOST: '0.0.0.0' });
    await example.waitForLine(/^listening on http:\/\/0\.0\.0\.0:\d+$/);
  });
});

describe('with one provider', () => {
  /** Statuses of the routes of each; those of the other have to be 404. */
  async function statuses(url: string): Promise<Readonly<Record<string, number>>> {
    const status = async (method: string, path: string) => (await fetch(`${url}${path}`, { method, redirect: 'manual' })).status;
    return {
      card: await status('GET', `/_cloudpayments_/pub/card?${ORDER}`),
      check: await status('POST', '/check'),
      pay: await status('POST', '/_cloudpayments_/pay'),
      cashu: await status('GET', `/_cloudpayments_/pub/cashu?${ORDER}`),
      callback: await status('POST', '/cashu/callback'),
      refund: await status('POST', '/_cloudpayments_/cashu/refund'),
      lookUp: await status('GET', '/_cloudpayments_/cashu/payments/none'),
      sandbox: await status('GET', '/_sandbox_/ecommpay/'),
      otherFlow: await status('GET', `/_sandbox_/other-flow/pub/cashu?${ORDER}`),
      shop: await status('GET', '/'),
    };
  }

  const NOTHING = {
    ...{ card: 404, check: 404, pay: 404, cashu: 404, callback: 404, refund: 404, lookUp: 404 },
    sandbox: 404,
    otherFlow: 404,
  };

  test('cards are not there where only ECommPay is configured', async (t) => {
    const { url, process } = await startExample(t, { ...PROJECT, NODE_ENV: 'production' });
    assert.deepEqual(await statuses(url), { ...NOTHING, cashu: 200, callback: 400, shop: 200 });
    assert.doesNotMatch(process.output, /sandbox/);
    const shop = await (await fetch(`${url}/`)).text();
    assert.match(shop, /<form class="payment-page"/);
    assert.doesNotMatch(shop, /<form class="card"|_sandbox_/);
  });

  test('CashU is not there where only CloudPayments is configured', async (t) => {
    const { url } = await startExample(t, { ...KEYS, HTTP_AUTH_USERNAME: 'merchant', HTTP_AUTH_PASSWORD: 'secret' });
    assert.deepEqual(await statuses(url), { ...NOTHING, card: 200, check: 401, pay: 401, shop: 200 });
    assert.doesNotMatch(await (await fetch(`${url}/`)).text(), /cashu/i);
  });

  test('the merchant’s routes ask for the password where there is one', async (t) => {
    const { url } = await startExample(t, { ...PROJECT, HTTP_AUTH_USERNAME: 'merchant', HTTP_AUTH_PASSWORD: 'secret' });
    const { refund, lookUp } = await statuses(url);
    assert.deepEqual([refund, lookUp], [401, 401]);
  });
});

describe('SIGTERM', () => {
  test('ends an idle site at once, open connections or not', async (t) => {
    const example = await startExample(t);
    const agent = new Agent({ keepAlive: true });
    t.after(() => agent.destroy());
    await new Promise<void>((resolve) => get(`${example.url}/`, { agent }, (response) => response.resume().once('end', resolve)));
    const before = performance.now();
    assert.deepEqual(await example.process.end('SIGTERM'), { code: 0, signal: null });
    assert.ok(performance.now() - before < 3_000);
  });

  test('lets a Check finish that waits for the back-end', async (t) => {
    const merchant = await startReceiver();
    t.after(() => merchant.close());
    merchant.answerWith(reply(200, { delayMs: 1_500 }));
    const example = await startExample(t, { ...KEYS, CLOUDPAYMENTS_CHECK_URL: `${merchant.url}/check` });
    const answer = sendNotification({
      url: `${example.url}/check`,
      fields: buildNotification('check'),
      secret: KEYS.CLOUDPAYMENTS_API_SECRET,
    });
    await merchant.waitFor(({ requests }) => requests.length === 1);
    const exit = example.process.end('SIGTERM');
    assert.deepEqual(await answer, { status: 200, body: '{"code":0}' });
    assert.equal((await exit).code, 0);
  });

  test('ends within ten seconds though the back-end never answers, and the payment is handed over after the next start', async (t) => {
    const merchant = await startReceiver();
    t.after(() => merchant.close());
    merchant.answerWith({ kind: 'silence' });
    const folder = mkdtempSync(join(tmpdir(), 'payments-example-data-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ...KEYS, CLOUDPAYMENTS_WEBHOOK_URL: `${merchant.url}/webhook`, DATABASE_URL: `sqlite:${folder}/payments.sqlite` };
    const first = await startExample(t, env);
    await sendNotification({ url: `${first.url}/pay`, fields: buildNotification('pay'), secret: KEYS.CLOUDPAYMENTS_API_SECRET });
    await merchant.waitFor(({ requests }) => requests.length === 1);
    const before = performance.now();
    assert.deepEqual(await first.process.end('SIGTERM'), { code: 0, signal: null });
    assert.ok(performance.now() - before < 10_000);
    merchant.answerWith(reply(200));
    await startExample(t, env);
    await merchant.waitFor(({ requests }) => requests.length === 2);
    assert.equal(merchant.requests[0]?.webhookId, merchant.requests[1]?.webhookId);
  });
});
