import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { forEachDatabase } from '../support/databases.ts';
import { startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { type Example, readBalance, startExample, waitForBalance } from './example-process.ts';

const STAND_IN = '/_sandbox_/cloudpayments';
const SUCCESS = '4000000000003055';

interface Payment {
  readonly transactionId: number;
  readonly status: string;
  readonly reasonCode: number;
}

interface State {
  readonly payments: readonly Payment[];
  readonly notifications: readonly {
    readonly type: string;
    readonly state: string;
    readonly attempts: readonly { readonly text: string }[];
  }[];
}

/** Opens the payment page like a browser and pays in the widget's frame, without a browser. */
async function pay({ url }: Example, order: Readonly<Record<string, string>> = {}, card = SUCCESS): Promise<Payment> {
  const query = new URLSearchParams({ account: 'maple-1024', sum: '300', currency: 'rub', description: 'Top-up', ...order });
  const page = await (await fetch(`${url}/_cloudpayments_/pub/card?${query}`)).text();
  const data = /<script type="application\/json" id="payment-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? assert.fail(page.slice(0, 500));
  const intent = JSON.stringify(JSON.parse(data).intent);
  const form = { intent, cardNumber: card, expiry: '12/39', cvv: '123', email: '' };
  const result = await fetch(`${url}${STAND_IN}/widget/card`, { method: 'POST', body: new URLSearchParams(form) });
  assert.equal(result.status, 200, await result.text());
  const payment = (await readState(url)).payments.findLast(({ transactionId }) => result.url.endsWith(String(transactionId)));
  return payment ?? assert.fail(result.url);
}

async function readState(url: string): Promise<State> {
  return (await fetch(`${url}${STAND_IN}/control/state`)).json();
}

async function control({ url }: Example, act: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
  const response = await fetch(`${url}${STAND_IN}/control/${act}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { accept: 'application/json' },
  });
  assert.equal(response.status, 200, await response.text());
}

forEachDatabase(({ create }) => {
  test('the sandbox takes a payment and raises the balance', async (t) => {
    const example = await startExample(t, { DATABASE_URL: await create() });
    assert.equal(await readBalance(example.url), 'RUB 0.00');
    assert.equal((await pay(example)).status, 'Completed');
    await waitForBalance(example, 'RUB 300.00');
    assert.equal((await example.process.end('SIGTERM')).code, 0);
  });
});

describe('the sandbox', () => {
  test('asks before a payment and tells of it afterwards', async (t) => {
    const example = await startExample(t);
    await pay(example);
    await waitForBalance(example, 'RUB 300.00');
    const { notifications } = await readState(example.url);
    assert.deepEqual(
      notifications.map(({ type, state }) => `${type} ${state}`),
      ['check delivered', 'pay delivered'],
    );
  });

  test('credits a payment once, though Pay comes twenty times', async (t) => {
    const example = await startExample(t);
    const { transactionId } = await pay(example);
    await control(example, 'duplicate', { transactionId: String(transactionId), times: '20' });
    await waitForBalance(example, 'RUB 300.00');
    await pay(example, { sum: '0.01' });
    await waitForBalance(example, 'RUB 300.01');
    const { notifications } = await readState(example.url);
    assert.ok(notifications.every(({ attempts }) => attempts.every(({ text }) => text === '{"code":0}')));
  });

  test('credits the payments of one moment within seconds', async (t) => {
    const example = await startExample(t);
    const before = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => pay(example, { sum: '1.10' })));
    await waitForBalance(example, 'RUB 22.00');
    assert.ok(performance.now() - before < 4_000);
  });

  test('refuses a sum that was edited in the page', async (t) => {
    const example = await startExample(t);
    await control(example, 'edit', { amount: '1.00' });
    const payment = await pay(example);
    assert.deepEqual([payment.status, payment.reasonCode], ['Declined', 3003]);
    assert.equal(await readBalance(example.url), 'RUB 0.00');
  });

  test('refuses an account that the back-end does not know', async (t) => {
    const example = await startExample(t);
    const payment = await pay(example, { account: 'nobody' });
    assert.deepEqual([payment.status, payment.reasonCode], ['Declined', 3002]);
  });

  test('credits a Pay that was lost as soon as it comes', async (t) => {
    const example = await startExample(t);
    await control(example, 'lose');
    await pay(example);
    assert.equal(await readBalance(example.url), 'RUB 0.00');
    await control(example, 'release');
    await waitForBalance(example, 'RUB 300.00');
  });

  test('takes a refund off the balance', async (t) => {
    const example = await startExample(t);
    const { transactionId } = await pay(example);
    await waitForBalance(example, 'RUB 300.00');
    await control(example, 'refund', { transactionId: String(transactionId), amount: '100.50' });
    await waitForBalance(example, 'RUB 199.50');
  });

  test('hands over to another back-end where the variables name one', async (t) => {
    const merchant = await startReceiver();
    t.after(() => merchant.close());
    const example = await startExample(t, {
      CLOUDPAYMENTS_CHECK_URL: `${merchant.url}/check`,
      CLOUDPAYMENTS_WEBHOOK_URL: `${merchant.url}/webhook`,
    });
    await pay(example, { account: 'anyone' });
    await merchant.waitFor(({ requests }) => requests.length === 2);
    assert.deepEqual(
      merchant.requests.map(({ method, url }) => `${method} ${url}`),
      ['GET /check?account=anyone', 'POST /webhook'],
    );
    assert.equal((await fetch(`${example.url}/backend/check?account=maple-1024`)).status, 404);
    assert.equal(await readBalance(example.url), undefined);
  });

  test('shows the payments of the account, in both languages', async (t) => {
    const example = await startExample(t);
    await pay(example);
    await waitForBalance(example, 'RUB 300.00');
    const show = async (lang: string) => (await fetch(`${example.url}/?lang=${lang}`)).text();
    await waitUntil(async () => (await show('en')).includes('credited'));
    assert.match(await show('ru'), /<html lang="ru">[\s\S]*300,00[\s\S]*зачислен/);
  });
});
