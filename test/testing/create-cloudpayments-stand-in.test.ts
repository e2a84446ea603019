import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCloudPaymentsStandIn } from '../../lib/testing/index.ts';
import { reply } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { byType, intent, lastOf, startSandboxSite, typesOf } from './sandbox-site.ts';

describe('a refund', () => {
  test('is an operation of its own that names its payment', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent() });
    const refund = control.refund(transactionId, '10');
    await control.settled();
    const sent = lastOf(site, 'refund');
    assert.notEqual(refund.transactionId, transactionId);
    assert.equal(sent['TransactionId'], String(refund.transactionId));
    assert.equal(sent['PaymentTransactionId'], String(transactionId));
    assert.equal(sent['Amount'], '10.00');
    assert.equal('Currency' in sent, false);
  });

  test('gives all of the rest back where no amount is named', async (t) => {
    const { control } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent() });
    control.refund(transactionId, '10');
    assert.equal(control.refund(transactionId).amount, '15.00');
  });

  test('cannot be more than what is left', async (t) => {
    const { control } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent() });
    control.refund(transactionId, '20');
    assert.throws(() => control.refund(transactionId, '5.01'), { code: 'ERR_PAYMENTS_STATE' });
  });
});

describe('the stand-in', () => {
  test('announces a reservation that is given up', async (t) => {
    const { control, site } = await startSandboxSite(t);
    const { transactionId } = await control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    control.cancel(transactionId);
    await control.settled();
    assert.equal(lastOf(site, 'cancel')['TransactionId'], String(transactionId));
    assert.throws(() => control.confirm(transactionId), { code: 'ERR_PAYMENTS_STATE' });
  });

  test('sends nothing any more once it is closed', async (t) => {
    const { control, site, close } = await startSandboxSite(t, { speed: 600 });
    site.answerWith(byType({ pay: reply(500) }));
    await control.pay({ intent: intent() });
    await waitUntil(() => typesOf(site).includes('pay'));
    close();
    await control.settled();
    const sent = site.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(site.requests.length, sent);
  });

  test('does not start in production', (t) => {
    const before = process.env['NODE_ENV'];
    t.after(() => {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    });
    process.env['NODE_ENV'] = 'production';
    assert.throws(() => createCloudPaymentsStandIn({ publicId: 'a', apiSecret: 'b' }), /NODE_ENV=production/);
  });

  test('names what is wrong with its options', () => {
    assert.throws(() => createCloudPaymentsStandIn({ publicId: '', apiSecret: 'b' }), /publicId and apiSecret/);
    assert.throws(() => createCloudPaymentsStandIn({ publicId: 'a', apiSecret: 'b', speed: 0 }), /speed/);
  });

  test('knows no transaction that it did not make', async (t) => {
    const { control } = await startSandboxSite(t);
    assert.throws(() => control.refund(1), { code: 'ERR_PAYMENTS_NOT_FOUND' });
    await assert.rejects(control.duplicate(1), { code: 'ERR_PAYMENTS_NOT_FOUND' });
  });
});
