import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { buildNotification, sendNotification } from '../../lib/testing/index.ts';
import { findPort } from '../support/server-process.ts';
import { type Example, readBalance, startExample, waitForBalance } from './example-process.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const API_SECRET = 'test-secret';
const PAYMENT = {
  id: '1',
  account: 'maple-1024',
  code: '17',
  sum: 25.5,
  created_at: '2026-01-01 00:00:00',
  type: 'payment',
  currency: 'RUB',
  amount: '25.50',
};

/** A site with a provider, whose variables name its own back-end. */
async function startOwn(t: Parameters<typeof startExample>[0]): Promise<Example> {
  const port = await findPort();
  const own = `http://127.0.0.1:${port}/backend`;
  return startExample(t, {
    PORT: String(port),
    CLOUDPAYMENTS_PUBLIC_ID: 'pk_test',
    CLOUDPAYMENTS_API_SECRET: API_SECRET,
    CLOUDPAYMENTS_CHECK_URL: `${own}/check`,
    CLOUDPAYMENTS_WEBHOOK_URL: `${own}/webhook`,
    CLOUDPAYMENTS_WEBHOOK_SECRET: SECRET,
  });
}

function post({ url }: Example, id: string, payload: object, secret = SECRET): Promise<Response> {
  const body = JSON.stringify(payload);
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
  return fetch(`${url}/backend/webhook`, { method: 'POST', headers, body });
}

describe('the back-end of the example', () => {
  test('knows its account and no other', async (t) => {
    const { url } = await startOwn(t);
    const ask = async (account: string) => (await fetch(`${url}/backend/check?account=${account}`)).status;
    assert.equal(await ask('maple-1024'), 200);
    assert.equal(await ask('maple-1025'), 404);
    assert.equal(await ask(''), 404);
  });

  test('books a signed webhook once', async (t) => {
    const example = await startOwn(t);
    assert.deepEqual(await (await post(example, 'msg_1', PAYMENT)).json(), { booked: true });
    assert.deepEqual(await (await post(example, 'msg_1', PAYMENT)).json(), { booked: false });
    assert.equal(await readBalance(example.url), 'RUB 25.50');
  });

  test('books nothing for a wrong signature or an amount of no use', async (t) => {
    const example = await startOwn(t);
    assert.equal((await post(example, 'msg_1', PAYMENT, `whsec_${Buffer.alloc(32, 8).toString('base64')}`)).status, 400);
    assert.equal((await fetch(`${example.url}/backend/webhook`, { method: 'POST' })).status, 400);
    assert.equal((await post(example, 'msg_2', { ...PAYMENT, amount: '1.005' })).status, 422);
    assert.equal(await readBalance(example.url), 'RUB 0.00');
  });

  test('gets the payments of a real provider where the variables name it', async (t) => {
    const example = await startOwn(t);
    const fields = buildNotification('pay', { AccountId: 'maple-1024', Amount: '70.00', PaymentAmount: '70.00' });
    for (const base of ['', '/_cloudpayments_']) {
      const answer = await sendNotification({ url: `${example.url}${base}/pay`, fields, secret: API_SECRET });
      assert.deepEqual(answer, { status: 200, body: '{"code":0}' });
    }
    await waitForBalance(example, 'RUB 70.00');
  });

  test('is not there when a provider is configured and the variables do not name it', async (t) => {
    const { url } = await startExample(t, { CLOUDPAYMENTS_PUBLIC_ID: 'pk_test', CLOUDPAYMENTS_API_SECRET: API_SECRET });
    assert.equal((await fetch(`${url}/backend/check?account=maple-1024`)).status, 404);
    assert.equal((await fetch(`${url}/_sandbox_/cloudpayments/`)).status, 404);
    assert.equal((await fetch(`${url}/`)).status, 200);
  });
});
