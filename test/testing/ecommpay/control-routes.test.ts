import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reply } from '../../support/receiver.ts';
import { type EcommpaySite, openSale, paySale, startEcommpaySite } from './ecommpay-site.ts';

async function act({ url }: EcommpaySite, name: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/control/${name}`, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'application/json' } });
}

async function live({ url }: EcommpaySite): Promise<string> {
  return (await fetch(`${url}/control/live?lang=en`)).text();
}

describe('the control page', () => {
  test('speaks the language of the browser, or the one that is asked for', async (t) => {
    const { url } = await startEcommpaySite(t);
    const show = async (path: string, language: string) => (await fetch(url + path, { headers: { 'accept-language': language } })).text();
    assert.match(await show('/', 'ru'), /<html lang="ru">[\s\S]*Пульт песочницы/);
    assert.match(await show('/', 'de'), /<html lang="en">/);
    assert.match(await show('/?lang=en', 'ru'), /<html lang="en">/);
  });

  test('shows each callback with the answer that came', async (t) => {
    const sandbox = await startEcommpaySite(t);
    sandbox.site.answerNext(reply(503, { body: '<busy>' }));
    await paySale(sandbox);
    const text = await live(sandbox);
    assert.match(text, /<strong>sale success<\/strong>/);
    assert.match(text, /503 &lt;busy&gt;/);
    assert.match(text, /&quot;Transaction_Code&quot;/);
  });

  test('offers for each payment what can be done with it', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    const open = await live(sandbox);
    for (const part of ['control/payer', 'control/expire', 'cashu/wallet?code=']) assert.ok(open.includes(part), part);
    assert.equal(open.includes('control/refund'), false);
    sandbox.control.act('order-1', 'pay');
    await sandbox.control.settled();
    const paid = await live(sandbox);
    for (const part of ['control/refund', 'control/resend', 'control/processing']) assert.ok(paid.includes(part), part);
    assert.equal(paid.includes('control/payer'), false);
  });

  test('has the state for programs', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox);
    const { payments, callbacks, planned } = await (await fetch(`${sandbox.url}/control/state`)).json();
    assert.deepEqual([payments[0].id, callbacks[0].subject], ['order-1', 'sale awaiting redirect result']);
    assert.deepEqual(planned, { payment: 'success', refund: 'success' });
  });
});

describe('a button', () => {
  test('chooses what happens next, to a payment and to a refund', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await act(sandbox, 'next', { outcome: 'late' });
    await act(sandbox, 'next-refund', { outcome: 'refusal-code-0' });
    assert.deepEqual(sandbox.control.planned(), { payment: 'late', refund: 'refusal-code-0' });
    assert.match(await live(sandbox), /id="next-late" aria-pressed="true"/);
    assert.equal((await act(sandbox, 'next', { outcome: 'x' })).status, 409);
  });

  test('plays the payer, the Dashboard and the platform', async (t) => {
    const sandbox = await startEcommpaySite(t);
    await openSale(sandbox, 'order-1');
    await openSale(sandbox, 'order-2');
    assert.equal((await (await act(sandbox, 'payer', { paymentId: 'order-1', action: 'pay' })).json()).result, 'http://shop.test/paid');
    await act(sandbox, 'expire', { paymentId: 'order-2' });
    await act(sandbox, 'refund', { paymentId: 'order-1', amount: '5' });
    await act(sandbox, 'resend', { paymentId: 'order-2' });
    await act(sandbox, 'processing', { paymentId: 'order-1' });
    await sandbox.control.settled();
    assert.deepEqual(
      sandbox.control.payments().map(({ status, rest }) => [status, rest]),
      [
        ['partially refunded', '20.00'],
        ['decline', '25.00'],
      ],
    );
    assert.equal(sandbox.site.requests.length, 7);
  });

  test('says why something cannot be done', async (t) => {
    const response = await act(await startEcommpaySite(t), 'refund', { paymentId: 'order-9', amount: '' });
    assert.equal(response.status, 409);
    assert.match((await response.json()).error, /no payment "order-9"/);
  });
});
