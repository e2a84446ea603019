import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { forEachDatabase } from '../support/databases.ts';
import { startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { control, decide, goToCashu, newestPayment, payByCashu, waitForText } from './cashu-payer.ts';
import { type Example, readBalance, readPayments, startExample, waitForBalance } from './example-process.ts';

async function waitForPayments({ url }: Example, payments: readonly string[]): Promise<void> {
  const wanted = payments.join('\n');
  let shown = '';
  await waitUntil(
    async () => {
      shown = (await readPayments(url)).join('\n');
      return shown === wanted;
    },
    { timeoutMs: 20_000, everyMs: 50, describe: () => `${wanted}; the page shows ${shown}` },
  );
}

forEachDatabase(({ create }) => {
  test('the sandbox takes a CashU payment in both flows, and gives it back', async (t) => {
    const example = await startExample(t, { DATABASE_URL: await create() });
    await payByCashu(example, 'payment-page');
    await waitForBalance(example, 'US$10.00');
    await payByCashu(example, 'gate', { sum: '1.005', currency: 'KWD' });
    await waitForBalance(example, 'KWD 1.005, US$10.00');
    await control(example, 'refund', { paymentId: (await newestPayment(example)).id, amount: '1' });
    await waitForBalance(example, 'KWD 0.005, US$10.00');
    assert.equal((await example.process.end('SIGTERM')).code, 0);
  });
});

describe('CashU in the sandbox', () => {
  for (const flow of ['payment-page', 'gate'] as const) {
    test(`is paid by the flow "${flow}", and refunds from the Dashboard lower the balance`, async (t) => {
      const example = await startExample(t);
      await waitForText(await payByCashu(example, flow), 'Payment received');
      await waitForBalance(example, 'US$10.00');
      await waitForPayments(example, ['US$10.00 CashU credited']);
      const { id, via } = await newestPayment(example);
      assert.equal(via, flow);
      await control(example, 'refund', { paymentId: id, amount: '2.50' });
      await waitForBalance(example, 'US$7.50');
      await waitForPayments(example, ['US$10.00 CashU partly refunded: US$2.50']);
      await control(example, 'refund', { paymentId: id });
      await waitForBalance(example, 'US$0.00');
      await waitForPayments(example, ['US$10.00 CashU refunded']);
    });

    test(`tells who is refused why, and credits nothing (${flow})`, async (t) => {
      const example = await startExample(t);
      await decide(await goToCashu(example, flow), 'refuse');
      const base = flow === 'gate' ? '_sandbox_/other-flow' : '_cloudpayments_';
      const { id } = await newestPayment(example);
      const progress = { url: `${example.url}/${base}/pub/cashu/${id}?returned=1`, html: '' };
      const { html } = await waitForText(progress, 'CashU is not available at the moment');
      assert.match(html, /id="pp-retry"/);
      assert.equal(await readBalance(example.url), 'RUB 0.00');
      assert.deepEqual(await readPayments(example.url), []);
    });
  }

  test('makes Gate the flow of the site where ECOMMPAY_FLOW says so', async (t) => {
    const example = await startExample(t, { ECOMMPAY_FLOW: 'gate' });
    const page = await (await fetch(`${example.url}/`)).text();
    assert.match(page, /<form class="gate" action="\/_cloudpayments_\/pub\/cashu"/);
    await payByCashu(example, 'gate');
    await payByCashu(example, 'payment-page', { sum: '0.50' });
    await waitForBalance(example, 'US$10.50');
  });

  test('is credited once, though its callback comes three times', async (t) => {
    const example = await startExample(t);
    await control(example, 'next', { outcome: 'duplicate' });
    await payByCashu(example, 'payment-page');
    await waitForBalance(example, 'US$10.00');
    await control(example, 'resend', { paymentId: (await newestPayment(example)).id });
    await payByCashu(example, 'gate', { sum: '0.01' });
    await waitForBalance(example, 'US$10.01');
    await waitForPayments(example, ['US$0.01 CashU credited', 'US$10.00 CashU credited']);
  });

  test('is credited though every callback is lost: ECommPay is asked', async (t) => {
    const example = await startExample(t);
    await control(example, 'next', { outcome: 'lost' });
    await payByCashu(example, 'payment-page', { sum: '3.14', currency: 'EUR' });
    await waitForBalance(example, '€3.14', 60_000);
  });

  test('is shown as in review, and not credited, when another sum was paid', async (t) => {
    const example = await startExample(t);
    await control(example, 'next', { outcome: 'wrong-amount' });
    await payByCashu(example, 'payment-page', { currency: 'AED' });
    await waitForPayments(example, ['AED 5.00 CashU in review']);
    assert.equal(await readBalance(example.url), 'RUB 0.00');
  });

  test('is refunded over HTTP by who knows the password', async (t) => {
    const example = await startExample(t, { HTTP_AUTH_USERNAME: 'merchant', HTTP_AUTH_PASSWORD: 'secret' });
    await payByCashu(example, 'gate');
    await waitForBalance(example, 'US$10.00');
    const { id } = await newestPayment(example);
    const refund = (password: string) =>
      fetch(`${example.url}/_cloudpayments_/cashu/refund`, {
        method: 'POST',
        body: JSON.stringify({ payment_id: id, amount: '4' }),
        headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`merchant:${password}`)}` },
      });
    assert.equal((await refund('wrong')).status, 401);
    assert.equal((await refund('secret')).status, 202);
    await waitForBalance(example, 'US$6.00');
  });

  test('is handed over to another back-end, without refunds: it may know of none', async (t) => {
    const merchant = await startReceiver();
    t.after(() => merchant.close());
    const example = await startExample(t, { CLOUDPAYMENTS_WEBHOOK_URL: `${merchant.url}/webhook` });
    await payByCashu(example, 'gate', { sum: '1.5', currency: 'KWD' });
    await merchant.waitFor(({ requests }) => requests.length === 1);
    await control(example, 'refund', { paymentId: (await newestPayment(example)).id });
    await waitForPayments(example, ['KWD 1.500 CashU refunded']);
    await payByCashu(example, 'payment-page');
    await merchant.waitFor(({ requests }) => requests.length === 2);
    const bodies = merchant.requests.map(({ body }) => JSON.parse(String(body)));
    assert.deepEqual(
      bodies.map(({ type, provider, account, sum, currency }) => [type, provider, account, sum, currency]),
      [
        ['payment', 'cashu', 'maple-1024', 1.5, 'KWD'],
        ['payment', 'cashu', 'maple-1024', 10, 'USD'],
      ],
    );
  });
});
