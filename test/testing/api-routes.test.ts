import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  API_CREDENTIALS,
  type ApiReply,
  callApi,
  intent,
  lastOf,
  NO_MONEY,
  PUBLIC_ID,
  startSandboxSite,
  THREE_DS,
} from './sandbox-site.ts';

const { pairs }: { readonly pairs: readonly { readonly id: string; readonly response: ApiReply }[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vectors/cloudpayments/api.json'), 'utf8'),
);

function vector(id: string): ApiReply {
  return pairs.find((pair) => pair.id === id)?.response ?? assert.fail(`no vector ${id}`);
}

describe('the API', () => {
  test('asks for the credentials of the site', async (t) => {
    const { url } = await startSandboxSite(t);
    for (const authorization of ['', 'Basic', `Basic ${btoa(`${PUBLIC_ID}:wrong`)}`]) {
      const response = await fetch(`${url}/api/test`, { method: 'POST', headers: { authorization } });
      assert.equal(response.status, 401);
    }
  });

  test('takes forms as well as JSON', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    const response = await fetch(`${sandbox.url}/api/payments/get`, {
      method: 'POST',
      headers: { authorization: API_CREDENTIALS },
      body: new URLSearchParams({ TransactionId: String(transactionId) }),
    });
    const { Model }: ApiReply = await response.json();
    assert.equal(Model.TransactionId, transactionId);
  });

  test('answers a ping', async (t) => {
    assert.equal((await callApi(await startSandboxSite(t), '/test')).Success, true);
  });
});

describe('a look-up', () => {
  for (const [name, id, card] of [
    ['a paid payment', 'payments/get/successful', undefined],
    ['a declined payment', 'payments/get/failed', NO_MONEY],
  ] as const) {
    test(`shows ${name} with all that a recorded answer has`, async (t) => {
      const sandbox = await startSandboxSite(t);
      const { transactionId } = await sandbox.control.pay({ intent: intent(), ...(card !== undefined && { card }) });
      const answer = await callApi(sandbox, '/payments/get', { TransactionId: transactionId });
      const recorded = vector(id);
      const missing = Object.keys(recorded.Model).filter((key) => !(key in answer.Model) && !/^Ip[A-Z]/.test(key));
      assert.deepEqual(missing, []);
      for (const key of ['Status', 'StatusCode', 'Reason', 'ReasonCode', 'TestMode'] as const)
        assert.equal(answer.Model[key], recorded.Model[key]);
      assert.equal(answer.Success, recorded.Success);
      assert.equal(answer.Model.Amount, 25);
    });
  }

  test('shows a payment that waits for 3-D Secure as unfinished', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent(), card: THREE_DS });
    const { Model } = await callApi(sandbox, '/payments/get', { TransactionId: transactionId });
    assert.equal(Model.Status, 'AwaitingAuthentication');
    assert.equal(Model.ConfirmDateIso, null);
  });

  test('finds the last payment of an order, and with v2 its refund', async (t) => {
    const sandbox = await startSandboxSite(t);
    await sandbox.control.pay({ intent: intent(), card: NO_MONEY });
    const paid = await sandbox.control.pay({ intent: intent() });
    const refund = sandbox.control.refund(paid.transactionId);
    assert.equal((await callApi(sandbox, '/payments/find', { InvoiceId: 'order-1' })).Model.TransactionId, paid.transactionId);
    const { Model } = await callApi(sandbox, '/v2/payments/find', { InvoiceId: 'order-1' });
    assert.equal(Model.TransactionId, refund.transactionId);
    assert.equal(Model.OriginalTransactionId, paid.transactionId);
  });

  test('says Not found like the real one', async (t) => {
    const sandbox = await startSandboxSite(t);
    assert.deepEqual(await callApi(sandbox, '/payments/find', { InvoiceId: 'none' }), vector('payments/find/failed_with_message'));
    assert.equal((await callApi(sandbox, '/payments/get', { TransactionId: 5 })).Message, 'Not found');
  });
});

describe('a list', () => {
  test('has the operations of one day', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { createdAt } = await sandbox.control.pay({ intent: intent() });
    const day = new Date(createdAt).toISOString().slice(0, 10);
    assert.equal((await callApi(sandbox, '/payments/list', { Date: day })).Model.length, 1);
    assert.equal((await callApi(sandbox, '/payments/list', { Date: '2020-01-01', TimeZone: 'MSK' })).Model.length, 0);
    assert.equal((await callApi(sandbox, '/payments/list', { Date: 'yesterday' })).Success, false);
  });

  test('has a hundred operations on a page, the oldest first', async (t) => {
    const sandbox = await startSandboxSite(t);
    for (let count = 0; count < 101; count += 1) await sandbox.control.pay({ intent: intent() });
    const period = { CreatedDateGte: '2020-01-01T00:00:00Z', CreatedDateLte: '2099-01-01' };
    const first = await callApi(sandbox, '/v2/payments/list', { ...period, PageNumber: 1 });
    const second = await callApi(sandbox, '/v2/payments/list', { ...period, PageNumber: 2 });
    assert.equal(first.Model.length, 100);
    assert.equal(second.Model.length, 1);
    const [oldest, newest] = [first.Model[0]?.TransactionId, second.Model[0]?.TransactionId];
    assert.ok(oldest !== undefined && newest !== undefined && oldest < newest);
  });

  test('can be asked for some statuses only', async (t) => {
    const sandbox = await startSandboxSite(t);
    await sandbox.control.pay({ intent: intent() });
    await sandbox.control.pay({ intent: intent(), card: NO_MONEY });
    const request = { CreatedDateGte: '2020-01-01', CreatedDateLte: '2099-01-01', PageNumber: 1, Statuses: ['Declined'] };
    const { Model } = await callApi(sandbox, '/v2/payments/list', request);
    assert.deepEqual(
      Model.map(({ Status }) => Status),
      ['Declined'],
    );
  });
});

describe('a change', () => {
  test('captures a reservation', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    const answer = await callApi(sandbox, '/payments/confirm', { TransactionId: transactionId, Amount: 20.5 });
    assert.deepEqual(answer, vector('payments/confirm/successful'));
    await sandbox.control.settled();
    assert.equal(lastOf(sandbox.site, 'confirm')['Amount'], '20.50');
  });

  test('voids a reservation, and only that', async (t) => {
    const sandbox = await startSandboxSite(t);
    const reserved = await sandbox.control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    const paid = await sandbox.control.pay({ intent: intent() });
    assert.deepEqual(
      await callApi(sandbox, '/payments/void', { TransactionId: reserved.transactionId }),
      vector('payments/void/successful'),
    );
    assert.equal((await callApi(sandbox, '/payments/void', { TransactionId: paid.transactionId })).Success, false);
  });

  test('refunds, and answers with the number of the refund', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    const { Model, Success } = await callApi(sandbox, '/payments/refund', { TransactionId: transactionId, Amount: 10 });
    assert.equal(Success, true);
    await sandbox.control.settled();
    assert.equal(lastOf(sandbox.site, 'refund')['TransactionId'], String(Model.TransactionId));
  });

  test('is done once for one X-Request-ID', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    const refund = () => callApi(sandbox, '/payments/refund', { TransactionId: transactionId, Amount: 10 }, { 'x-request-id': 'r1' });
    const answers = [await refund(), await refund(), await refund()];
    assert.equal(new Set(answers.map(({ Model }) => Model.TransactionId)).size, 1);
    assert.equal(sandbox.control.list().filter(({ operation }) => operation === 'Refund').length, 1);
  });

  test('that failed may be tried again with the same X-Request-ID', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    const refund = (Amount: number) =>
      callApi(sandbox, '/payments/refund', { TransactionId: transactionId, Amount }, { 'x-request-id': 'r1' });
    assert.equal((await refund(100)).Success, false);
    assert.equal((await refund(10)).Success, true);
  });
});
