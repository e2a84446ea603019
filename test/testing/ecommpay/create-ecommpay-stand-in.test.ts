import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import { createEcommpayStandIn, type EcommpayStandInOptions } from '../../../lib/testing/index.ts';
import { expressVersions, listen } from '../../support/hosts.ts';
import { callGate, pageParameters, saleBody, startEcommpaySite } from './ecommpay-site.ts';

const OPTIONS: EcommpayStandInOptions = { projectId: 112, secret: 'project-secret', callbackUrl: 'http://127.0.0.1:9/' };

describe('the stand-in for ECommPay', () => {
  test('does not start in production', (t) => {
    const before = process.env['NODE_ENV'];
    t.after(() => {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    });
    process.env['NODE_ENV'] = 'production';
    assert.throws(() => createEcommpayStandIn(OPTIONS), /NODE_ENV=production/);
  });

  const wrong: readonly Partial<EcommpayStandInOptions>[] = [
    { projectId: 0 },
    { projectId: 1.5 },
    { secret: '' },
    { callbackUrl: '/callback' },
    { publicUrl: 'shop.test' },
    { speed: 0 },
    { stepMs: -1 },
    { limitMs: 0 },
    { answerTimeoutMs: 0 },
  ];
  for (const option of wrong) {
    const [name = ''] = Object.keys(option);
    test(`names the option that is of no use: ${JSON.stringify(option)}`, () => {
      assert.throws(() => createEcommpayStandIn({ ...OPTIONS, ...option }), new RegExp(name));
    });
  }

  test('knows no payment that it did not take', async (t) => {
    const { control } = await startEcommpaySite(t);
    for (const call of [() => control.payment('x'), () => control.act('x', 'pay'), () => control.refundFromDashboard('x')]) {
      assert.throws(call, { code: 'ERR_PAYMENTS_NOT_FOUND' });
    }
  });

  test('learns its address from that of the Payment Page', () => {
    const { control, close } = createEcommpayStandIn(OPTIONS);
    const query = String(new URLSearchParams(pageParameters()));
    assert.match(
      control.confirmPaymentPage(`https://shop.test/sandbox/payment?${query}`),
      /^https:\/\/shop\.test\/sandbox\/cashu\/wallet\?/,
    );
    close();
  });

  for (const version of expressVersions) {
    test(`works behind a host with ${version.name} that parses bodies itself`, async (t) => {
      const standIn = createEcommpayStandIn({ ...OPTIONS, stepMs: 0 });
      const app = version.express().use(version.express.json(), version.express.urlencoded({ extended: true }));
      const host = await listen(app.use('/ecommpay', standIn.router));
      t.after(() => host.close());
      t.after(() => standIn.close());
      const sandbox = { ...(await startEcommpaySite(t)), url: `${host.url}/ecommpay` };
      assert.equal((await callGate(sandbox, 'wallet/cashu/sale', saleBody())).status, 200);
      const body = new URLSearchParams(pageParameters({ payment_id: 'order-2' }));
      assert.equal((await fetch(`${sandbox.url}/payment`, { method: 'POST', body })).status, 200);
    });
  }

  test('leaves other addresses to the host', async (t) => {
    const standIn = createEcommpayStandIn(OPTIONS);
    const host = await listen(express().use(standIn.router, (_request, response) => void response.status(418).end()));
    t.after(() => host.close());
    assert.equal((await fetch(`${host.url}/else`)).status, 418);
    assert.equal((await fetch(`${host.url}/payment/result?code=x`)).status, 404);
  });
});
