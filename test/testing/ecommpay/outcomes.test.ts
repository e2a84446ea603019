import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../../../lib/domain/errors.ts';
import { waitUntil } from '../../support/wait.ts';
import { callbacksAt, callGate, openSale, paySale, refundBody, saleBody, startEcommpaySite, subjectsAt } from './ecommpay-site.ts';

const AWAITING = 'sale awaiting redirect result (awaiting redirect result)';
const PAID = 'sale success (success)';

describe('the next payment', () => {
  test('can be refused although the payer pays; the one after that is ordinary', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('refusal');
    await paySale(sandbox, 'order-1');
    await paySale(sandbox, 'order-2');
    assert.deepEqual(
      sandbox.control.payments().map(({ status }) => status),
      ['decline', 'success'],
    );
  });

  test('can be paid with another sum', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('wrong-amount');
    await paySale(sandbox);
    const { payment, operation } = callbacksAt(sandbox.site).at(-1) ?? assert.fail();
    assert.deepEqual([payment.status, payment.sum.amount, operation.sum_initial.amount], ['success', 1250, 1250]);
    const { amount, rest } = sandbox.control.payment('order-1');
    assert.deepEqual([amount, rest], ['25.00', '12.50']);
  });

  test('can be announced late, while the status is right at once', async (t) => {
    const sandbox = await startEcommpaySite(t, { speed: 1 });
    sandbox.control.setNext('late');
    await openSale(sandbox);
    sandbox.control.act('order-1', 'pay');
    assert.equal((await sandbox.gate.status('order-1'))?.status, 'success');
    assert.deepEqual(
      sandbox.control.callbacks().map(({ state }) => state),
      ['delivered', 'queued'],
    );
  });

  test('comes late, but it comes', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('late');
    await paySale(sandbox);
    assert.deepEqual(subjectsAt(sandbox.site), [AWAITING, PAID]);
  });

  test('can take its time at CashU, longer than the limit', async (t) => {
    const sandbox = await startEcommpaySite(t, { speed: 1750, limitMs: 1000 });
    sandbox.control.setNext('slow');
    await openSale(sandbox);
    assert.equal(sandbox.control.act('order-1', 'pay'), 'http://shop.test/back');
    assert.equal((await sandbox.gate.status('order-1'))?.status, 'external processing');
    await sandbox.control.settled();
    assert.deepEqual(subjectsAt(sandbox.site), [AWAITING, PAID]);
  });

  test('can be announced three times, in the end with other dates', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('duplicate');
    await paySale(sandbox);
    assert.deepEqual(subjectsAt(sandbox.site), [AWAITING, PAID, PAID, PAID]);
    const [, first, second, third] = callbacksAt(sandbox.site);
    assert.deepEqual(second, first);
    assert.equal(third?.operation.id, first?.operation.id);
    assert.notEqual(third?.operation.date, first?.operation.date);
  });

  test('can get lost, and its callbacks be found again one by one', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('lost');
    await paySale(sandbox);
    assert.equal(sandbox.site.requests.length, 0);
    assert.deepEqual(
      sandbox.control.callbacks().map(({ state }) => state),
      ['lost', 'lost'],
    );
    assert.equal((await sandbox.gate.status('order-1'))?.status, 'success');
    sandbox.control.resend('order-1');
    await sandbox.control.settled();
    assert.deepEqual(subjectsAt(sandbox.site), [PAID]);
  });

  test('can end in an error, after which the same id may be used again', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('error');
    await callGate(sandbox, 'wallet/cashu/sale', saleBody());
    await sandbox.control.settled();
    const [callback] = callbacksAt(sandbox.site);
    assert.deepEqual([callback?.payment.status, callback?.operation.code, callback?.errors?.length], ['error', '502', 1]);
    await paySale(sandbox);
    assert.equal(sandbox.control.payment('order-1').status, 'success');
    assert.equal((await sandbox.gate.status('order-1'))?.operations.length, 2);
  });

  test('can lead nowhere, and expires', async (t) => {
    const sandbox = await startEcommpaySite(t, { limitMs: 400 });
    sandbox.control.setNext('redirectless');
    await openSale(sandbox);
    assert.equal(callbacksAt(sandbox.site)[0]?.redirect_data, undefined);
    assert.throws(() => sandbox.control.act('order-1', 'pay'), { code: 'ERR_PAYMENTS_STATE' });
    await waitUntil(() => subjectsAt(sandbox.site).includes('sale decline (decline)'));
  });

  test('can be taken without an answer; asking again says that it exists', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('unanswered');
    await assert.rejects(callGate(sandbox, 'wallet/cashu/sale', saleBody()), TypeError);
    const again = await callGate(sandbox, 'wallet/cashu/sale', saleBody());
    assert.equal(again.body['code'], '3041');
    await sandbox.control.settled();
    assert.deepEqual(subjectsAt(sandbox.site), [AWAITING]);
  });

  test('can find nobody there, once', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.control.setNext('unavailable');
    const response = await fetch(`${sandbox.url}/v2/payment/wallet/cashu/sale`, { method: 'POST', body: '{}' });
    assert.equal(response.status, 503);
    assert.match(await response.text(), /503/);
    await openSale(sandbox);
  });

  test('has an outcome that exists', async (t) => {
    const { control } = await startEcommpaySite(t);
    const wrong: readonly string[] = ['', 'fail'];
    // Callers in JavaScript write what they like.
    for (const outcome of wrong) assert.throws(() => control.setNext(outcome as 'lost'), /none of success, refusal/);
    control.setNext('lost');
    control.setNextRefund('refusal');
    assert.deepEqual(control.planned(), { payment: 'lost', refund: 'refusal' });
  });
});

describe('the next refund', () => {
  test('can be late, lost or repeated', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await paySale(sandbox);
    sandbox.site.forget();
    for (const outcome of ['late', 'lost', 'duplicate'] as const) {
      sandbox.control.setNextRefund(outcome);
      await callGate(sandbox, 'wallet/cashu/refund', refundBody('order-1', { amount: 100, currency: 'USD' }));
      await sandbox.control.settled();
    }
    assert.deepEqual(
      sandbox.control
        .callbacks()
        .slice(2)
        .map(({ state }) => state),
      ['delivered', 'lost', 'delivered', 'delivered', 'delivered'],
    );
  });

  test('can stay without an answer, or find nobody there', async (t) => {
    const { control, gate, ...sandbox } = await startEcommpaySite(t);
    await paySale({ control, gate, ...sandbox });
    const order = { paymentId: 'order-1', refundId: 'r-1', amount: 100, currency: 'USD', description: 'Back', ip: '127.0.0.1' };
    control.setNextRefund('unavailable');
    const isUnanswered = (error: unknown) => error instanceof ApiError && !error.answered;
    await assert.rejects(gate.refund({ ...order, callbackUrl: undefined }), isUnanswered);
    assert.equal(control.payment('order-1').operations.length, 1);
    control.setNextRefund('unanswered');
    await assert.rejects(gate.refund({ ...order, callbackUrl: undefined }), isUnanswered);
    await control.settled();
    assert.equal(control.payment('order-1').status, 'partially refunded');
  });
});
