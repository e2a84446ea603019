import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { apiReply, type Receiver, startReceiver } from '../support/receiver.ts';
import { type Site, sqliteFile, startSite } from '../support/site.ts';

interface Shop {
  readonly site: Site;
  readonly api: Receiver;
  /** Of a paid transaction of 25.00. */
  readonly id: string;
}

async function startShop(t: TestContext): Promise<Shop> {
  const api = await startReceiver(apiReply({ Success: true, Model: { TransactionId: 9001 } }));
  t.after(() => api.close());
  const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiUrl: api.url } });
  await site.send('pay', { TransactionId: 1, Amount: '25.00' });
  const paid = await site.payments.transactions.find({ code: '1' });
  return { site, api, id: paid?.id ?? '' };
}

test('a refund asks CloudPayments for what is left, once for each request id', async (t) => {
  const { site, api, id } = await startShop(t);
  const receipt = await site.payments.transactions.refund(id, { requestId: 'refund-1' });
  assert.deepEqual(receipt, { refundCode: '9001', amount: '25.00', requestId: 'refund-1' });
  const [request] = api.requests;
  assert.equal(request?.url, '/payments/refund');
  assert.equal(request?.headers['x-request-id'], 'refund-1');
  assert.match(String(request?.headers['authorization']), /^Basic /);
  assert.equal(request?.body.toString(), '{"TransactionId":1,"Amount":25}');
});

test('a part may be refunded, and then the rest; the transaction follows the notifications', async (t) => {
  const { site, api, id } = await startShop(t);
  await site.payments.transactions.refund(id, { amount: '10.50' });
  assert.equal(api.requests[0]?.body.toString(), '{"TransactionId":1,"Amount":10.5}');
  assert.equal((await site.payments.transactions.get(id))?.state, 'paid');
  await site.send('refund', { TransactionId: 9001, PaymentTransactionId: 1, Amount: '10.50' });
  assert.equal((await site.payments.transactions.get(id))?.state, 'partially_refunded');
  assert.equal((await site.payments.transactions.refund(id)).amount, '14.50');
});

test('what cannot be refunded is refused before anybody is asked', async (t) => {
  const { site, api, id } = await startShop(t);
  for (const amount of ['25.01', '0', '-1', 'all', '1e1']) {
    await assert.rejects(site.payments.transactions.refund(id, { amount }), { code: 'ERR_PAYMENTS_STATE' }, amount);
  }
  await assert.rejects(site.payments.transactions.refund('999'), { code: 'ERR_PAYMENTS_NOT_FOUND' });
  assert.equal(api.requests.length, 0);
});

test('a refusal and a lost answer are told apart', async (t) => {
  const { site, api, id } = await startShop(t);
  api.answerWith(apiReply({ Success: false, Message: 'Too late' }));
  await assert.rejects(site.payments.transactions.refund(id), { code: 'ERR_PAYMENTS_API', answered: true, message: /Too late/ });
  api.answerWith({ kind: 'close', within: 'request' });
  await assert.rejects(site.payments.transactions.refund(id), { code: 'ERR_PAYMENTS_API', answered: false });
});
