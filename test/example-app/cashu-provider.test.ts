import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import express from 'express';
import { createEcommpayStandIn, type EcommpayControl } from '../../lib/testing/index.ts';
import { listen } from '../support/hosts.ts';
import { findPort } from '../support/server-process.ts';
import { type Flow, payByCashu, waitForText } from './cashu-payer.ts';
import { type Example, startExample, waitForBalance } from './example-process.ts';

const SECRET = 'project-secret';

interface Shop {
  readonly example: Example;
  readonly ecommpay: EcommpayControl;
}

/** A site that is configured for ECommPay, which is played by this process; its own back-end takes the payments. */
async function startShop(t: TestContext, flow: Flow): Promise<Shop> {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  const callbackUrl = `${url}/_cloudpayments_/cashu/callback`;
  const standIn = createEcommpayStandIn({ projectId: 4711, secret: SECRET, callbackUrl, stepMs: 10 });
  const host = await listen(express().use('/played', standIn.router));
  t.after(async () => {
    standIn.close();
    await host.close();
  });
  const example = await startExample(t, {
    PORT: String(port),
    ECOMMPAY_PROJECT_ID: '4711',
    ECOMMPAY_SECRET: SECRET,
    ECOMMPAY_FLOW: flow,
    ECOMMPAY_PAYMENT_PAGE_URL: `${host.url}/played/payment`,
    ECOMMPAY_GATE_URL: `${host.url}/played`,
    HTTP_AUTH_USERNAME: 'merchant',
    HTTP_AUTH_PASSWORD: 'pass:word',
    CLOUDPAYMENTS_WEBHOOK_URL: `${url}/backend/webhook`,
    CLOUDPAYMENTS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  });
  return { example, ecommpay: standIn.control };
}

describe('a site with a project at ECommPay', () => {
  for (const flow of ['payment-page', 'gate'] as const) {
    test(`takes CashU by the flow "${flow}" and gives it back over HTTP`, async (t) => {
      const { example, ecommpay } = await startShop(t, flow);
      const end = await payByCashu(example, flow, { sum: '2.125', currency: 'KWD' });
      await waitForText(end, 'Payment received');
      await waitForBalance(example, 'KWD 2.125');
      const [{ id = '', via } = {}] = ecommpay.payments();
      assert.equal(via, flow);
      const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa('merchant:pass:word')}` };
      const body = JSON.stringify({ payment_id: id, amount: 0.125, description: 'Too much' });
      const answer = await fetch(`${example.url}/cashu/refund`, { method: 'POST', headers, body });
      assert.equal(answer.status, 202, await answer.text());
      await waitForBalance(example, 'KWD 2.000');
      const payment = await (await fetch(`${example.url}/cashu/payments/${id}`, { headers })).json();
      assert.deepEqual([payment.status, payment.sum, payment.refunds.length], ['partially_refunded', '2.125', 1]);
    });
  }

  test('books refunds that were made in ECommPay’s Dashboard', async (t) => {
    const { example, ecommpay } = await startShop(t, 'payment-page');
    await payByCashu(example, 'payment-page');
    await waitForBalance(example, 'US$10.00');
    ecommpay.refundFromDashboard(ecommpay.payments()[0]?.id ?? '');
    await waitForBalance(example, 'US$0.00');
  });
});
