import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import {
  type Message,
  OPERATION_TIME,
  operation,
  type PaymentValues,
  PROJECT_ID,
  redirectCallback,
  saleCallback,
  signed,
  statusReport,
} from '../support/callbacks.ts';
import { bindingOf } from '../support/card-page-data.ts';
import { ORDER, openGate, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { expressVersions } from '../support/hosts.ts';
import { startProxy } from '../support/proxy.ts';
import { startReceiver } from '../support/receiver.ts';
import { errorCode, sqliteFile } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

const OTHER_PROJECT = 1362;

/** Paid, but not what was ordered: what is said, why it is kept back, what was really paid. */
const MISMATCHES: readonly [name: string, values: PaymentValues, reason: string, paid: readonly [sum: string, currency: string]][] = [
  ['another amount', { amount: 999 }, 'amount_mismatch', ['9.99', 'USD']],
  ['another currency', { currency: 'EUR' }, 'currency_mismatch', ['10.00', 'EUR']],
  ['a currency with other digits', { currency: 'KWD' }, 'currency_mismatch', ['1.00', 'KWD']],
];

/** Genuine, and no proof of a payment. */
const UNCLEAR: readonly [name: string, callbackOf: (paymentId: string) => Message][] = [
  ['with a semicolon in a value', (paymentId) => saleCallback(paymentId, { description: 'a;b' })],
  ['that says paid without a sum', (paymentId) => saleCallback(paymentId, { amount: null })],
  ['of two members', (paymentId) => ({ payment: { id: paymentId, status: 'success' } })],
  [
    'whose operation is not what the payment is',
    (paymentId) => ({ ...saleCallback(paymentId), operation: operation({ status: 'processing' }) }),
  ],
];

forEachDatabase((database: TestDatabase) => {
  /** What makes no difference to the database is looked at with one of them. */
  const isEveryCase = database.name === 'SQLite';

  test('a success makes one transaction of the operation’s own time and one hand-over with the JSON that was promised', async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const shop = await startCashuSite(t, { database: await database.create(), options: { webhook: { url: `${receiver.url}/hook` } } });
    const paymentId = await shop.pay();
    const answer = await shop.callback(saleCallback(paymentId));
    assert.deepEqual([answer.status, answer.text], [200, '{"status":"ok"}']);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    await shop.site.waitForEvent('delivery.delivered');
    const [row, ...others] = await shop.site.rows('SELECT * FROM cloudpayments_transaction');
    assert.deepEqual(others, []);
    assert.deepEqual(
      [row?.['provider'], row?.['code'], row?.['account'], row?.['currency'], Number(row?.['status']), Number(row?.['sum'])],
      ['cashu', paymentId, 'user-1', 'USD', 1, 10],
    );
    assert.equal(
      String(receiver.requests[0]?.body),
      `{"id":"${row?.['id']}","account":"user-1","code":"${paymentId}","sum":10,"created_at":"2026-01-14 08:27:24","type":"payment","provider":"cashu","currency":"USD","amount":"10.00","test":false,"description":"Top-up"}`,
    );
    assert.equal(receiver.requests[0]?.webhookId, `payment_cashu_${paymentId}`);
    const transaction = await shop.payments.transactions.find({ provider: 'cashu', code: paymentId });
    assert.equal(transaction?.createdAt.getTime(), OPERATION_TIME);
    assert.ok(Math.abs((transaction?.receivedAt.getTime() ?? 0) - Date.now()) < 60_000);
    const { status, paidSum, paidCurrency, paidAt, operationCode, operationMessage } = await shop.payment(paymentId);
    assert.deepEqual(
      [status, paidSum, paidCurrency, paidAt?.getTime(), operationCode, operationMessage],
      ['success', '10.00', 'USD', OPERATION_TIME, '0', 'Success'],
    );
    assert.deepEqual(shop.site.seen('payment'), [
      { provider: 'cashu', code: paymentId, account: 'user-1', sum: '10.00', currency: 'USD', isTest: false },
    ]);
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('a hundred equal successes at the same moment on two instances are one transaction and one hand-over', async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const gate = await openGate(t);
    const settings = { database: await database.create(), gate, options: { webhook: { url: receiver.url } } };
    const first = await startCashuSite(t, settings);
    const second = await startCashuSite(t, settings);
    const paymentId = await first.beginPayment();
    const callback = saleCallback(paymentId);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? first : second).callback(callback)));
    assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))], ['200 {"status":"ok"}']);
    await receiver.waitFor(({ requests }) => requests.length > 0);
    assert.equal((await second.callback(callback)).status, 200);
    assert.equal(await first.count('transaction'), 1);
    assert.equal(await first.count('delivery'), 1);
    assert.equal(await first.count('http_log', "url LIKE '%/cashu/callback'"), 101);
    assert.equal(first.site.seen('payment').length + second.site.seen('payment').length, 1);
    assert.equal(first.site.seen('cashu.conflict').length + second.site.seen('cashu.conflict').length, 0);
    await Promise.all([first.site.close(), second.site.close()]);
    assert.equal(receiver.requests.length, 1);
  });

  test('a decline closes the payment and credits nobody; the code is kept for those who look', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.beginPayment();
    const decline = saleCallback(paymentId, { status: 'decline', code: '20202', message: 'PSP system is unavailable' });
    for (let count = 0; count < 2; count++) assert.equal((await shop.callback(decline)).status, 200);
    const { status, operationCode, operationMessage } = await shop.payment(paymentId);
    assert.deepEqual([status, operationCode, operationMessage], ['decline', '20202', 'PSP system is unavailable']);
    assert.deepEqual(shop.site.seen('cashu.status'), [{ paymentId, account: 'user-1', status: 'decline', operationCode: '20202' }]);
    await shop.assertNothingCredited();
  });

  test('whatever comes late changes nothing after a success, and is reported', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    const before = await shop.payment(paymentId);
    const late = ['decline', 'error', 'cancelled', 'processing', 'awaiting redirect result', 'a status that nobody knows'];
    for (const status of late) assert.equal((await shop.callback(saleCallback(paymentId, { status }))).status, 200, status);
    assert.equal((await shop.callback(redirectCallback(paymentId))).status, 200);
    assert.equal((await shop.callback(saleCallback(paymentId, { amount: 1_001 }))).status, 200);
    assert.deepEqual(await shop.payment(paymentId), before);
    assert.equal(shop.site.seen('cashu.conflict').length, late.length + 2);
    assert.deepEqual(new Set(shop.site.seen('cashu.conflict').map((conflict) => conflict.paymentId)), new Set([paymentId]));
    assert.equal(shop.site.seen('payment').length, 1);
    assert.equal(await shop.count('transaction'), 1);
  });

  test('a success after a decline is credited, and reported', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.beginPayment();
    await shop.callback(saleCallback(paymentId, { status: 'decline', code: '20202' }));
    await shop.callback(saleCallback(paymentId));
    assert.equal((await shop.payment(paymentId)).status, 'success');
    assert.equal(await shop.count('transaction'), 1);
    assert.equal(shop.site.seen('payment').length, 1);
    assert.equal(shop.site.seen('cashu.conflict').length, 1);
  });

  test('a success after the expiry is credited', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), cashu: { watch: { firstCheckMs: 50, expireAfterMs: 100 } } });
    const paymentId = await shop.beginPayment();
    await shop.waitForStatus(paymentId, 'expired');
    await shop.callback(saleCallback(paymentId));
    assert.equal((await shop.payment(paymentId)).status, 'success');
    assert.equal(await shop.count('transaction', 'status = 1'), 1);
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  for (const [name, values, reason, paid] of MISMATCHES.slice(0, isEveryCase ? undefined : 1)) {
    test(`${name} is kept for a person, who hands over what was really paid`, async (t) => {
      const receiver = await startReceiver();
      t.after(() => receiver.close());
      const shop = await startCashuSite(t, { database: await database.create(), options: { webhook: { url: receiver.url } } });
      const paymentId = await shop.beginPayment();
      for (let count = 0; count < 2; count++) assert.equal((await shop.callback(saleCallback(paymentId, values))).status, 200);
      const { status, review, paidSum, paidCurrency } = await shop.payment(paymentId);
      assert.deepEqual([status, review, paidSum, paidCurrency], ['review', reason, ...paid]);
      await shop.assertNothingCredited();
      assert.deepEqual(shop.site.seen('review'), [{ provider: 'cashu', code: paymentId, account: 'user-1', reason }]);
      const approved = await shop.payments.cashu.approve(paymentId.toUpperCase());
      assert.deepEqual([approved.status, approved.review], ['success', undefined]);
      await shop.site.waitForEvent('delivery.delivered');
      const { sum, currency, code } = JSON.parse(String(receiver.requests[0]?.body));
      assert.deepEqual([sum, currency, code], [Number(paid[0]), paid[1], paymentId]);
      await assert.rejects(shop.payments.cashu.approve(paymentId), { code: 'ERR_PAYMENTS_STATE' });
      // Said again, it is what is known.
      assert.equal((await shop.callback(saleCallback(paymentId, values))).status, 200);
      assert.deepEqual(shop.site.seen('cashu.conflict'), []);
      assert.equal(await shop.count('transaction'), 1);
    });
  }

  for (const [name, callbackOf] of UNCLEAR.slice(0, isEveryCase ? undefined : 1)) {
    test(`a callback ${name} credits only what ECommPay says when it is asked`, async (t) => {
      const shop = await startCashuSite(t, { database: await database.create() });
      const answers: Readonly<Record<string, ReturnType<typeof statusReport> | undefined>> = {
        unknown: undefined,
        pending: statusReport('', { status: 'processing' }, [operation({ status: 'processing' })]),
        decline: statusReport('', { status: 'decline' }, [operation({ status: 'decline', code: '20100' })]),
        success: statusReport(''),
      };
      for (const [status, report] of Object.entries(answers)) {
        const paymentId = await shop.beginPayment();
        shop.gate.answerStatus(({ paymentId: id }) => report && { ...report, payment: { ...Object(report['payment']), id } });
        assert.equal((await shop.callback(callbackOf(paymentId))).status, 200, status);
        await waitUntil(() => shop.gate.asked('status', paymentId).length > 0, { describe: `a question about ${status}` });
        if (status !== 'unknown') await shop.waitForStatus(paymentId, status);
        assert.equal(shop.site.seen('payment').length, status === 'success' ? 1 : 0, status);
        assert.equal(await shop.count('transaction'), status === 'success' ? 1 : 0, status);
      }
    });
  }

  test('two payments of one order at the same moment: one is handed over, the other waits for a person', async (t) => {
    const gate = await openGate(t);
    const settings = { database: await database.create(), gate };
    const shops = [await startCashuSite(t, settings), await startCashuSite(t, settings)] as const;
    const [first] = shops;
    const link = first.payments.links.cashu({ ...ORDER, orderId: 'A-1' });
    const parameters = Object.fromEntries(new URLSearchParams(link.slice(link.indexOf('?') + 1)));
    const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => (shops[index % 2] ?? first).beginPayment(parameters)));
    const answers = await Promise.all(ids.map((paymentId, index) => (shops[index % 2] ?? first).callback(saleCallback(paymentId))));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const payments = await Promise.all(ids.map((paymentId) => first.payment(paymentId)));
    assert.deepEqual(payments.map(({ status, review }) => `${status} ${review}`).sort(), [
      ...Array.from({ length: 5 }, () => 'review order_already_paid'),
      'success undefined',
    ]);
    assert.equal(await first.count('transaction'), 1);
    assert.equal(await first.count('paid_order'), 1);
    const again = await first.press(parameters, { headers: { accept: 'application/json' } });
    assert.deepEqual([again.status, errorCode(again)], [410, 'ERR_PAYMENTS_ORDER_PAID']);
    assert.equal(await first.count('cashu_payment'), 6);
    // A person may hand a second payment of the order over all the same.
    const kept = payments.find(({ status }) => status === 'review');
    assert.equal((await first.payments.cashu.approve(kept?.paymentId ?? '')).status, 'success');
    assert.equal(await first.count('transaction'), 2);
  });

  test('an order that was paid by card is not paid by CashU too, nor the other way round', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const { links } = shop.payments;
    const cashuLink = (orderId: string) => {
      const link = links.cashu({ ...ORDER, orderId });
      return Object.fromEntries(new URLSearchParams(link.slice(link.indexOf('?') + 1)));
    };
    const cardPay = async (orderId: string, code: number) => {
      const link = links.card({ account: 'user-1', sum: 25, currency: 'RUB', description: 'Order', orderId });
      return { TransactionId: code, InvoiceId: orderId, Data: (await bindingOf(shop.site, link)).data };
    };
    const late = await shop.beginPayment(cashuLink('A-1'));
    assert.equal((await shop.site.send('pay', await cardPay('A-1', 1))).text, '{"code":0}');
    assert.equal((await shop.press(cashuLink('A-1'))).status, 410);
    await shop.callback(saleCallback(late));
    assert.equal((await shop.payment(late)).review, 'order_already_paid');
    await shop.callback(saleCallback(await shop.beginPayment(cashuLink('A-2'))));
    const card = await cardPay('A-2', 2);
    assert.equal((await shop.site.send('check', card)).text, '{"code":20}');
    assert.equal((await shop.site.send('pay', card)).text, '{"code":0}');
    assert.equal((await shop.payments.transactions.find({ code: '2' }))?.review, 'order_already_paid');
    assert.equal(shop.site.seen('payment').length, 2);
  });

  test('a bad signature leaves a row in the HTTP log, without the signature, and nothing else, however often it comes', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.beginPayment();
    const forged = signed(saleCallback(paymentId), { secret: 'forged' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop.callbackText(JSON.stringify(forged))));
    assert.ok(answers.every((answer) => answer.status === 400 && errorCode(answer) === 'ERR_PAYMENTS_SIGNATURE_WRONG'));
    const rows = await shop.site.rows("SELECT * FROM cloudpayments_http_log WHERE url LIKE '%/cashu/callback'");
    assert.equal(rows.length, 50);
    for (const { method, body, response_status, error } of rows) {
      assert.deepEqual([method, response_status, error], ['POST', 400, 'ERR_PAYMENTS_SIGNATURE_WRONG']);
      assert.equal(JSON.parse(String(body)).signature, '[redacted]');
      assert.equal(JSON.parse(String(body)).payment.id, paymentId);
    }
    assert.equal((await shop.payment(paymentId)).status, 'created');
    await shop.assertNothingCredited();
  });

  if (database.name !== 'SQLite') {
    test('a callback that cannot be stored is answered 503 and comes again', async (t) => {
      const gate = await openGate(t);
      const address = await database.create();
      const proxy = await startProxy(address);
      const cut = await startCashuSite(t, { database: proxy.url, gate });
      const paymentId = await cut.beginPayment();
      await proxy.close();
      const answer = await cut.callback(saleCallback(paymentId));
      assert.deepEqual([answer.status, errorCode(answer)], [503, 'ERR_PAYMENTS_DATABASE']);
      assert.equal((await cut.press({}, { headers: { accept: 'application/json' } })).status, 503);
      const shop = await startCashuSite(t, { database: address, gate });
      assert.equal((await shop.payment(paymentId)).status, 'created');
      assert.equal((await shop.callback(saleCallback(paymentId))).status, 200);
      assert.equal(await shop.count('transaction'), 1);
    });
  }
});

describe('a callback', () => {
  for (const place of ['top', 'general'] as const) {
    test(`may be signed in both places, also with an older secret: ${place}`, async (t) => {
      const shop = await startCashuSite(t, { database: sqliteFile(t), cashu: { secret: ['project-secret-of-the-tests', 'old'] } });
      const paymentId = await shop.beginPayment();
      assert.equal((await shop.callback(saleCallback(paymentId), { place, secret: 'older' })).status, 400);
      assert.equal((await shop.callback(saleCallback(paymentId), { place, secret: 'old' })).status, 200);
      assert.equal((await shop.callback(saleCallback(paymentId), { place })).status, 200);
      assert.equal(await shop.count('transaction'), 1);
    });
  }

  test('finds its payment by a number in upper case too', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    assert.equal((await shop.callback(saleCallback(paymentId.toUpperCase()))).status, 200);
    assert.equal((await shop.callback(saleCallback(paymentId))).status, 200);
    assert.deepEqual(
      (await shop.payments.transactions.list()).map(({ code }) => code),
      [paymentId],
    );
  });

  test('of an unknown payment is answered 404, of another project 400, of no payment at all 200', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    for (const id of ['f'.repeat(32), 'ORDER_1', '', `${paymentId} `, `${paymentId}0`]) {
      for (const description of ['CashU', 'a;b']) {
        const answer = await shop.callback(saleCallback(id, { description }));
        const isPayment = id !== '';
        assert.equal(answer.status, isPayment ? 404 : 200, `${id} ${description}`);
        if (isPayment) assert.equal(errorCode(answer), 'ERR_PAYMENTS_NOT_FOUND');
      }
    }
    for (const other of [OTHER_PROJECT, String(OTHER_PROJECT), 'x']) {
      const answer = await shop.callback({ ...saleCallback(paymentId), project_id: other });
      assert.deepEqual([answer.status, errorCode(answer)], [400, 'ERR_PAYMENTS_NOTIFICATION']);
      const nested = await shop.callback({ ...saleCallback(paymentId), project_id: '', general: { project_id: other } });
      assert.equal(nested.status, 400);
    }
    const recurring = await shop.callback({ project_id: PROJECT_ID, recurring: { id: 321, status: 'active' } });
    assert.deepEqual([recurring.status, recurring.text], [200, '{"status":"ok"}']);
    assert.equal((await shop.payment(paymentId)).status, 'created');
    await shop.assertNothingCredited();
    assert.deepEqual(shop.gate.requests, []);
  });

  test('may have its project as text, members that nobody knows, and null', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    const more = { account: null, provider_extra_fields: {}, clarification_fields: [], redirect_data: null, errors: [], is_test: true };
    assert.equal((await shop.callback({ ...saleCallback(paymentId), ...more, project_id: String(PROJECT_ID) })).status, 200);
    assert.equal((await shop.payment(paymentId)).status, 'success');
  });

  test('that failed but may be tried again leaves the payment open', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    const failed = saleCallback(paymentId, { status: 'decline', code: '20105' });
    const payment = { ...Object(failed['payment']), is_new_attempts_available: true, attempts_timeout: 600 };
    assert.equal((await shop.callback({ ...failed, payment })).status, 200);
    assert.equal((await shop.payment(paymentId)).status, 'pending');
    assert.equal((await shop.callback(saleCallback(paymentId))).status, 200);
    assert.equal((await shop.payment(paymentId)).status, 'success');
    assert.deepEqual(shop.site.seen('cashu.conflict'), []);
  });

  test('with a status that nobody knows leaves the payment pending and has ECommPay asked', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    assert.equal((await shop.callback(saleCallback(paymentId, { status: 'teleported' }))).status, 200);
    assert.equal((await shop.payment(paymentId)).status, 'pending');
    await waitUntil(() => shop.gate.asked('status', paymentId).length === 1);
    await shop.assertNothingCredited();
  });

  test('that is unusable is answered 400 as JSON, and only the HTTP log keeps it', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.beginPayment();
    const sale = saleCallback(paymentId);
    const payment = Object(sale['payment']);
    const bodies: Readonly<Record<string, string>> = {
      empty: '',
      'half of an object': '{',
      'an array': '[]',
      null: 'null',
      'a number': '42',
      'text that is no JSON': 'payment=1',
      'a deep nest': `{"payment":{"id":"${paymentId}"},"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      'no signature': JSON.stringify(sale),
      'a number twice': `{"payment":{"id":"${paymentId}","id":"${'0'.repeat(32)}"}}`,
      'a payment id that is an object': JSON.stringify(signed({ ...sale, payment: { ...payment, id: { a: 1 } } })),
      'a negative sum': JSON.stringify(signed(saleCallback(paymentId, { amount: -1 }))),
      'a sum with a fraction': JSON.stringify(signed({ ...sale, payment: { ...payment, sum: { amount: '10.5', currency: 'USD' } } })),
      'a status that is a list': JSON.stringify(signed({ ...sale, payment: { ...payment, status: ['success'] } })),
    };
    for (const [name, body] of Object.entries(bodies)) {
      const answer = await shop.callbackText(body);
      assert.equal(answer.status, 400, `${name}: ${answer.text}`);
      errorCode(answer);
    }
    assert.equal(await shop.count('http_log', "url LIKE '%/cashu/callback' AND response_status = 400"), Object.keys(bodies).length);
    assert.equal(shop.site.seen('refused').length, Object.keys(bodies).length);
    assert.equal(await shop.count('http_log', "body = 'payment=1'"), 1);
    assert.equal((await shop.callbackText('a'.repeat(65_537))).status, 413);
    assert.equal((await shop.callbackText('{}', { 'content-encoding': 'gzip' })).status, 415);
    const wrongMethod = await shop.site.fetch('/cashu/callback');
    assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'POST']);
    assert.equal((await shop.payment(paymentId)).status, 'created');
    await shop.assertNothingCredited();
  });

  for (const version of expressVersions) {
    const parsers = {
      'express.json()': [express.json()],
      'express.urlencoded()': [express.urlencoded({ extended: true })],
      both: [express.json(), express.urlencoded({ extended: false })],
      'express.text()': [express.text({ type: '*/*' })],
      'express.raw()': [express.raw({ type: '*/*' })],
    };
    for (const [name, before] of Object.entries(parsers)) {
      test(`is verified behind ${name} too (${version.name})`, async (t) => {
        const shop = await startCashuSite(t, { database: sqliteFile(t), before, express: version.express });
        const paymentId = await shop.beginPayment();
        assert.equal((await shop.callback(saleCallback(paymentId), { secret: 'forged' })).status, 400);
        const umlauts = saleCallback(paymentId, { description: 'Zürich – دفع "x" \\ 💳' });
        for (const place of ['top', 'general'] as const) assert.equal((await shop.callback(umlauts, { place })).status, 200);
        assert.equal((await shop.payment(paymentId)).status, 'success');
        const [row] = await shop.site.rows("SELECT body FROM cloudpayments_http_log WHERE response_status = 200 AND url LIKE '%callback'");
        assert.equal(JSON.parse(String(row?.['body'])).signature, '[redacted]');
      });
    }
  }

  test('is verified by the bytes that a parser has kept: there are numbers that it cannot hold', async (t) => {
    const keep: Parameters<typeof express.json>[0] = {
      verify: (request, _response, bytes) => Reflect.set(request, 'rawBody', bytes),
    };
    const shop = await startCashuSite(t, { database: sqliteFile(t), before: [express.json(keep)] });
    const paymentId = await shop.beginPayment();
    const sale = { ...saleCallback(paymentId), provider_extra_fields: { number: '12345678901234567890', ratio: '10.0' } };
    const body = JSON.stringify(signed(sale)).replace(/"(12345678901234567890|10\.0)"/g, '$1');
    assert.equal((await shop.callbackText(body)).status, 200);
    assert.equal((await shop.payment(paymentId)).status, 'success');
  });
});
