import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeNotification } from '../../lib/testing/index.ts';
import { bindingOf } from '../support/card-page-data.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { apiReply, type Receiver, startPaymentsApi, startReceiver } from '../support/receiver.ts';
import { errorCode, type Site, sqliteFile, startSite } from '../support/site.ts';

/** What only a Pay has: without it a body may be a Check. */
const NO_EVIDENCE = { GatewayName: undefined, AuthCode: undefined, Token: undefined, TotalFee: undefined, Rrn: undefined };

forEachDatabase((database: TestDatabase) => {
  test('a hundred equal Pays at the same moment on two instances are one transaction and one hand-over', async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const address = await database.create();
    const settings = { database: address, options: { webhook: { url: `${receiver.url}/hook` } } };
    const first = await startSite(t, settings);
    const second = await startSite(t, settings);
    const pay = { TransactionId: 1, DateTime: '2026-01-01 00:00:00' };
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? first : second).send('pay', pay)));
    assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))], ['200 {"code":0}']);
    await receiver.waitFor(({ requests }) => requests.length > 0);
    assert.equal((await first.send('pay', pay)).text, '{"code":0}');
    assert.equal(await first.count('SELECT count(*) FROM cloudpayments_transaction'), 1);
    assert.equal(await first.count('SELECT count(*) FROM cloudpayments_delivery'), 1);
    assert.equal(await first.count('SELECT count(*) FROM cloudpayments_notification'), 1);
    assert.equal(await first.count('SELECT count(*) FROM cloudpayments_http_log'), 101);
    assert.equal(first.seen('payment').length + second.seen('payment').length, 1);
    assert.equal(first.seen('notification').length + second.seen('notification').length, 101);
    await Promise.all([first.close(), second.close()]);
    assert.equal(receiver.requests.length, 1);
  });

  test('a payment is stored with all that it promises, and the merchant gets it once', async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const site = await startSite(t, { database: await database.create(), options: { webhook: { url: `${receiver.url}/hook` } } });
    await site.send('pay', {
      TransactionId: 563456456745,
      Amount: '45',
      AccountId: '123456',
      DateTime: '2022-02-10 12:00:00',
      Description: undefined,
    });
    const { deliveryId } = await site.waitForEvent('delivery.delivered');
    const [request] = receiver.requests;
    const { id } = JSON.parse(String(request?.body));
    assert.equal(
      String(request?.body),
      `{"id":"${id}","account":"123456","code":"563456456745","sum":45,"created_at":"2022-02-10 12:00:00","type":"payment","provider":"cloudpayments","currency":"RUB","amount":"45.00","test":true}`,
    );
    const [row] = await site.rows('SELECT * FROM cloudpayments_transaction');
    assert.deepEqual([String(row?.['id']), row?.['account'], row?.['code'], Number(row?.['status'])], [id, '123456', '563456456745', 1]);
    assert.match(String(row?.['sum']), /^45(\.0+)?$/);
    const [log] = await site.rows('SELECT * FROM cloudpayments_webhook_log');
    assert.equal(String(log?.['transaction_id']), id);
    assert.deepEqual(
      [log?.['url'], log?.['request_body'], log?.['response_status'], log?.['error']],
      [`${receiver.url}/hook`, String(request?.body), 200, null],
    );
    assert.equal((await site.payments.deliveries.get(deliveryId))?.status, 'delivered');
  });

  test('the same number with another amount is kept beside the first, reported, acknowledged and changes nothing', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    await site.send('pay', { TransactionId: 1, Amount: '25.00' });
    for (const other of [{ Amount: '26.00' }, { Amount: '26.00' }, { Currency: 'USD' }, { Status: 'Authorized' }])
      assert.equal((await site.send('pay', { TransactionId: 1, Amount: '25.00', ...other })).text, '{"code":0}');
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 1);
    assert.equal((await site.payments.transactions.find({ code: '1' }))?.sum, '25.00');
    assert.equal(await site.count("SELECT count(*) FROM cloudpayments_notification WHERE outcome = 'conflict'"), 3);
    assert.equal(site.seen('conflict').length, 4);
    assert.equal(site.seen('payment').length, 1);
  });

  test('what the API denies does not make the genuine Pay that follows a repeat', async (t) => {
    const { site, model } = await siteWithApi(t, await database.create());
    assert.equal((await site.send('pay', { TransactionId: 7, ...NO_EVIDENCE })).text, '{"code":0}');
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
    model.set('7', completed('7'));
    assert.equal((await site.send('pay', { TransactionId: 7 })).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '7' }))?.state, 'paid');
    assert.equal(site.seen('payment').length, 1);
  });

  test('what the API denies does not make the genuine Confirm that follows a repeat, nor the Pay of an order', async (t) => {
    const { site } = await siteWithApi(t, await database.create());
    await site.send('pay', { TransactionId: 8, Status: 'Authorized' });
    assert.equal((await site.send('confirm', { TransactionId: 8, ...NO_EVIDENCE })).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '8' }))?.state, 'authorized');
    assert.equal((await site.send('confirm', { TransactionId: 8 })).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '8' }))?.state, 'paid');
    const link = site.payments.links.card({ account: 'user-1', sum: 25, currency: 'RUB', description: 'Order', orderId: 'A-1' });
    const order = { TransactionId: 9, InvoiceId: 'A-1', Data: (await bindingOf(site, link)).data };
    assert.equal((await site.send('pay', { ...order, ...NO_EVIDENCE })).text, '{"code":0}');
    assert.equal(await site.payments.transactions.find({ code: '9' }), undefined);
    assert.equal((await site.send('pay', order)).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '9' }))?.isCompleted, true);
    assert.equal((await site.send('pay', { ...order, ...NO_EVIDENCE })).text, '{"code":0}');
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 2);
  });
});

type Model = Readonly<Record<string, unknown>>;

function completed(code: string, more: Model = {}): Model {
  const dates = { AuthDateIso: '2026-01-01T00:00:00', ConfirmDateIso: '2026-01-01T00:00:00' };
  const state = { Status: 'Completed', StatusCode: 3, ReasonCode: 0, TestMode: true };
  return { TransactionId: Number(code), Amount: 25.0, Currency: 'RUB', AccountId: 'user-1', ...state, ...dates, ...more };
}

async function siteWithApi(
  t: { after(work: () => Promise<void>): void },
  database: string,
): Promise<{ site: Site; api: Receiver; model: Map<string, Model> }> {
  const model = new Map<string, Model>();
  const api = await startPaymentsApi(model);
  t.after(() => api.close());
  return { site: await startSite(t, { database, cloudpayments: { apiUrl: api.url } }), api, model };
}

describe('a Pay that could as well be a Check', () => {
  test('is credited when the API knows the money', async (t) => {
    const { site, api, model } = await siteWithApi(t, sqliteFile(t));
    model.set('1', completed('1'));
    assert.equal((await site.send('pay', { TransactionId: 1, ...NO_EVIDENCE })).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '1' }))?.state, 'paid');
    const [question] = api.requests;
    assert.equal(question?.url, '/payments/get');
    assert.equal(question?.headers.authorization, `Basic ${Buffer.from('pk_test:notification_test_secret').toString('base64')}`);
    assert.match(String(question?.body), /"TransactionId":1\b/);
  });

  for (const [name, more] of [
    ['declined', { Status: 'Declined', ReasonCode: 5051 }],
    ['cancelled', { Status: 'Cancelled' }],
  ] as const) {
    test(`is kept, reported and not credited when the API says ${name}`, async (t) => {
      const { site, model } = await siteWithApi(t, sqliteFile(t));
      model.set('1', completed('1', more));
      assert.equal((await site.send('pay', { TransactionId: 1, ...NO_EVIDENCE })).text, '{"code":0}');
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 1);
      assert.equal(site.seen('conflict').length, 1);
    });
  }

  for (const [name, more] of [
    ['awaits authentication', { Status: 'AwaitingAuthentication' }],
    ['is completed without a date', { ConfirmDateIso: null, ConfirmDate: null }],
    ['is completed with a reason code', { ReasonCode: 5091 }],
  ] as const) {
    test(`comes again (503) while it ${name}`, async (t) => {
      const { site, model } = await siteWithApi(t, sqliteFile(t));
      model.set('1', completed('1', more));
      const answer = await site.send('pay', { TransactionId: 1, ...NO_EVIDENCE });
      assert.equal(answer.status, 503);
      assert.equal(errorCode(answer), 'ERR_PAYMENTS_UNCONFIRMED');
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 0);
      model.set('1', completed('1'));
      assert.equal((await site.send('pay', { TransactionId: 1, ...NO_EVIDENCE })).text, '{"code":0}');
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 1);
    });
  }

  for (const [name, more] of [
    ['amount', { Amount: 24.99 }],
    ['currency', { Currency: 'USD' }],
    ['account', { AccountId: 'user-2' }],
    ['mode', { TestMode: false }],
  ] as const) {
    test(`creates nothing when the API knows another ${name}; the genuine one that follows is taken`, async (t) => {
      const { site, model } = await siteWithApi(t, sqliteFile(t));
      model.set('1', completed('1', more));
      assert.equal((await site.send('pay', { TransactionId: 1, ...NO_EVIDENCE })).text, '{"code":0}');
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
      assert.equal(site.seen('conflict').length, 1);
      assert.equal((await site.send('pay', { TransactionId: 1 })).text, '{"code":0}');
      assert.equal((await site.payments.transactions.find({ code: '1' }))?.state, 'paid');
      assert.equal(site.seen('payment').length, 1);
    });
  }

  for (const [name, misbehave] of [
    ['is not there', (api: Receiver) => api.goDown()],
    ['refuses the secret', (api: Receiver) => api.answerWith({ kind: 'reply', status: 401 })],
    ['fails', (api: Receiver) => api.answerWith({ kind: 'reply', status: 500 })],
    ['sends HTML', (api: Receiver) => api.answerWith({ kind: 'reply', status: 200, body: '<html>' })],
    ['sends no end of it', (api: Receiver) => api.answerWith({ kind: 'endless-body' })],
    ['breaks off', (api: Receiver) => api.answerWith({ kind: 'close', within: 'body' })],
    ['answers without a model', (api: Receiver) => api.answerWith(apiReply({ Success: true }))],
  ] as const) {
    test(`comes again (503) when the API ${name}`, async (t) => {
      const { site, api } = await siteWithApi(t, sqliteFile(t));
      await misbehave(api);
      const answer = await site.send('pay', { TransactionId: 1, ...NO_EVIDENCE });
      assert.equal(answer.status, 503);
      assert.equal(errorCode(answer), 'ERR_PAYMENTS_UNCONFIRMED');
      assert.doesNotMatch(answer.text, /notification_test_secret/);
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 0);
    });
  }

  test('that was captured as a Check is one: its body creates nothing at any other address', async (t) => {
    const { site } = await siteWithApi(t, sqliteFile(t));
    const check = encodeNotification({
      ...{ TransactionId: '9', Amount: '25.00', Currency: 'RUB', PaymentAmount: '25.00', PaymentCurrency: 'RUB', OperationType: 'Payment' },
      ...{
        AccountId: 'user-1',
        DateTime: '2026-01-01 00:00:00',
        CardFirstSix: '424242',
        CardLastFour: '4242',
        TestMode: '1',
        Status: 'Completed',
      },
    });
    for (const route of ['check', 'pay', 'fail', 'confirm', 'refund', 'cancel', 'recurrent', 'receipt']) await site.sendText(route, check);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_delivery'), 0);
  });
});

describe('a Pay', () => {
  test('of a payout is stored, acknowledged and credits nobody', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    assert.equal((await site.send('pay', { OperationType: 'CardPayout' })).text, '{"code":0}');
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 1);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
  });

  test('without a webhook is complete at once', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    await site.send('pay', { TransactionId: 1 });
    assert.equal((await site.payments.transactions.find({ code: '1' }))?.isCompleted, true);
    assert.deepEqual(site.seen('payment'), [
      { provider: 'cloudpayments', code: '1', account: 'user-1', sum: '25.00', currency: 'RUB', isTest: true },
    ]);
  });

  test('in test mode is stored but kept back where test payments are refused', async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const site = await startSite(t, {
      database: sqliteFile(t),
      cloudpayments: { testPayments: 'refuse' },
      options: { webhook: { url: receiver.url } },
    });
    assert.equal((await site.send('check', { TransactionId: 1 })).text, '{"code":13}');
    assert.equal((await site.send('pay', { TransactionId: 1 })).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '1' }))?.review, 'test_payment');
    assert.equal((await site.send('pay', { TransactionId: 2, TestMode: 0 })).text, '{"code":0}');
    await site.waitForEvent('delivery.delivered');
    assert.deepEqual(
      receiver.requests.map(({ body }) => JSON.parse(String(body)).code),
      ['2'],
    );
  });

  test('in test mode is refused with NODE_ENV=production, unless an option says so', async (t) => {
    const before = process.env['NODE_ENV'];
    t.after(() => {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    });
    process.env['NODE_ENV'] = 'production';
    const careful = await startSite(t, { database: sqliteFile(t) });
    const open = await startSite(t, { database: sqliteFile(t), cloudpayments: { testPayments: 'accept' } });
    assert.equal((await careful.send('check')).text, '{"code":13}');
    assert.equal((await open.send('check')).text, '{"code":0}');
    assert.equal((await careful.send('check', { TestMode: 0 })).text, '{"code":0}');
  });

  test('keeps the token of a card out of the tables', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    await site.send('pay', { Token: 'tk_topsecret' });
    await site.send('pay', { Token: 'tk_topsecret' }, { format: 'json' });
    await site.send('pay', { Token: 'tk_topsecret' }, { method: 'GET' });
    await site.send('check', { TokenRecipient: 'tk_topsecret' });
    for (const [table, columns] of [
      ['http_log', ['url', 'headers', 'body']],
      ['notification', ['fields']],
    ] as const)
      for (const column of columns)
        assert.equal(await site.count(`SELECT count(*) FROM cloudpayments_${table} WHERE ${column} LIKE '%topsecret%'`), 0, column);
  });
});
