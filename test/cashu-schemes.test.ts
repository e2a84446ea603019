import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSignatureGenuine } from '../lib/providers/ecommpay/index.ts';
import { CASHU_PROJECT, type CashuShop, locationOf, startCashuShop } from './support/cashu-shop.ts';
import { forEachDatabase, query } from './support/databases.ts';
import { waitUntil } from './support/wait.ts';

/** The fields of the only form of a page. */
function hiddenFields(html: string): Record<string, string> {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}

async function bodyOfTransactions(database: string): Promise<Record<string, unknown>[]> {
  return await query(database, 'SELECT provider, code, account, sum, currency, status, state FROM cloudpayments_transaction ORDER BY id');
}

/** Waits for the webhook of an event, and gives its JSON. */
async function webhookOf(shop: CashuShop, type: string): Promise<Record<string, unknown>> {
  const taken = () => shop.backend.requests.map(({ body }) => JSON.parse(String(body))).find((body) => body.type === type);
  return await waitUntil(taken, { describe: `the webhook of a ${type}` });
}

async function pay(shop: CashuShop, fields: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = locationOf(await shop.begin(fields)).searchParams;
  shop.ecommpay.confirmPaymentPage(Object.fromEntries(id));
  const paymentId = id.get('payment_id') ?? '';
  shop.ecommpay.act(paymentId, 'pay');
  await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'success', { describe: 'the payment' });
  return paymentId;
}

describe('the three schemes of CashU', () => {
  forEachDatabase((database) => {
    test('payment through the Payment Page, in its 21 steps', async (t) => {
      const url = await database.create();
      const shop = await startCashuShop(t, { database: url });
      // 1: the payer starts at the web service.
      const page = await shop.page('/pub/cashu?account=maple-1&sum=10.00&currency=usd&description=Home+internet&lang=en');
      assert.match(page, /method="post"/);
      // 2: the request, stored before it is sent.
      const response = await shop.begin(hiddenFields(page));
      assert.equal(response.status, 303);
      const address = locationOf(response);
      const parameters = Object.fromEntries(address.searchParams);
      const paymentId = parameters['payment_id'] ?? '';
      assert.equal((await shop.payments.cashu.get(paymentId))?.status, 'created');
      assert.equal(`${address.origin}${address.pathname}`, `${shop.standInUrl}/payment`);
      assert.ok(isSignatureGenuine(parameters, [CASHU_PROJECT.secret]));
      assert.deepEqual(
        [parameters['project_id'], parameters['payment_amount'], parameters['payment_currency'], parameters['force_payment_method']],
        ['112', '1000', 'USD', 'cashu'],
      );
      // 3 to 6: ECommPay checks the request and shows its page.
      const paymentPage = await fetch(address);
      assert.equal(paymentPage.status, 200, await paymentPage.text());
      // 7 to 13: the payer chooses the wallet and is taken to CashU.
      assert.match(shop.ecommpay.confirmPaymentPage(address.href), /\/ecommpay\/cashu/);
      // 14 to 17: the payer pays, sees it, and is taken back to the Payment Page.
      shop.ecommpay.act(paymentId, 'pay');
      // 18, 19: the result reaches the web service.
      await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'success', { describe: 'the success' });
      const webhook = await webhookOf(shop, 'payment');
      assert.deepEqual([webhook['account'], webhook['code'], webhook['sum'], webhook['provider']], ['maple-1', paymentId, 10, 'cashu']);
      await waitUntil(async () => Number((await bodyOfTransactions(url))[0]?.['status']) === 1, {
        describe: 'the transaction to be completed',
      });
      const rows = await bodyOfTransactions(url);
      assert.equal(rows.length, 1);
      assert.deepEqual(
        { ...rows[0], sum: Number(rows[0]?.['sum']), status: Number(rows[0]?.['status']) },
        {
          ...{ provider: 'cashu', code: paymentId, account: 'maple-1', sum: 10, currency: 'USD', status: 1, state: 'paid' },
        },
      );
      // 20, 21: the result page leads back to our own progress page, which says what is stored.
      const back = new URL(parameters['merchant_success_url'] ?? '');
      assert.equal(back.pathname, `/_cloudpayments_/pub/cashu/${paymentId}`);
      assert.deepEqual(JSON.parse(await shop.page(`/pub/cashu/${paymentId}${back.search}`, 'application/json')), { state: 'paid' });
      assert.equal(
        shop.ecommpay.callbacks(paymentId).every(({ state }) => state === 'delivered'),
        true,
      );
    });

    test('payment through Gate, in its 17 steps', async (t) => {
      const url = await database.create();
      const shop = await startCashuShop(t, { database: url, cashu: { flow: 'gate' } });
      // 1 to 5: the request is accepted; that is no payment.
      const progress = locationOf(await shop.begin());
      const paymentId = progress.pathname.split('/').at(-1) ?? '';
      assert.equal(progress.pathname, `/_cloudpayments_/pub/cashu/${paymentId}`);
      // 6 to 9: the way to CashU arrives by a callback.
      await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'redirect', { describe: 'the redirect data' });
      assert.deepEqual(await bodyOfTransactions(url), []);
      // 10: the payer is sent on by a form.
      const sendOn = await shop.page(`/pub/cashu/${paymentId}`);
      const [, target = ''] = /<form[^>]*action="([^"]*)"/.exec(sendOn) ?? [];
      assert.ok(target.startsWith(`${shop.standInUrl}/cashu`), target);
      assert.equal(hiddenFields(sendOn)['Transaction_Code'], shop.ecommpay.payment(paymentId).transactionCode);
      // 11 to 13: the payer pays at CashU.
      const back = new URL(shop.ecommpay.act(paymentId, 'pay'));
      // 14: and comes back to the web service, where the address decides nothing.
      assert.equal(back.pathname, `/_cloudpayments_/pub/cashu/${paymentId}`);
      // 15, 16: the result arrives.
      await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'success', { describe: 'the success' });
      // 17: the payer is told.
      assert.match(await shop.page(`/pub/cashu/${paymentId}${back.search}`), /shop\.example\/thanks/);
      assert.equal((await webhookOf(shop, 'payment'))['code'], paymentId);
    });

    test('refund through Gate, in its 10 steps, in part and in full', async (t) => {
      const shop = await startCashuShop(t, { database: await database.create() });
      const paymentId = await pay(shop);
      // 1 to 5: asked for, stored, accepted.
      const partial = await shop.merchant('/cashu/refund', { payment_id: paymentId, amount: '3.50', description: 'One month less' });
      assert.equal(partial.status, 202);
      assert.equal(partial.json['status'], 'pending');
      // 6 to 9: the result arrives.
      await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'partially_refunded', { describe: 'the part' });
      assert.equal((await webhookOf(shop, 'refund'))['sum'], 3.5);
      // 10: and can be told to the payer.
      const { json } = await shop.merchant(`/cashu/payments/${paymentId}`);
      assert.deepEqual(Object.keys(json), ['payment_id', 'status', 'account', 'sum', 'currency', 'description', 'created_at', 'refunds']);
      const [refund] = json['refunds'] as Record<string, unknown>[];
      assert.deepEqual([refund?.['refund_id'], refund?.['amount'], refund?.['status']], [partial.json['refund_id'], '3.50', 'success']);

      shop.ecommpay.setNextRefund('refusal-code-0');
      const refused = await shop.merchant('/cashu/refund', { payment_id: paymentId });
      assert.equal(refused.status, 202);
      await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.refunds[1]?.status === 'decline', {
        describe: 'the refusal',
      });
      assert.equal((await shop.payments.cashu.get(paymentId))?.refundedSum, '3.50');

      await shop.payments.cashu.refund({ paymentId });
      await waitUntil(async () => (await shop.payments.cashu.get(paymentId))?.status === 'refunded', { describe: 'the rest' });
      assert.equal((await shop.merchant('/cashu/refund', { payment_id: paymentId })).status, 409);
      assert.equal((await shop.payments.transactions.find({ provider: 'cashu', code: paymentId }))?.state, 'refunded');
    });
  });
});
