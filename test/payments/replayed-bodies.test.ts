import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { buildNotification, encodeNotification } from '../../lib/testing/index.ts';
import { type Site, sqliteFile, startSite } from '../support/site.ts';

const SECRET = 'replayed_test_secret';

const sign = (text: string): string => createHmac('sha256', SECRET).update(text).digest('base64');

async function post(site: Site, route: string, body: string, headers: Record<string, string>): Promise<Response> {
  return await fetch(`${site.host.url}/_cloudpayments_/${route}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

const transactionCount = async (site: Site): Promise<number> => await site.count('SELECT count(*) FROM cloudpayments_transaction');

test('the decoded text of a Check, which CloudPayments signs with the same key, is no Pay', async (t) => {
  const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiSecret: SECRET } });
  const fields = buildNotification('check', { TransactionId: 777, Description: 'x&GatewayName=Bank' });
  const decoded = Object.entries(fields)
    .map(([name, value]) => `${name}=${value ?? ''}`)
    .join('&');
  const answer = await post(site, 'pay', decoded, { 'content-hmac': sign(decoded) });
  assert.equal(answer.status, 400);
  assert.equal(await transactionCount(site), 0);
});

test('a signed JSON body that holds a form is never read as that form', async (t) => {
  const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiSecret: SECRET } });
  const hidden = '&TransactionId=888&Amount=100000&Currency=RUB&Status=Completed&GatewayName=Bank&AccountId=thief&x=';
  const body = JSON.stringify({ TransactionId: 888, Amount: 10, Status: 'Declined', Reason: 'InsufficientFunds', Description: hidden });
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json']) {
    const answer = await post(site, 'pay', body, { 'content-hmac': sign(body), 'content-type': type });
    assert.equal(answer.status, 400, type);
  }
  assert.equal(await transactionCount(site), 0);
});

test('nothing but a Cancel gives a reservation up', async (t) => {
  const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiSecret: SECRET } });
  const send = async (route: string, fields: Parameters<typeof encodeNotification>[0]): Promise<number> => {
    const body = encodeNotification(fields);
    return (await post(site, route, body, { 'content-hmac': sign(body) })).status;
  };
  const code = { TransactionId: 5 };
  assert.equal(await send('pay', buildNotification('pay', { ...code, Status: 'Authorized' })), 200);
  for (const type of ['check', 'pay', 'fail', 'confirm', 'refund', 'receipt'] as const) {
    assert.equal(await send('cancel', buildNotification(type, code)), 400, type);
  }
  const failOfSbp = { TransactionId: '5', Amount: '25.00', DateTime: '2026-01-01 00:00:00', Reason: 'X', ReasonCode: '5051' };
  assert.equal(await send('cancel', failOfSbp), 400);
  assert.equal((await site.payments.transactions.find({ code: '5' }))?.state, 'authorized');
  assert.equal(await send('cancel', buildNotification('cancel', code)), 200);
  assert.equal((await site.payments.transactions.find({ code: '5' }))?.state, 'cancelled');
});
