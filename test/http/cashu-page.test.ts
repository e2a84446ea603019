import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { describe, test } from 'node:test';
import express from 'express';
import type { CashuCustomer } from '../../lib/index.ts';
import { operation, PROJECT_SECRET, saleCallback, signatureOf, statusReport } from '../support/callbacks.ts';
import { type CashuSite, ORDER, PAYMENT_PAGE, paymentIdOf, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { CUT_OFF, refuse } from '../support/gate.ts';
import { expressVersions } from '../support/hosts.ts';
import { formOf, linkOf } from '../support/html-form.ts';
import { reply } from '../support/receiver.ts';
import { type Answer, errorCode, sqliteFile, startSite } from '../support/site.ts';

const JSON_WANTED = { headers: { accept: 'application/json' } } as const;

/** The parameters with which a payer arrives at the Payment Page, after the signature was found genuine. */
function pageParameters({ status, headers }: Answer): Readonly<Record<string, string>> {
  assert.equal(status, 303);
  const location = headers.get('location') ?? '';
  assert.ok(location.startsWith(`${PAYMENT_PAGE}?`), location);
  return verified(Object.fromEntries(new URL(location).searchParams));
}

function verified(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  assert.equal(parameters['signature'], signatureOf(parameters, PROJECT_SECRET));
  assert.doesNotMatch(Object.entries(parameters).flat().join(''), /;/);
  return parameters;
}

/** The problems that an answer names, each by its parameter and reason. */
function problemsOf(answer: Answer): string[] {
  assert.deepEqual([answer.status, errorCode(answer)], [400, 'ERR_PAYMENTS_PAGE_PARAMETERS']);
  const { problems }: { problems: { parameter: string; reason: string; message: string }[] } = JSON.parse(answer.text).error;
  for (const { message } of problems) assert.notEqual(message, '');
  return problems.map(({ parameter, reason }) => `${parameter} ${reason}`);
}

function show(shop: CashuSite, parameters: Readonly<Record<string, string>>, init: RequestInit = {}): Promise<Answer> {
  return shop.site.fetch(`/pub/cashu?${new URLSearchParams(parameters)}`, init);
}

forEachDatabase((database: TestDatabase) => {
  test('the button stores the payment with all that it promises, and leads to the Payment Page', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const odd = { account: 'Ünï;cødé 💳  ', description: 'x;payment:status:success', sum: '1000.5', currency: 'aed' };
    const urls = { success_url: 'https://shop.example/ok?a=1;b=2', fail_url: 'https://shop.example/sorry' };
    const { answer, paymentId } = await shop.begin({ ...odd, ...urls, lang: 'ru' });
    assert.match(paymentId, /^[0-9a-f]{32}$/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const parameters = pageParameters(answer);
    const returnUrl = `${shop.site.base}/pub/cashu/${paymentId}?returned=1`;
    const { signature: _, best_before, ...rest } = parameters;
    assert.deepEqual(rest, {
      ...{ project_id: '112', payment_id: paymentId, payment_amount: '100050', payment_currency: 'AED' },
      ...{ payment_description: 'x,payment:status:success', customer_id: rest['customer_id'], force_payment_method: 'cashu' },
      ...{ language_code: 'ru', merchant_success_url: returnUrl, merchant_fail_url: returnUrl, merchant_return_url: returnUrl },
      redirect_success_url: returnUrl,
    });
    assert.match(rest['customer_id'] ?? '', /^[0-9a-f]{64}$/);
    assert.match(best_before ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    const minutesLeft = (Date.parse(best_before ?? '') - Date.now()) / 60_000;
    assert.ok(minutesLeft > 28 && minutesLeft <= 30, `${minutesLeft} minutes`);
    const payment = await shop.payment(paymentId);
    assert.deepEqual(
      [payment.account, payment.description, payment.sum, payment.currency, payment.status, payment.flow],
      [odd.account, odd.description, '1000.50', 'AED', 'created', 'payment-page'],
    );
    assert.ok(Math.abs(payment.createdAt.getTime() - Date.now()) < 60_000);
    const [row] = await shop.site.rows('SELECT ip, success_url, fail_url, page_query FROM cloudpayments_cashu_payment');
    assert.deepEqual([row?.['ip'], row?.['success_url'], row?.['fail_url']], ['127.0.0.1', urls.success_url, urls.fail_url]);
    assert.equal(new URLSearchParams(String(row?.['page_query'])).get('account'), odd.account);
    await shop.assertNothingCredited();
    assert.equal(await shop.count('http_log', "url LIKE '%/pub/cashu' AND response_status = 303"), 1);
  });

  test('each press begins a payment of its own, also of one account at the same moment', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const ids = await Promise.all(Array.from({ length: 20 }, () => shop.beginPayment()));
    assert.equal(new Set(ids).size, 20);
    const listed = await shop.payments.cashu.list({ account: 'user-1' });
    assert.deepEqual(listed.map(({ paymentId }) => paymentId).sort(), ids.sort());
  });

  test('the Gate flow goes on to the payment’s own page as soon as ECommPay has taken the payment', async (t) => {
    const shop = await startCashuSite(t, {
      database: await database.create(),
      cashu: { flow: 'gate', callbackUrl: 'https://shop.example/cb' },
    });
    const { answer, paymentId } = await shop.begin({ sum: '10.125', currency: 'KWD', description: 'a;b' });
    assert.equal(answer.headers.get('location'), `cashu/${paymentId}`);
    const { status, flow } = await shop.payment(paymentId);
    assert.deepEqual([status, flow], ['pending', 'gate']);
    const [sale, ...others] = shop.gate.requests;
    assert.deepEqual(others, []);
    const { best_before: _, ...payment } = Object(sale?.payment);
    assert.deepEqual(payment, { amount: 10_125, currency: 'KWD', description: 'a,b' });
    assert.deepEqual(sale?.body['customer'], { id: 'user-1', ip_address: '127.0.0.1' });
    const returnUrl = `${shop.site.base}/pub/cashu/${paymentId}?returned=1`;
    assert.deepEqual(sale?.body['return_url'], { success: returnUrl, decline: returnUrl, return: returnUrl });
    assert.equal(sale?.general['merchant_callback_url'], 'https://shop.example/cb');
  });

  test('a payment that the Gate refuses is closed, and the payer told so', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { flow: 'gate' } });
    shop.gate.answerSales(refuse('20107', 'Currency is not supported', 403));
    const page = await shop.press({ fail_url: 'https://shop.example/sorry' });
    assert.equal(page.status, 502);
    assert.match(page.text, /data-state="refused"/);
    assert.equal(linkOf(page.text, 'pp-back'), 'https://shop.example/sorry');
    const retry = linkOf(page.text, 'pp-retry') ?? '';
    assert.deepEqual(Object.fromEntries(new URL(retry, `${shop.site.base}/pub/cashu`).searchParams), {
      ...ORDER,
      fail_url: 'https://shop.example/sorry',
    });
    const program = await shop.press({}, JSON_WANTED);
    assert.deepEqual([program.status, errorCode(program)], [502, 'ERR_PAYMENTS_API']);
    for (const { status, operationCode, operationMessage } of await shop.payments.cashu.list())
      assert.deepEqual([status, operationCode], ['decline', '20107'], operationMessage);
    assert.equal(shop.site.seen('cashu.status').length, 2);
    // Refused for good, and paid all the same: what ECommPay says last counts.
    const [{ paymentId } = { paymentId: '' }] = await shop.payments.cashu.list();
    await shop.callback(saleCallback(paymentId));
    assert.equal((await shop.payment(paymentId)).status, 'success');
  });

  for (const [name, misbehave] of [
    ['breaks off', CUT_OFF],
    ['is overloaded', reply(503)],
    ['shows a page of something in between', reply(403, { body: '<html>' })],
  ] as const) {
    test(`a payment stays open when the Gate ${name}: what became of it is asked`, async (t) => {
      const watch = { firstCheckMs: 50 };
      const shop = await startCashuSite(t, { database: await database.create(), cashu: { flow: 'gate', watch } });
      shop.gate.answerSales(misbehave);
      const page = await shop.press();
      assert.equal(page.status, 503);
      assert.match(page.text, /data-state="unreachable"/);
      const program = await shop.press({}, JSON_WANTED);
      assert.deepEqual([program.status, errorCode(program)], [503, 'ERR_PAYMENTS_API']);
      const payments = await shop.payments.cashu.list();
      assert.deepEqual(
        payments.map(({ status }) => status),
        ['created', 'created'],
      );
      shop.gate.answerStatus(({ paymentId }) => statusReport(paymentId, {}, [operation()]));
      for (const { paymentId } of payments) await shop.waitForStatus(paymentId, 'success');
      assert.equal(await shop.count('transaction'), 2);
    });
  }

  test('a callback that is faster than the Gate’s answer is not undone by it', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { flow: 'gate' } });
    const early: Promise<Answer>[] = [];
    for (const [answer, status] of [
      [refuse('3041', 'duplicate'), 'success'],
      [reply(503), 'success'],
      [{ kind: 'accept' }, 'success'],
      [refuse('100'), 'success'],
    ] as const) {
      shop.gate.answerSales(({ paymentId }) => {
        early.push(shop.callback(saleCallback(paymentId)));
        return answer.kind === 'reply' ? { ...answer, delayMs: 150 } : answer;
      });
      await shop.press();
      await Promise.all(early);
      const [payment] = await shop.payments.cashu.list({ limit: 1 });
      assert.equal(payment?.status, status);
    }
    assert.equal(await shop.count('transaction'), 4);
  });
});

describe('the CashU page', () => {
  test('shows what is to be paid and has one button, which sends what the page was asked for', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const parameters = { ...ORDER, sum: '1234.5', currency: 'usd', success_url: 'https://shop.example/ok', account: '<a"b>&' };
    const page = await show(shop, { ...parameters, utm_source: 'mail', 'payment:status': 'success' });
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.text, /1,234\.50/);
    const { fields, ...form } = formOf(page.text) ?? { fields: [] };
    assert.deepEqual([form, Object.fromEntries(fields)], [{ method: 'post', action: 'cashu' }, parameters]);
    assert.equal(await shop.count('cashu_payment'), 0);
    const answer = await shop.site.fetch('/pub/cashu', { method: 'POST', body: new URLSearchParams(Object.fromEntries(fields)) });
    assert.equal((await shop.payment(paymentIdOf(answer))).account, '<a"b>&');
  });

  test('comes with the headers of a page that nobody else may use or keep', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    for (const { headers, text } of [await show(shop, ORDER), await show(shop, {}), await shop.press({ sum: '0' })]) {
      const policy = headers.get('content-security-policy') ?? '';
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
      assert.ok(text.includes(`nonce="${nonce}"`));
      assert.doesNotMatch(policy, /script-src[^;]*unsafe/);
      assert.match(policy, /form-action 'self' https:/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'strict-origin');
    }
  });

  test('names each problem, to people and to programs, to who opens it and to who presses', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const cases: readonly [parameters: Readonly<Record<string, string>>, problems: readonly string[]][] = [
      [{ currency: 'RUB' }, ['currency unknown-currency']],
      [{ currency: 'RUB', sum: '0', description: '' }, ['currency unknown-currency', 'sum not-positive', 'description missing']],
      [{ currency: '' }, ['currency missing']],
      [{ currency: 'toString' }, ['currency unknown-currency']],
      [{ sum: '0.00' }, ['sum not-positive']],
      [{ sum: '-1' }, ['sum not-a-sum']],
      [{ sum: '1e3' }, ['sum not-a-sum']],
      [{ sum: '1,5' }, ['sum not-a-sum']],
      [{ sum: '10.001' }, ['sum too-many-decimals']],
      [{ sum: '10.0001', currency: 'KWD' }, ['sum too-many-decimals']],
      [{ sum: '10.001', currency: 'LBP' }, ['sum too-many-decimals']],
      [{ sum: '99999999999999' }, ['sum sum-too-large']],
      [{ account: ' ' }, ['account missing']],
      [{ account: 'a'.repeat(255) }, ['account too-long']],
      [{ account: 'a\0b' }, ['account not-text']],
      [{ success_url: 'javascript:alert(1)' }, ['success_url url-scheme']],
      [{ fail_url: 'https://user@shop.example/' }, ['fail_url url-user-info']],
      [{ expires: '1' }, ['signature signature-missing']],
    ];
    for (const [parameters, problems] of cases) {
      const all = { ...ORDER, ...parameters };
      assert.deepEqual(problemsOf(await show(shop, all, JSON_WANTED)).sort(), [...problems].sort(), JSON.stringify(parameters));
      assert.deepEqual(problemsOf(await shop.press(parameters, JSON_WANTED)).sort(), [...problems].sort(), JSON.stringify(parameters));
      const page = await show(shop, all);
      assert.equal(page.status, 400);
      for (const problem of problems) assert.ok(page.text.includes(problem.split(' ', 1)[0] ?? ''), `${problem}: ${page.text}`);
    }
    assert.deepEqual(problemsOf(await shop.site.fetch('/pub/cashu', JSON_WANTED)).sort(), [
      ...['account missing', 'currency missing', 'description missing', 'sum missing'],
    ]);
    const twice = await shop.site.fetch(`/pub/cashu?${new URLSearchParams(ORDER)}&sum=1`, JSON_WANTED);
    assert.deepEqual(problemsOf(twice), ['sum repeated']);
    assert.equal(await shop.count('cashu_payment'), 0);
  });

  test('refuses a sum that ECommPay cannot take, and stores nothing', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    for (const [sum, currency] of [
      ['100000000000.01', 'USD'],
      ['10000000000.001', 'KWD'],
    ] as const)
      for (const answer of [await show(shop, { ...ORDER, sum, currency }, JSON_WANTED), await shop.press({ sum, currency }, JSON_WANTED)])
        assert.deepEqual(problemsOf(answer), ['sum sum-too-large']);
    assert.equal(await shop.count('cashu_payment'), 0);
    assert.equal(pageParameters((await shop.begin({ sum: '100000000000.00' })).answer)['payment_amount'], '10000000000000');
  });

  test('counts in the smallest unit of each currency', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { currencies: { jod: 2, xaf: 0 } } });
    for (const [sum, currency, units] of [
      ['10.125', 'KWD', '10125'],
      ['10', 'KWD', '10000'],
      ['0.001', 'BHD', '1'],
      ['1.5', 'OMR', '1500'],
      ['10.12', 'LBP', '1012'],
      ['0.01', 'EUR', '1'],
      ['7.1', 'TRY', '710'],
      ['10.12', 'JOD', '1012'],
      ['10', 'XAF', '10'],
    ] as const) {
      const { answer, paymentId } = await shop.begin({ sum, currency });
      const { payment_amount, payment_currency } = pageParameters(answer);
      assert.deepEqual([payment_amount, payment_currency], [units, currency]);
      await shop.callback(saleCallback(paymentId, { amount: Number(units), currency }));
      assert.equal((await shop.payment(paymentId)).status, 'success', `${sum} ${currency}`);
    }
    assert.deepEqual(problemsOf(await show(shop, { ...ORDER, sum: '1.5', currency: 'XAF' }, JSON_WANTED)), ['sum too-many-decimals']);
  });

  test('speaks the language that is asked for', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    for (const [lang, accepted, expected] of [
      ['ru', 'en', 'ru'],
      ['en', 'ru', 'en'],
      ['', 'ru-RU,ru;q=0.9', 'ru'],
      ['fr', 'fr', 'en'],
    ] as const) {
      const parameters = { ...ORDER, ...(lang !== '' && { lang }) };
      const headers = { 'accept-language': accepted };
      const page = await show(shop, parameters, { headers });
      assert.match(page.text, new RegExp(`<html lang="${expected}"`));
      const answer = await shop.press(lang === '' ? {} : { lang }, { headers });
      assert.equal(pageParameters(answer)['language_code'], expected);
      const progress = await shop.site.fetch(`/pub/cashu/${paymentIdOf(answer)}`);
      assert.match(progress.text, new RegExp(`<html lang="${expected}"`));
    }
    assert.match((await show(shop, { lang: 'ru' })).text, /<html lang="ru"/);
  });

  test('sends a form where the parameters are to be kept out of addresses', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { paymentPageMethod: 'POST' } });
    const answer = await shop.press({ description: '"><script>alert(1)</script>' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('location'), null);
    const form = formOf(answer.text);
    assert.deepEqual([form?.method, form?.action], ['post', PAYMENT_PAGE]);
    const parameters = verified(Object.fromEntries(form?.fields ?? []));
    assert.equal(parameters['payment_description'], '"><script>alert(1)</script>');
    assert.doesNotMatch(answer.text, /<script>alert/);
    assert.equal((await shop.payment(parameters['payment_id'] ?? '')).status, 'created');
  });

  test('tells ECommPay of the payer what the site knows, and goes on where that fails', async (t) => {
    const details: Readonly<Record<string, CashuCustomer | Error>> = {
      known: { email: 'a;b@shop.example', firstName: 'Ada', lastName: 'Lovelace', phone: '97150123456' },
      some: { email: '', firstName: undefined, phone: '1234' },
      broken: new Error('no such table'),
    };
    const customer = async (account: string): Promise<CashuCustomer> => {
      const found = details[account];
      if (found instanceof Error) throw found;
      return found ?? {};
    };
    const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { customer, secret: [PROJECT_SECRET, 'old'] } });
    const toldOf = async (account: string) => {
      const parameters = pageParameters((await shop.begin({ account })).answer);
      return Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith('customer_')));
    };
    assert.deepEqual(await toldOf('known'), {
      ...{ customer_id: 'known', customer_email: 'a,b@shop.example', customer_first_name: 'Ada', customer_last_name: 'Lovelace' },
      customer_phone: '97150123456',
    });
    assert.deepEqual(await toldOf('some'), { customer_id: 'some', customer_phone: '1234' });
    assert.deepEqual(await toldOf('broken'), { customer_id: 'broken' });
  });

  for (const { name, express: version } of expressVersions) {
    test(`takes its form behind body parsers too (${name})`, async (t) => {
      for (const before of [
        [express.urlencoded({ extended: true })],
        [express.urlencoded({ extended: false }), express.json()],
        [express.text({ type: '*/*' })],
      ]) {
        const shop = await startCashuSite(t, { database: sqliteFile(t), before, express: version });
        const { answer, paymentId } = await shop.begin({ account: 'a+b & c=d', description: 'Счёт 💳' });
        assert.equal(pageParameters(answer)['customer_id'], 'a+b & c=d');
        assert.equal((await shop.payment(paymentId)).description, 'Счёт 💳');
        const twice = new URLSearchParams([...Object.entries(ORDER), ['account', 'user-2']]);
        assert.deepEqual(problemsOf(await shop.site.fetch('/pub/cashu', { method: 'POST', body: twice, ...JSON_WANTED })), [
          'account repeated',
        ]);
      }
    });
  }

  test('takes no other kind of body, no other method, and no endless one', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const post = (body: string, type: string) =>
      shop.site.fetch('/pub/cashu', { method: 'POST', body, headers: { 'content-type': type, ...JSON_WANTED.headers } });
    assert.equal((await post(JSON.stringify(ORDER), 'application/json')).status, 415);
    assert.equal((await post('a=1', 'multipart/form-data; boundary=x')).status, 415);
    assert.equal((await post(`account=${'a'.repeat(65_536)}`, 'application/x-www-form-urlencoded')).status, 413);
    const wrong = await shop.site.fetch('/pub/cashu', { method: 'PUT' });
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD, POST']);
    const head = await shop.site.fetch(`/pub/cashu?${new URLSearchParams(ORDER)}`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal(await shop.count('cashu_payment'), 0);
  });

  test('is not there without option "cashu", nor are the routes of cards without "cloudpayments"', async (t) => {
    const cards = await startSite(t, { database: sqliteFile(t) });
    for (const [method, path] of [
      ['GET', '/pub/cashu'],
      ['POST', '/pub/cashu'],
      ['POST', '/cashu/callback'],
      ['POST', '/cashu/refund'],
      ['GET', `/cashu/payments/${'0'.repeat(32)}`],
    ] as const) {
      const answer = await cards.fetch(path, { method });
      assert.deepEqual([answer.status, errorCode(answer)], [404, 'ERR_PAYMENTS_NOT_FOUND'], path);
    }
    assert.throws(() => cards.payments.links.cashu(ORDER), { code: 'ERR_PAYMENTS_NOT_CONFIGURED' });
    await assert.rejects(cards.payments.cashu.list(), { code: 'ERR_PAYMENTS_NOT_CONFIGURED' });
    const shop = await startCashuSite(t, { database: sqliteFile(t), options: { cloudpayments: undefined } as object });
    for (const path of ['/pay', '/check', '/pub/card']) assert.equal((await shop.site.fetch(path)).status, 404, path);
    assert.equal((await shop.pay()).length, 32);
    assert.equal(await shop.count('transaction', 'status = 1'), 1);
    assert.throws(() => shop.payments.links.card(ORDER), { code: 'ERR_PAYMENTS_NOT_CONFIGURED' });
  });
});

describe('a link to the CashU page', () => {
  const parametersOf = (link: string): Readonly<Record<string, string>> =>
    Object.fromEntries(new URLSearchParams(link.slice(link.indexOf('?') + 1)));

  test('is the only way in where links have to be signed, and cannot be changed', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), options: { links: 'signed', publicUrl: 'https://shop.example' } });
    assert.deepEqual(problemsOf(await show(shop, ORDER, JSON_WANTED)), ['signature signature-missing']);
    assert.deepEqual(problemsOf(await shop.press({}, JSON_WANTED)), ['signature signature-missing']);
    const link = shop.payments.links.cashu({ ...ORDER, sum: 10, orderId: 'A-1', expiresAt: new Date(Date.now() + 60_000) });
    assert.ok(link.startsWith('https://shop.example/_cloudpayments_/pub/cashu?'), link);
    const parameters = parametersOf(link);
    const page = await show(shop, parameters);
    assert.equal(page.status, 200);
    assert.deepEqual(Object.fromEntries(formOf(page.text)?.fields ?? []), parameters);
    for (const change of [
      { sum: '1.00' },
      { account: 'user-2' },
      { order: 'A-2' },
      { expires: '9999999999' },
      { success_url: 'https://evil.example/' },
    ])
      for (const answer of [
        await show(shop, { ...parameters, ...change }, JSON_WANTED),
        await shop.press({ ...parameters, ...change }, JSON_WANTED),
      ])
        assert.deepEqual(problemsOf(answer), ['signature signature-wrong'], JSON.stringify(change));
    // A link of the card page is none of this one.
    const card = parametersOf(shop.payments.links.card({ ...ORDER }));
    assert.deepEqual(problemsOf(await shop.press(card, JSON_WANTED)), ['signature signature-wrong']);
    assert.equal(await shop.count('cashu_payment'), 0);
    const { answer, paymentId } = await shop.begin(parameters);
    assert.equal((await shop.payment(paymentId)).orderId, 'A-1');
    // The payer has not longer than the link.
    const { best_before, merchant_return_url } = pageParameters(answer);
    assert.equal(Date.parse(best_before ?? ''), Number(parameters['expires']) * 1000);
    assert.equal(merchant_return_url, `https://shop.example/_cloudpayments_/pub/cashu/${paymentId}?returned=1`);
  });

  test('that has expired is answered 410, page or JSON, and begins nothing', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const parameters = parametersOf(shop.payments.links.cashu({ ...ORDER, expiresAt: new Date(Date.now() - 1_000) }));
    for (const answer of [await show(shop, parameters, JSON_WANTED), await shop.press(parameters, JSON_WANTED)])
      assert.deepEqual([answer.status, errorCode(answer)], [410, 'ERR_PAYMENTS_LINK_EXPIRED']);
    assert.match((await show(shop, parameters)).headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(await shop.count('cashu_payment'), 0);
  });

  test('cannot be made for what the page would refuse', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    for (const wrong of [{ currency: 'RUB' }, { sum: '10.001' }, { sum: 0 }, { account: '' }, { successUrl: 'javascript:1' }])
      assert.throws(() => shop.payments.links.cashu({ ...ORDER, ...wrong }), { code: 'ERR_PAYMENTS_OPTIONS' }, JSON.stringify(wrong));
    assert.equal((await show(shop, parametersOf(shop.payments.links.cashu({ ...ORDER, sum: '1.125', currency: 'kwd' })))).status, 200);
  });
});

describe('the address to which a payer comes back', () => {
  /** Presses the button with a header that no browser would send. */
  async function pressWith(
    shop: CashuSite,
    headers: Readonly<Record<string, string>>,
    path = '/_cloudpayments_/pub/cashu',
  ): Promise<Answer> {
    const body = String(new URLSearchParams(ORDER));
    const { port } = new URL(shop.site.host.url);
    return await new Promise((resolve, reject) => {
      const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length, accept: 'application/json' };
      const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers: { ...type, ...headers } }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string]);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: new Headers(pairs) });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  test('is that of the request, and nothing of the request can become anything else', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const hosts: readonly [host: string, origin: string | undefined][] = [
      ['shop.example', 'http://shop.example'],
      ['shop.example:8443', 'http://shop.example:8443'],
      ['[::1]:80', 'http://[::1]'],
      ['user:secret@shop.example', 'http://shop.example'],
      ['a;payment:status:success', undefined],
      ['shop example', undefined],
      ['shop.example:99999', undefined],
    ];
    for (const [host, origin] of hosts) {
      const answer = await pressWith(shop, { host, 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'javascript' });
      if (origin === undefined) assert.deepEqual([answer.status, errorCode(answer)], [400, 'ERR_PAYMENTS_REQUEST'], host);
      else {
        const { merchant_return_url, payment_id } = pageParameters(answer);
        assert.equal(merchant_return_url, `${origin}/_cloudpayments_/pub/cashu/${payment_id}?returned=1`);
      }
    }
    assert.equal(await shop.count('cashu_payment'), 4);
    // A semicolon may stand in a name: it is escaped, and never signed.
    pageParameters(await pressWith(shop, { host: 'a;b.example' }));
  });

  test('is that of "publicUrl" where there is one, whatever the request says', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), options: { publicUrl: 'https://shop.example/pay/' } });
    for (const host of ['evil.example', 'a;b', 'shop example']) {
      const { merchant_return_url, payment_id } = pageParameters(await pressWith(shop, { host }));
      assert.equal(merchant_return_url, `https://shop.example/pay/_cloudpayments_/pub/cashu/${payment_id}?returned=1`);
    }
    const link = new URL(shop.payments.links.cashu(ORDER));
    assert.equal(`${link.origin}${link.pathname}`, 'https://shop.example/pay/_cloudpayments_/pub/cashu');
  });

  for (const [name, mountedAt, basePath, publicUrl] of [
    ['at the root', '', '/', undefined],
    ['below a path of the host', '/shop', '/_cloudpayments_', undefined],
    ['below a path of the host with "publicUrl"', '/shop', '/_cloudpayments_', 'https://shop.example/shop'],
    ['at the root of a path with "publicUrl"', '/shop', '/', 'https://shop.example/shop'],
    ['with two base paths and "publicUrl"', '', ['/one', '/two/three'], 'https://shop.example'],
  ] as const) {
    test(`and every way on the page hold ${name}`, async (t) => {
      const options = { basePath, ...(publicUrl !== undefined && { publicUrl }) };
      const shop = await startCashuSite(t, { database: sqliteFile(t), mountedAt, options, cashu: { flow: 'gate' } });
      for (const slash of ['', '/']) {
        const address = `${shop.site.base}/pub/cashu${slash}`;
        const page = await fetch(`${address}?${new URLSearchParams(ORDER)}`);
        const action = new URL(formOf(await page.text())?.action ?? '', address).href;
        assert.equal(action, `${shop.site.base}/pub/cashu`);
        const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(ORDER), redirect: 'manual' });
        const progress = new URL(answer.headers.get('location') ?? '', address);
        assert.equal(progress.pathname.split('/').at(-2), 'cashu');
        assert.equal((await fetch(progress)).status, 200, progress.href);
        const { success } = Object(shop.gate.asked('sale').at(-1)?.body['return_url']);
        const returnUrl = new URL(success);
        assert.equal(returnUrl.origin, publicUrl === undefined ? new URL(shop.site.base).origin : 'https://shop.example');
        const back = await fetch(`${shop.site.host.url}${returnUrl.pathname}${returnUrl.search}`, JSON_WANTED);
        assert.deepEqual([back.status, await back.json()], [200, { state: 'returned' }], success);
      }
    });
  }
});
