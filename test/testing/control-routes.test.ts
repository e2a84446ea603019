import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reply } from '../support/receiver.ts';
import { byType, intent, type SandboxSite, startSandboxSite, typesOf } from './sandbox-site.ts';

async function act({ url }: SandboxSite, name: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/control/${name}`, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'application/json' } });
}

describe('the control page', () => {
  test('speaks the language of the browser, or the one that is asked for', async (t) => {
    const { url } = await startSandboxSite(t);
    const show = async (path: string, language: string) => (await fetch(url + path, { headers: { 'accept-language': language } })).text();
    assert.match(await show('/', 'ru'), /<html lang="ru">[\s\S]*Пульт песочницы/);
    assert.match(await show('/', 'de'), /<html lang="en">/);
    assert.match(await show('/?lang=en', 'ru'), /<html lang="en">/);
  });

  test('shows each notification with the answer that came', async (t) => {
    const { url, control, site } = await startSandboxSite(t);
    site.answerNext(reply(200, { body: '{"code":0}' }), reply(503, { body: '<busy>' }));
    await control.pay({ intent: intent() });
    await control.settled();
    const text = await (await fetch(`${url}/control/live?lang=en`)).text();
    assert.match(text, /<strong>pay<\/strong>/);
    assert.match(text, /503 &lt;busy&gt;/);
    assert.match(text, /200 \{&quot;code&quot;:0\}/);
  });

  test('offers for each payment what can be done with it', async (t) => {
    const { url, control } = await startSandboxSite(t);
    await control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    const reserved = await (await fetch(`${url}/control/live?lang=en`)).text();
    assert.match(reserved, /control\/confirm/);
    assert.match(reserved, /control\/cancel/);
    assert.equal(reserved.includes('control/refund'), false);
  });

  test('has a policy without inline scripts', async (t) => {
    const { url } = await startSandboxSite(t);
    const response = await fetch(`${url}/`);
    assert.match(response.headers.get('content-security-policy') ?? '', /script-src 'self';/);
    assert.equal(/<script>|onclick/.test(await response.text()), false);
  });
});

describe('a button', () => {
  test('sends a Pay again', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    await sandbox.control.settled();
    assert.equal((await act(sandbox, 'duplicate', { transactionId: String(transactionId), times: '3' })).status, 200);
    assert.equal(typesOf(sandbox.site).filter((type) => type === 'pay').length, 4);
  });

  test('refunds a part', async (t) => {
    const sandbox = await startSandboxSite(t);
    const { transactionId } = await sandbox.control.pay({ intent: intent() });
    await act(sandbox, 'refund', { transactionId: String(transactionId), amount: '5' });
    assert.equal(sandbox.control.list()[0]?.refunded, '5.00');
  });

  test('captures and voids', async (t) => {
    const sandbox = await startSandboxSite(t);
    const first = await sandbox.control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    const second = await sandbox.control.pay({ intent: intent({ paymentSchema: 'Dual' }) });
    await act(sandbox, 'confirm', { transactionId: String(first.transactionId), amount: '' });
    await act(sandbox, 'cancel', { transactionId: String(second.transactionId) });
    assert.deepEqual(
      sandbox.control.list().map(({ status }) => status),
      ['Completed', 'Cancelled'],
    );
  });

  test('sets up the next payment: late, lost and edited', async (t) => {
    const sandbox = await startSandboxSite(t);
    await act(sandbox, 'delay', { seconds: '0.2' });
    await act(sandbox, 'lose');
    await act(sandbox, 'edit', { amount: '1' });
    assert.deepEqual(sandbox.control.planned(), { delayMs: 200, isLost: true, amount: '1.00' });
    await sandbox.control.pay({ intent: intent() });
    assert.deepEqual(sandbox.control.planned(), { delayMs: 0, isLost: false, amount: undefined });
    assert.deepEqual((await (await act(sandbox, 'release')).json()).result, 1);
  });

  test('says why something cannot be done', async (t) => {
    const sandbox = await startSandboxSite(t);
    const response = await act(sandbox, 'refund', { transactionId: '1' });
    assert.equal(response.status, 409);
    assert.match((await response.json()).error, /no transaction 1/);
  });

  test('leads back to the page where there is no script', async (t) => {
    const sandbox = await startSandboxSite(t);
    const response = await fetch(`${sandbox.url}/control/lose`, { method: 'POST', headers: { accept: 'text/html' }, redirect: 'manual' });
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), '/cp/');
  });
});

describe('the state for programs', () => {
  test('has payments and notifications as JSON', async (t) => {
    const { url, control, site } = await startSandboxSite(t);
    site.answerWith(byType({}));
    await control.pay({ intent: intent() });
    await control.settled();
    const { payments, notifications } = await (await fetch(`${url}/control/state`)).json();
    assert.equal(payments[0].status, 'Completed');
    assert.deepEqual(
      notifications.map(({ type }: { type: string }) => type),
      ['check', 'pay'],
    );
  });
});
