import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Delivery, WebhookOptions, WebhookPayload } from '../../lib/index.ts';
import { query } from '../support/databases.ts';
import { payAll, startShop } from '../support/shop.ts';
import { sqliteFile } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

type Handler = Extract<WebhookOptions, { handler: unknown }>['handler'];

async function handOver(t: TestContext, handler: Handler, timeoutMs = 200) {
  const database = sqliteFile(t);
  const { url, payments } = await startShop(t, { database, webhook: { handler, timeoutMs } });
  await payAll(url, ['1001']);
  const look = async (isThere: (delivery: Delivery) => boolean) =>
    await waitUntil(async () => ((row) => row && !row.isLeased && isThere(row) && row)((await payments.deliveries.list())[0]));
  return { database, payments, look };
}

test('a handler that resolves has taken the payment', async (t) => {
  const seen: { payment: WebhookPayload; webhookId: string }[] = [];
  const { look, payments, database } = await handOver(t, async (payment, { webhookId }) => {
    seen.push({ payment, webhookId });
  });
  await look(({ status }) => status === 'delivered');
  assert.equal(seen.length, 1);
  assert.deepEqual(Object.keys(seen[0]?.payment ?? {}).slice(0, 5), ['id', 'account', 'code', 'sum', 'created_at']);
  assert.deepEqual([seen[0]?.payment.code, seen[0]?.payment.sum, seen[0]?.webhookId], ['1001', 25, 'payment_cloudpayments_1001']);
  assert.equal((await payments.transactions.find({ code: '1001' }))?.isCompleted, true);
  const rows = await query(database, 'SELECT url, response_status, error FROM cloudpayments_webhook_log');
  assert.deepEqual(rows, [{ url: 'handler:', response_status: null, error: null }]);
});

test('a handler that returns at once has taken it too', async (t) => {
  const { look } = await handOver(t, () => undefined);
  await look(({ status }) => status === 'delivered');
});

const failing: readonly (readonly [string, Handler, RegExp])[] = [
  [
    'throws at once',
    () => {
      throw new Error('out of \0 stock');
    },
    /out of \uFFFD stock/,
  ],
  ['rejects', async () => Promise.reject(new Error('no such account')), /no such account/],
  [
    'throws what is no error',
    () => {
      throw 'a word';
    },
    /a word/,
  ],
  [
    'throws what has no text',
    () => {
      throw Object.create(null);
    },
    /./,
  ],
  ['hangs', () => new Promise(() => undefined), /too(k)? long/],
];
for (const [name, handler, error] of failing) {
  test(`a handler that ${name} is asked again later, by the schedule`, async (t) => {
    let calls = 0;
    const { look, payments, database } = await handOver(t, (payment, context) => {
      calls++;
      return calls === 1 ? handler(payment, context) : undefined;
    });
    const failed = await look(({ failures }) => failures === 1);
    const inMs = failed.dueAt.getTime() - Date.now();
    assert.ok(inMs > 6_000 && inMs <= 12_000, `again in ${inMs} ms`);
    assert.match(failed.lastError ?? '', error);
    assert.equal(calls, 1);
    await payments.deliveries.retryNow(failed.id);
    await look(({ status }) => status === 'delivered');
    assert.equal((await query(database, 'SELECT id FROM cloudpayments_webhook_log')).length, 2);
  });
}

test('the signal of a handler that takes too long is aborted', async (t) => {
  let isAborted = false;
  const { look } = await handOver(t, async (_payment, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    isAborted = true;
  });
  await look(({ failures }) => failures === 1);
  assert.equal(isAborted, true);
});

test('a handler that is at work when the router closes is waited for', async (t) => {
  let done = 0;
  let begin: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const { payments, database } = await handOver(
    t,
    async () => {
      begin?.();
      await new Promise((resolve) => setTimeout(resolve, 150));
      done++;
    },
    2_000,
  );
  await begun;
  assert.deepEqual(await payments.close(), { finished: 1, givenBack: 0 });
  assert.equal(done, 1);
  assert.deepEqual(await query(database, 'SELECT status FROM cloudpayments_delivery'), [{ status: 1 }]);
});
