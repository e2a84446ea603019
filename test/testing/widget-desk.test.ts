import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { code, intent, NO_MONEY, type SandboxSite, SUCCESS, startSandboxSite, THREE_DS, typesOf } from './sandbox-site.ts';

interface Page {
  readonly status: number;
  readonly text: string;
  readonly url: string;
}

async function open(url: string, form?: Readonly<Record<string, string>>): Promise<Page> {
  const response = await fetch(url, form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, text: await response.text(), url: response.url };
}

/** Fills the card form in and sends it; ends on the page that follows. */
function enter(
  { url }: SandboxSite,
  card: string,
  more: { readonly intent?: object; readonly form?: Readonly<Record<string, string>> } = {},
): Promise<Page> {
  const form = { intent: JSON.stringify(more.intent ?? intent()), cardNumber: card, expiry: '12/39', cvv: '123', email: '' };
  return open(`${url}/widget/card`, { ...form, ...more.form });
}

/** What the page tells the site about the payment. */
function resultOf({ text }: Page): Record<string, unknown> {
  const attribute = /data-result="([^"]*)"/.exec(text)?.[1] ?? '{}';
  return JSON.parse(attribute.replaceAll('&quot;', '"').replaceAll('&#39;', "'"));
}

describe('the card form', () => {
  test('shows the sum, the description and the test cards, in the language of the page', async (t) => {
    const { url } = await startSandboxSite(t);
    const show = (overrides: object) =>
      open(`${url}/widget/card?intent=${encodeURIComponent(JSON.stringify(intent({ amount: 1900.5, ...overrides })))}`);
    assert.match((await show({ culture: 'ru-RU' })).text, /<html lang="ru">[\s\S]*1\s900,50\s₽[\s\S]*Пополнение/);
    assert.match((await show({ culture: 'en-US' })).text, /<html lang="en">[\s\S]*RUB\s1,900\.50[\s\S]*4242 4242 4242 4242/);
  });

  test('escapes what the page hands over', async (t) => {
    const { url } = await startSandboxSite(t);
    const text = JSON.stringify(intent({ description: '<script>alert(1)</script>"' }));
    const page = await open(`${url}/widget/card?intent=${encodeURIComponent(text)}`);
    assert.equal(page.text.includes('<script>alert'), false);
    assert.match(page.text, /&lt;script&gt;alert/);
  });

  for (const [name, form] of [
    ['a number with a wrong check digit', { cardNumber: '4242424242424241' }],
    ['an expiry in the past', { expiry: '01/20' }],
    ['an expiry in no form', { expiry: '1/39' }],
    ['a CVV of two digits', { cvv: '12' }],
    ['an address without an @', { email: 'nobody' }],
  ] as const) {
    test(`comes back with ${name}, and nothing is asked`, async (t) => {
      const sandbox = await startSandboxSite(t);
      const page = await enter(sandbox, SUCCESS, { form });
      assert.equal(page.status, 422);
      assert.equal(page.text.match(/aria-invalid/g)?.length, 1);
      assert.equal(sandbox.site.requests.length, 0);
    });
  }

  test('takes a number in groups', async (t) => {
    const sandbox = await startSandboxSite(t);
    assert.equal(resultOf(await enter(sandbox, '4000 0000 0000 3055'))['status'], 'success');
  });

  for (const [name, overrides, sentence] of [
    ['another site', { publicTerminalId: 'pk_other' }, /does not belong/],
    ['no sum', { amount: 0 }, /amount/],
    ['a sum with three decimals', { amount: 1.005 }, /amount/],
    ['no currency', { currency: undefined }, /currency/],
    ['no schema', { paymentSchema: undefined }, /paymentSchema/],
  ] as const) {
    test(`is not shown for ${name}, with a sentence for the developer`, async (t) => {
      const { url } = await startSandboxSite(t);
      const page = await open(`${url}/widget/card?intent=${encodeURIComponent(JSON.stringify(intent(overrides)))}`);
      assert.equal(page.status, 400);
      assert.match(page.text, sentence);
      assert.equal(resultOf(page)['type'], 'error');
    });
  }
});

describe('a payer', () => {
  test('pays, and the site hears of it', async (t) => {
    const sandbox = await startSandboxSite(t);
    const page = await enter(sandbox, SUCCESS);
    await sandbox.control.settled();
    assert.match(page.url, /\/widget\/result\/\d+$/);
    assert.deepEqual(typesOf(sandbox.site), ['check', 'pay']);
    assert.deepEqual(resultOf(page), {
      type: 'payment',
      status: 'success',
      data: { transactionId: sandbox.control.list()[0]?.transactionId, ReasonCode: 0 },
    });
  });

  test('is sent to the bank by a 3-D Secure card and pays after the code', async (t) => {
    const sandbox = await startSandboxSite(t);
    const bank = await enter(sandbox, THREE_DS);
    assert.match(bank.url, /\/widget\/3ds\/\d+$/);
    const page = await open(bank.url, { action: 'confirm', code: '1234' });
    await sandbox.control.settled();
    assert.equal(resultOf(page)['status'], 'success');
    assert.deepEqual(typesOf(sandbox.site), ['check', 'pay']);
  });

  test('who refuses at the bank reads why the payment did not go through', async (t) => {
    const sandbox = await startSandboxSite(t);
    const bank = await enter(sandbox, THREE_DS);
    const page = await open(bank.url, { action: 'refuse' });
    assert.match(page.text, /5206 AuthenticationFailed/);
    assert.match((await open(bank.url)).url, /\/widget\/result\//);
  });

  test('is told when the card has too little money, and may try again with the same order', async (t) => {
    const sandbox = await startSandboxSite(t);
    const page = await enter(sandbox, NO_MONEY);
    assert.match(page.text, /Not enough money on the card/);
    assert.match(page.text, /Try again/);
    assert.equal(resultOf(page)['status'], 'fail');
  });

  test('may not try again where the page forbids it', async (t) => {
    const sandbox = await startSandboxSite(t);
    const page = await enter(sandbox, NO_MONEY, { intent: intent({ retryPayment: false }) });
    assert.equal(page.text.includes('Try again'), false);
  });

  test('reads why the site refused', async (t) => {
    const sandbox = await startSandboxSite(t);
    sandbox.site.answerNext(code(12));
    assert.match((await enter(sandbox, SUCCESS)).text, /Wrong amount[\s\S]*3003 InvalidAmount/);
  });

  test('leaves an e-mail for the receipt', async (t) => {
    const sandbox = await startSandboxSite(t);
    await enter(sandbox, SUCCESS, { form: { email: 'payer@example.com' } });
    assert.equal(sandbox.control.list()[0]?.email, 'payer@example.com');
  });

  test('finds nothing under a number that does not exist', async (t) => {
    const { url } = await startSandboxSite(t);
    assert.equal((await open(`${url}/widget/3ds/1`)).status, 404);
  });
});
