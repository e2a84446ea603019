import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import { refundCallback, saleCallback } from '../support/callbacks.ts';
import { basicAuth, HTTP_AUTH, startCashuSite } from '../support/cashu-site.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { CUT_OFF, refuse } from '../support/gate.ts';
import { type Answer, errorCode, sqliteFile } from '../support/site.ts';

const UNKNOWN = '0'.repeat(32);

function refundIdOf({ status, text }: Answer): string {
  assert.equal(status, 202, text);
  const { refund_id, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, { status: 'pending' });
  assert.match(refund_id, /^[0-9a-f]{32}$/);
  return refund_id;
}

forEachDatabase((database: TestDatabase) => {
  test('a payment is looked up with its refunds, digit for digit and in the order that was promised', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create(), options: { timezone: 'Asia/Kolkata' } });
    const { answer: begun, paymentId } = await shop.begin({ sum: '10.125', currency: 'KWD', description: 'Счёт "1" 💳' });
    assert.equal(begun.status, 303);
    const { createdAt } = await shop.payment(paymentId);
    const local = (date: Date) => new Date(date.getTime() + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const start = `{"payment_id":"${paymentId}","status":"created","account":"user-1","sum":"10.125","currency":"KWD","description":"Счёт \\"1\\" 💳","created_at":"${local(createdAt)}","refunds":[]}`;
    const first = await shop.lookUp(paymentId);
    assert.deepEqual([first.status, first.text, first.headers.get('cache-control')], [200, start, 'no-store']);
    assert.equal((await shop.lookUp(paymentId.toUpperCase())).text, start);
    await shop.callback(saleCallback(paymentId, { amount: 10_125, currency: 'KWD' }));
    const refundIds = [
      refundIdOf(await shop.refund({ payment_id: paymentId, amount: '0.125' })),
      refundIdOf(await shop.refund({ payment_id: paymentId, amount: 4 })),
    ];
    await shop.callback(refundCallback(paymentId, { amount: 125, left: 10_000, currency: 'KWD', merchantRefundId: refundIds[0] ?? '' }));
    const { refunds } = await shop.payment(paymentId);
    const lines = refunds.map(({ refundId, amount, status, createdAt: at }) => ({
      refund_id: refundId,
      amount,
      status,
      created_at: local(at),
    }));
    assert.deepEqual(
      lines.map(({ refund_id, amount, status }) => [refund_id, amount, status]),
      [
        [refundIds[0], '0.125', 'success'],
        [refundIds[1], '4.00', 'pending'],
      ],
    );
    const end = `${start.replace('"created"', '"partially_refunded"').replace('[]', JSON.stringify(lines))}`;
    assert.equal((await shop.lookUp(paymentId)).text, end);
  });

  test('amounts of refunds are taken as text, as number, as null and left out; each reaches ECommPay in minor units', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    const cases: readonly [amount: unknown, units: number][] = [
      ['1', 100],
      ['1.10', 110],
      [2, 200],
      [0.3, 30],
      ['0.01', 1],
    ];
    for (const [amount, units] of cases) {
      const refundId = refundIdOf(await shop.refund({ payment_id: paymentId.toUpperCase(), amount }));
      const request = shop.gate.asked('refund').at(-1);
      assert.deepEqual(request?.payment, { description: 'Top-up', amount: units, currency: 'USD', merchant_refund_id: refundId });
      assert.deepEqual([request?.paymentId, request?.body['customer']], [paymentId, { ip_address: '127.0.0.1' }]);
    }
    // 1e1 in JSON is a number too, but not a plain one.
    const odd = await shop.refund(`{"payment_id":"${paymentId}","amount":1e-1}`);
    assert.deepEqual([odd.status, errorCode(odd)], [400, 'ERR_PAYMENTS_REQUEST']);
    refundIdOf(await shop.refund({ payment_id: paymentId, amount: null, description: 'the rest; and no more' }));
    assert.deepEqual(
      ['amount', 'description'].map((name) => shop.gate.asked('refund').at(-1)?.payment[name]),
      [559, 'the rest, and no more'],
    );
    const none = await shop.refund({ payment_id: paymentId });
    assert.deepEqual([none.status, errorCode(none)], [409, 'ERR_PAYMENTS_STATE']);
    const other = await shop.pay({ sum: '7.125', currency: 'KWD' }, { amount: 7_125, currency: 'KWD' });
    refundIdOf(await shop.refund({ payment_id: other, amount: '0.005' }));
    refundIdOf(await shop.refund({ payment_id: other }));
    assert.deepEqual(
      shop.gate.asked('refund', other).map(({ payment }) => [payment['amount'], payment['currency']]),
      [
        [5, 'KWD'],
        [7_120, 'KWD'],
      ],
    );
  });

  test('text that a database may choke on does no harm in a refund', async (t) => {
    const shop = await startCashuSite(t, { database: await database.create() });
    const paymentId = await shop.pay();
    for (const text of ['a\0b', '\ud800', '💳'.repeat(300), `'";--\\`]) {
      const refundId = refundIdOf(await shop.refund({ payment_id: paymentId, amount: '0.01', description: text }));
      const sent = String(shop.gate.asked('refund').at(-1)?.payment['description']);
      assert.ok(Array.from(sent).length <= 255, sent);
      const stored = (await shop.payment(paymentId)).refunds.find((refund) => refund.refundId === refundId);
      assert.equal(stored?.description, text.replace('\0', '\uFFFD').toWellFormed());
    }
    for (const text of ['a\0b', '\ud800', 'x'.repeat(10_000), "' OR 1=1 --"]) {
      const answer = await shop.refund({ payment_id: text });
      assert.deepEqual([answer.status, errorCode(answer)], [404, 'ERR_PAYMENTS_NOT_FOUND'], text.slice(0, 20));
      assert.equal(await shop.payments.cashu.get(text), undefined);
      await assert.rejects(shop.payments.cashu.approve(text), { code: 'ERR_PAYMENTS_NOT_FOUND' });
    }
  });
});

describe('the routes of the merchant', () => {
  test('are not there without option "httpAuth"', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t), options: { httpAuth: undefined } as object });
    for (const answer of [await shop.refund({ payment_id: UNKNOWN }), await shop.lookUp(UNKNOWN), await shop.refund({}, '')])
      assert.deepEqual([answer.status, errorCode(answer)], [404, 'ERR_PAYMENTS_NOT_FOUND']);
  });

  test('want user name and password, and keep neither', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const paymentId = await shop.pay();
    const { username, password } = HTTP_AUTH;
    const wrong = [
      ...['', 'Basic', 'Basic ', 'Basic !!!', 'Bearer token', `Basic ${username}:${password}`, `basic${basicAuth().slice(5)}x`],
      ...[basicAuth('', ''), basicAuth(username, ''), basicAuth('', password), basicAuth(username, `${password}x`)],
      ...[basicAuth(username.toUpperCase()), basicAuth(`${username}:`, password), basicAuth(password, username), `${basicAuth()}, Basic x`],
      `Basic ${Buffer.from(`${username}:${password}`, 'latin1').toString('base64')}`,
    ];
    for (const authorization of wrong) {
      for (const answer of [await shop.lookUp(paymentId, authorization), await shop.refund({ payment_id: paymentId }, authorization)]) {
        assert.deepEqual([answer.status, errorCode(answer)], [401, 'ERR_PAYMENTS_UNAUTHORIZED'], authorization);
        assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="payments", charset="UTF-8"');
      }
    }
    assert.deepEqual(shop.gate.asked('refund'), []);
    assert.equal((await shop.lookUp(paymentId, basicAuth().replace('Basic', 'bAsIc'))).status, 200);
    assert.equal((await shop.refund({ payment_id: paymentId })).status, 202);
    const rows = await shop.site.rows('SELECT headers FROM cloudpayments_http_log');
    const secret = basicAuth().split(' ')[1] ?? '';
    for (const { headers } of rows) assert.ok(!String(headers).includes(secret) && !String(headers).includes('sésame'));
    assert.equal(await shop.count('http_log', "error = 'ERR_PAYMENTS_UNAUTHORIZED' AND response_status = 401"), wrong.length * 2);
  });

  test('answer 404 for payments that are not there, and 405 for other methods', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    for (const id of [UNKNOWN, 'ORDER_1', '%00', '__proto__']) {
      const answer = await shop.lookUp(id);
      assert.deepEqual([answer.status, errorCode(answer)], [404, 'ERR_PAYMENTS_NOT_FOUND'], id);
    }
    const unknown = await shop.refund({ payment_id: UNKNOWN, amount: '1.00' });
    assert.deepEqual([unknown.status, errorCode(unknown)], [404, 'ERR_PAYMENTS_NOT_FOUND']);
    for (const [path, method, allowed] of [
      ['/cashu/refund', 'GET', 'POST'],
      [`/cashu/payments/${UNKNOWN}`, 'POST', 'GET'],
      [`/cashu/payments/${UNKNOWN}`, 'HEAD', 'GET'],
    ] as const) {
      const answer = await shop.site.fetch(path, { method, headers: { authorization: basicAuth() } });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, allowed]);
    }
  });

  test('answer 400 to a refund that cannot be meant, and store nothing', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const payment_id = await shop.pay();
    const bodies: readonly unknown[] = [
      ...['', '{', '[]', 'null', '"text"', 'payment_id=1', `{"payment_id":"${payment_id}","payment_id":"${UNKNOWN}"}`],
      ...[{}, { payment_id: 1 }, { payment_id: null }, { payment_id: [payment_id] }],
      ...['', ' ', '-1', '+1', '0', '0.00', '1e1', '1,5', 'abc', '10.001', '1.', '.5', '٣', -1, 0, 1.001, true, {}, [], ['1']].map(
        (amount) => ({
          payment_id,
          amount,
        }),
      ),
      ...[1, {}, ['x']].map((description) => ({ payment_id, description })),
      ...['', 'a b', 'ecommpay-1', 'a'.repeat(65), 'ü', 1].map((refund_id) => ({ payment_id, refund_id })),
      ...[
        { payment_id, sum: '1.00' },
        { payment_id, Amount: 1 },
        { payment_id, currency: 'USD' },
      ],
    ];
    for (const body of bodies) {
      const answer = await shop.refund(body);
      assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`);
      errorCode(answer);
    }
    assert.match((await shop.refund({ payment_id, sum: '1.00' })).text, /no member \\"sum\\".*amount/);
    assert.equal(await shop.count('cashu_refund'), 0);
    assert.deepEqual(shop.gate.asked('refund'), []);
    assert.equal((await shop.refund('a'.repeat(65_537))).status, 413);
  });

  test('answer 409 to a refund of what was not paid, and to more than the rest; what is pending counts', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const conflict = async (body: object) => {
      const answer = await shop.refund(body);
      assert.deepEqual([answer.status, errorCode(answer)], [409, 'ERR_PAYMENTS_STATE'], answer.text);
      return answer.text;
    };
    const created = await shop.beginPayment();
    assert.match(await conflict({ payment_id: created }), /"created\\?"/);
    await shop.callback(saleCallback(created, { status: 'decline' }));
    await conflict({ payment_id: created });
    const payment_id = await shop.pay();
    assert.match(await conflict({ payment_id, amount: '10.01' }), /only 10\.00 USD/);
    const refundId = refundIdOf(await shop.refund({ payment_id, amount: '4.00' }));
    assert.match(await conflict({ payment_id, amount: '6.01' }), /only 6\.00 USD/);
    await shop.callback(refundCallback(payment_id, { amount: 400, left: 600, merchantRefundId: refundId }));
    assert.match(await conflict({ payment_id, amount: '6.01' }), /only 6\.00 USD/);
    refundIdOf(await shop.refund({ payment_id, amount: '6.00' }));
    assert.match(await conflict({ payment_id }), /only 0\.00 USD/);
    await conflict({ payment_id, amount: '0.01' });
    assert.equal(shop.gate.asked('refund').length, 2);
  });

  test('answer 409 to a refund that ECommPay refuses, with its reason; what could not be asked is pending', async (t) => {
    const shop = await startCashuSite(t, { database: sqliteFile(t) });
    const payment_id = await shop.pay();
    shop.gate.answerRefunds(refuse('3028', 'Merchant balance is too low'));
    const refused = await shop.refund({ payment_id });
    assert.deepEqual([refused.status, errorCode(refused)], [409, 'ERR_PAYMENTS_API']);
    assert.match(refused.text, /3028.*balance is too low/);
    shop.gate.answerRefunds(CUT_OFF);
    refundIdOf(await shop.refund({ payment_id }));
    assert.deepEqual(
      (await shop.payment(payment_id)).refunds.map(({ status, operationCode }) => [status, operationCode]),
      [
        ['decline', '3028'],
        ['pending', undefined],
      ],
    );
  });

  test('take refunds behind body parsers too', async (t) => {
    for (const before of [[express.json()], [express.urlencoded({ extended: true })], [express.text({ type: '*/*' })]]) {
      const shop = await startCashuSite(t, { database: sqliteFile(t), before });
      const payment_id = await shop.pay();
      refundIdOf(await shop.refund({ payment_id, amount: 1.1, description: 'Rückgabe' }));
      assert.deepEqual(
        ['amount', 'description'].map((name) => shop.gate.asked('refund')[0]?.payment[name]),
        [110, 'Rückgabe'],
      );
      assert.equal((await shop.refund({ payment_id, amount: [1] })).status, 400);
    }
  });
});
