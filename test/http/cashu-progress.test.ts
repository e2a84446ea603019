import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cashuMessages } from '../../lib/http/cashu-messages.ts';
import { type Message, redirectCallback, refundCallback, saleCallback } from '../support/callbacks.ts';
import { type CashuSite, ORDER, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { formOf, linkOf } from '../support/html-form.ts';
import { type Answer, errorCode, sqliteFile } from '../support/site.ts';

const SITE = { success_url: 'https://shop.example/thanks?a=1&b=2', fail_url: 'https://shop.example/sorry' } as const;

/** What the page's own script and other programs are told. */
async function told(shop: CashuSite, paymentId: string, query = ''): Promise<unknown> {
  const answer = await shop.site.fetch(`/pub/cashu/${paymentId}${query}`, { headers: { accept: 'application/json' } });
  assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store']);
  return JSON.parse(answer.text);
}

async function shown(shop: CashuSite, paymentId: string, query = ''): Promise<Answer> {
  const answer = await shop.site.fetch(`/pub/cashu/${paymentId}${query}`, { headers: { accept: 'text/html' } });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
  return answer;
}

function stateOf({ text }: Answer): string | undefined {
  return /data-state="([^"]*)"/.exec(text)?.[1];
}

/** The data for the page's script. */
function dataOf({ text }: Answer): Message {
  return JSON.parse(/<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}');
}

/** A payment on its way by the Gate, of which ECommPay has told where the payer goes. */
async function redirected(shop: CashuSite, redirect: Message = {}): Promise<string> {
  const paymentId = await shop.beginPayment(SITE);
  assert.equal((await shop.callback(redirectCallback(paymentId, redirect))).status, 200);
  return paymentId;
}

forEachDatabase((database: TestDatabase) => {
  test('the page of a payment follows what is stored: waiting, on the way to CashU, back from there, paid', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { flow: 'gate' } });
    const paymentId = await shop.beginPayment(SITE);
    assert.deepEqual(await told(shop, paymentId), { state: 'waiting' });
    const waiting = await shown(shop, paymentId);
    assert.equal(stateOf(waiting), 'waiting');
    assert.equal(formOf(waiting.text), undefined);
    const { statusUrl } = dataOf(waiting);
    assert.equal(new URL(String(statusUrl), `${shop.site.base}/pub/cashu/${paymentId}`).href, `${shop.site.base}/pub/cashu/${paymentId}`);
    await shop.callback(redirectCallback(paymentId, { url: 'https://example.cashu.com/pay.cgi?lang=ar&x="<>' }));
    assert.equal((await shop.payment(paymentId)).status, 'redirect');
    assert.deepEqual(await told(shop, paymentId), { state: 'waiting', go: true });
    assert.deepEqual(formOf((await shown(shop, paymentId)).text), {
      ...{ method: 'post', action: 'https://example.cashu.com/pay.cgi?lang=ar&x="<>', fields: [['Transaction_Code', 'test123']] },
    });
    // Who has come back is not sent there again, but may go on.
    assert.deepEqual(await told(shop, paymentId, '?returned=1'), { state: 'returned', go: true });
    const back = await shown(shop, paymentId, '?returned=1');
    assert.deepEqual([stateOf(back), formOf(back.text), linkOf(back.text, 'pp-continue')], ['returned', undefined, paymentId]);
    assert.equal(dataOf(back)['statusUrl'], `${paymentId}?returned=1`);
    await shop.callback(saleCallback(paymentId));
    for (const query of ['', '?returned=1']) {
      assert.deepEqual(await told(shop, paymentId, query), { state: 'paid' });
      const paid = await shown(shop, paymentId, query);
      assert.deepEqual([stateOf(paid), formOf(paid.text)], ['paid', undefined]);
      assert.deepEqual([dataOf(paid)['successUrl'], linkOf(paid.text, 'pp-back')], [SITE.success_url, SITE.success_url]);
    }
  });

  test('shows each end of a payment, and where to go from there', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch: { firstCheckMs: 50, expireAfterMs: 100 } } });
    const ends: readonly [state: string, callbacks: readonly ((paymentId: string) => Message)[], hasFailed: boolean][] = [
      ['declined', [(id) => saleCallback(id, { status: 'decline', code: '20105', message: 'Insufficient funds' })], true],
      ['review', [(id) => saleCallback(id, { amount: 999 })], false],
      ['refunded', [(id) => saleCallback(id), (id) => refundCallback(id, { amount: 1_000, left: 0 })], false],
      ['expired', [], true],
    ];
    for (const [state, callbacks, hasFailed] of ends) {
      const paymentId = await shop.beginPayment(SITE);
      for (const make of callbacks) await shop.callback(make(paymentId));
      if (state === 'expired') await shop.waitForStatus(paymentId, 'expired');
      assert.deepEqual(await told(shop, paymentId, '?returned=1'), { state });
      const page = await shown(shop, paymentId);
      assert.equal(stateOf(page), state);
      assert.equal(linkOf(page.text, 'pp-back'), hasFailed ? SITE.fail_url : undefined, state);
      assert.equal(dataOf(page)['successUrl'], undefined, state);
      assert.equal(dataOf(page)['statusUrl'], undefined, state);
      if (state === 'declined') assert.ok(page.text.includes(cashuMessages.en.reasons.funds));
      const retry = linkOf(page.text, 'pp-retry');
      assert.equal(retry !== undefined, hasFailed, state);
      if (retry === undefined) continue;
      const again = await fetch(new URL(retry, `${shop.site.base}/pub/cashu/${paymentId}`));
      assert.equal(again.status, 200);
      assert.deepEqual(Object.fromEntries(formOf(await again.text())?.fields ?? []), { ...ORDER, ...SITE });
    }
  });
});

describe('the page of a payment', () => {
  for (const [name, redirect, expected] of [
    [
      'by POST with fields',
      {},
      { method: 'post', action: 'https://example.cashu.com/pcashu.cgi', fields: [['Transaction_Code', 'test123']] },
    ],
    [
      'by GET, with what the address has beside the fields',
      { method: 'GET', url: 'https://example.cashu.com/pay?lang=ar', body: { code: 'a&b' } },
      {
        ...{ method: 'get', action: 'https://example.cashu.com/pay' },
        fields: [
          ['lang', 'ar'],
          ['code', 'a&b'],
        ],
      },
    ],
    [
      'without fields, as an empty list',
      { method: 'get', url: 'https://example.cashu.com/pay', body: [] },
      { method: 'get', action: 'https://example.cashu.com/pay', fields: [] },
    ],
    [
      'with numbers and markup in the fields',
      { body: { n: 42, '"><img src=x>': '"><script>alert(1)</script>', nothing: null } },
      {
        ...{ method: 'post', action: 'https://example.cashu.com/pcashu.cgi' },
        fields: [
          ['n', '42'],
          ['"><img src=x>', '"><script>alert(1)</script>'],
          ['nothing', ''],
        ],
      },
    ],
  ] as const) {
    test(`sends the payer on to CashU ${name}`, async (t) => {
      const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { flow: 'gate' } });
      const page = await shown(shop, await redirected(shop, redirect));
      assert.deepEqual(formOf(page.text), expected);
      assert.doesNotMatch(page.text, /<img|<script>alert/);
    });
  }

  test('never sends the payer to an address that is not https', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { flow: 'gate' } });
    const addresses = [
      'http://example.cashu.com/',
      'javascript:alert(1)',
      'java\tscript:alert(1)',
      'data:text/html,1',
      'ftp://example.com/',
    ];
    const relative = [
      '//example.cashu.com/',
      '/pay',
      'example.cashu.com',
      'https://',
      'http://127.0.0.1.example.com/',
      'http://localhost.example.com/',
    ];
    for (const url of [...addresses, ...relative]) {
      const paymentId = await redirected(shop, { url });
      assert.deepEqual(await told(shop, paymentId), { state: 'waiting' }, url);
      const page = await shown(shop, paymentId);
      assert.deepEqual([stateOf(page), formOf(page.text), linkOf(page.text, 'pp-continue')], ['waiting', undefined, undefined], url);
      assert.ok(!page.text.includes(`"${url}"`), url);
      // Paid by another way all the same.
      await shop.callback(saleCallback(paymentId));
      assert.deepEqual(await told(shop, paymentId), { state: 'paid' }, url);
    }
  });

  test('goes to plain http on the own machine only where the Gate is there too', async (t) => {
    const url = 'http://127.0.0.1:3000/cashu';
    const sandbox = await startCashuSite(t, { database: sqliteFile(t), cashu: { flow: 'gate' } });
    assert.deepEqual(await told(sandbox, await redirected(sandbox, { url })), { state: 'waiting', go: true });
    const live = await startCashuSite(t, { database: sqliteFile(t), cashu: { gateUrl: 'https://gate.example' } });
    assert.deepEqual(await told(live, await redirected(live, { url })), { state: 'waiting' });
    assert.deepEqual(await told(live, await redirected(live)), { state: 'waiting', go: true });
  });

  test('believes nothing that stands in its address, and tells programs the state only', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment(SITE);
    const query = '?returned=1&status=success&state=paid&payment_status=success&success_url=https://evil.example/';
    assert.deepEqual(await told(shop, paymentId, query), { state: 'returned' });
    const page = await shown(shop, paymentId, query);
    assert.equal(stateOf(page), 'returned');
    assert.doesNotMatch(page.text, /evil/);
    assert.equal((await shop.payment(paymentId)).status, 'created');
    assert.deepEqual(shop.gate.requests, []);
  });

  test('is found by a number in upper case too, and by no other', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    assert.deepEqual(await told(shop, paymentId.toUpperCase()), { state: 'waiting' });
    for (const id of ['f'.repeat(32), paymentId.slice(1), `${paymentId}0`, '%00', '%F0%9F%92%B3', '__proto__', "' OR 1=1 --"]) {
      const program = await shop.site.fetch(`/pub/cashu/${id}`, { headers: { accept: 'application/json' } });
      assert.deepEqual([program.status, errorCode(program)], [404, 'ERR_PAYMENTS_NOT_FOUND'], id);
      const page = await shop.site.fetch(`/pub/cashu/${id}`);
      assert.equal(page.status, 404, id);
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/, id);
    }
    const broken = await shop.site.fetch('/pub/cashu/%E0%A4%A', { headers: { accept: 'application/json' } });
    assert.equal(broken.status, 404);
    const wrong = await shop.site.fetch(`/pub/cashu/${paymentId}`, { method: 'POST', body: '' });
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD']);
  });

  test('keeps the language in which the payment was begun', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment({ lang: 'ru' });
    await shop.callback(saleCallback(paymentId, { status: 'decline', code: '20202' }));
    const { text } = await shown(shop, paymentId);
    assert.match(text, /<html lang="ru"/);
    assert.ok(text.includes(cashuMessages.ru.reasons.unavailable));
  });

  test('has ways that hold with a slash at the end too', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { flow: 'gate' } });
    const paymentId = await redirected(shop);
    const address = `${shop.site.base}/pub/cashu/${paymentId}/`;
    const page = await shown(shop, paymentId, '/?returned=1');
    const links = [linkOf(page.text, 'pp-continue'), dataOf(page)['statusUrl'], dataOf(page)['reloadUrl']];
    for (const link of links) assert.equal(new URL(String(link), address).pathname, new URL(address).pathname.slice(0, -1));
    await shop.callback(saleCallback(paymentId, { status: 'decline' }));
    const retry = linkOf((await shown(shop, paymentId, '/')).text, 'pp-retry');
    assert.equal(new URL(String(retry), address).pathname, '/_cloudpayments_/pub/cashu');
  });
});
