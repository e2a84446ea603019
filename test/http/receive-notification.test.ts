import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NotificationType } from '../../lib/index.ts';
import { encodeJsonNotification } from '../../lib/testing/index.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { startPaymentsApi } from '../support/receiver.ts';
import { type Answer, errorCode, SECRET, type Site, sqliteFile, startSite } from '../support/site.ts';
import { type NotificationVector, notificationVectors, vectorBody } from '../support/vectors.ts';

const vectors = notificationVectors();

function routeOf(vector: NotificationVector): NotificationType {
  // The vectors name the types as the cabinet does.
  return vector.type.toLowerCase() as NotificationType;
}

/** The fields with content: what a stored notification must have. */
function kept(vector: NotificationVector): Record<string, string> {
  const fields = Object.fromEntries(vector.fields.filter(([, value]) => value !== ''));
  return fields['Token'] === undefined ? fields : { ...fields, Token: '[redacted]' };
}

async function storedFields(site: Site, type: string): Promise<unknown[]> {
  const rows = await site.rows(`SELECT fields FROM cloudpayments_notification WHERE type = '${type}' ORDER BY id`);
  return rows.map(({ fields }) => (typeof fields === 'string' ? JSON.parse(fields) : fields));
}

async function sendVector(site: Site, vector: NotificationVector, way: string): Promise<Answer> {
  const headers = { 'content-hmac': vector.contentHmac };
  if (way === 'GET') return await site.sendText(routeOf(vector), vectorBody(vector), { method: 'GET', secret: false, headers });
  if (way === 'form') return await site.sendText(routeOf(vector), vectorBody(vector), { secret: false, headers });
  return await site.sendText(routeOf(vector), encodeJsonNotification(Object.fromEntries(vector.fields)), { format: 'json' });
}

forEachDatabase((database: TestDatabase) => {
  for (const way of ['form', 'GET', 'json']) {
    test(`every captured notification is stored as sent and acknowledged (${way})`, async (t) => {
      const api = await startPaymentsApi(new Map());
      t.after(() => api.close());
      const site = await startSite(t, { database: await database.create(), cloudpayments: { apiUrl: api.url } });
      for (const vector of vectors) {
        const answer = await sendVector(site, vector, way);
        assert.deepEqual([answer.status, answer.text], [200, '{"code":0}'], vector.id);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
        const stored = await storedFields(site, routeOf(vector));
        assert.deepEqual(stored.at(-1), kept(vector), vector.id);
      }
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), vectors.length);
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 200'), vectors.length);
      const transactions = await site.rows(
        'SELECT code, account, sum, currency, status, provider FROM cloudpayments_transaction ORDER BY code',
      );
      const found = transactions.map((row) => [
        row['code'],
        row['account'],
        Number(row['sum']),
        row['currency'],
        row['status'],
        row['provider'],
      ]);
      const expected = vectors
        .filter(({ type, id }) => type === 'Pay' && id !== '2018-pay-recurrent-next-no-data')
        .map(({ fields }) => Object.fromEntries(fields))
        .map((fields) => [
          fields['TransactionId'],
          fields['AccountId'] ?? '',
          Number(fields['Amount']),
          fields['Currency'],
          1,
          'cloudpayments',
        ])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
      assert.deepEqual(found, expected);
    });
  }

  test('the time of a transaction is the operation’s own, in UTC; when it reached us stands beside it', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const before = Date.now();
    await site.send('pay', { TransactionId: 71, DateTime: '2022-02-10 12:00:00' });
    const transaction = await site.payments.transactions.find({ code: '71' });
    assert.equal(transaction?.createdAt.toISOString(), '2022-02-10T12:00:00.000Z');
    assert.ok((transaction?.receivedAt.getTime() ?? 0) >= before - 1000 && (transaction?.receivedAt.getTime() ?? 0) <= Date.now() + 1000);
  });

  test('text that a database may choke on is stored, and the row can be read back', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const odd: readonly [string, string][] = [
      ['NUL', 'a\0b'],
      ['emoji', '😀 счёт 𝒳'],
      ['quotes', `'";--\\`],
      ['long', 'ж'.repeat(3_000)],
    ];
    for (const [index, [name, text]] of odd.entries()) {
      const answer = await site.send('pay', { TransactionId: 100 + index, AccountId: text, Description: text, Data: text });
      assert.equal(answer.text, '{"code":0}', name);
      const transaction = await site.payments.transactions.find({ code: String(100 + index) });
      assert.equal(transaction?.account, text.replace('\0', '\uFFFD'), name);
    }
    const json =
      '{"TransactionId":110,"Amount":"25.00","Currency":"RUB","Status":"Completed","GatewayName":"Test","AccountId":"x\\ud800y","Name":"\\u0000"}';
    assert.equal((await site.sendText('pay', json, { format: 'json' })).text, '{"code":0}');
    assert.equal((await site.payments.transactions.find({ code: '110' }))?.account, 'x\uFFFDy');
  });

  test('a wrong signature leaves a row in the HTTP log and nothing else, however often it comes', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const flood = Array.from({ length: 200 }, async () => await site.send('pay', {}, { secret: 'forged' }));
    const answers = await Promise.all(flood);
    assert.ok(answers.every((answer) => answer.status === 401 && errorCode(answer) === 'ERR_PAYMENTS_SIGNATURE_WRONG'));
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 401'), 200);
    for (const table of ['notification', 'transaction', 'delivery', 'webhook_log'])
      assert.equal(await site.count(`SELECT count(*) FROM cloudpayments_${table}`), 0, table);
  });
});

describe('a notification', () => {
  test('is refused with 401 and the likely cause where the signature is not genuine', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const genuine = 'a'.repeat(43);
    const cases: readonly [name: string, headers: Record<string, string>, code: string][] = [
      ['none', {}, 'ERR_PAYMENTS_SIGNATURE_MISSING'],
      ['empty', { 'content-hmac': '' }, 'ERR_PAYMENTS_SIGNATURE_MALFORMED'],
      ['not base64', { 'content-hmac': '!!!' }, 'ERR_PAYMENTS_SIGNATURE_MALFORMED'],
      ['short', { 'content-hmac': 'YWJj' }, 'ERR_PAYMENTS_SIGNATURE_MALFORMED'],
      ['non-ASCII', { 'content-hmac': 'é'.repeat(44) }, 'ERR_PAYMENTS_SIGNATURE_MALFORMED'],
      ['wrong', { 'content-hmac': `${genuine}=` }, 'ERR_PAYMENTS_SIGNATURE_WRONG'],
      ['wrong decoded', { 'x-content-hmac': `${genuine}=` }, 'ERR_PAYMENTS_SIGNATURE_WRONG'],
    ];
    for (const [name, headers, code] of cases) {
      const answer = await site.send('pay', {}, { secret: false, headers });
      assert.equal(answer.status, 401, name);
      assert.equal(errorCode(answer), code, name);
      assert.doesNotMatch(answer.text, new RegExp(SECRET));
    }
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log'), cases.length);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 0);
    assert.deepEqual(
      site.seen('refused').map(({ code }) => code),
      cases.map(([, , code]) => code),
    );
  });

  test('with the right decoded signature does not pass with a wrong one over the bytes', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const text = 'TransactionId=1&Amount=1.00&Currency=RUB&Status=Completed&GatewayName=Test';
    const answer = await site.sendText('pay', text, { headers: { 'content-hmac': `${'a'.repeat(43)}=` } });
    assert.equal(answer.status, 401);
  });

  test('that is signed but unusable gets 400 with the field, and only the HTTP log keeps it', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const cases: readonly [name: string, route: string, body: string, field: RegExp][] = [
      ['no TransactionId', 'pay', 'Amount=1.00&Currency=RUB&Status=Completed&GatewayName=T', /TransactionId/],
      ['an empty TransactionId', 'pay', 'TransactionId=', /TransactionId/],
      ['a TransactionId of letters', 'check', 'TransactionId=abc&Amount=1.00&Currency=RUB', /TransactionId/],
      ['no amount', 'pay', 'TransactionId=1&Currency=RUB&Status=Completed&GatewayName=T', /Amount/],
      ['a broken amount', 'pay', 'TransactionId=1&Amount=1e3&Currency=RUB&Status=Completed&GatewayName=T', /Amount/],
      ['a negative amount', 'check', 'TransactionId=1&Amount=-1.00&Currency=RUB', /Amount/],
      ['a broken currency', 'check', 'TransactionId=1&Amount=1.00&Currency=rouble', /Currency/],
      ['a name that stands there twice', 'pay', 'TransactionId=1&TransactionId=2&Amount=1.00', /TransactionId/],
      ['windows-1251', 'pay', 'TransactionId=1&Amount=1.00&Currency=RUB&Description=%ce%ef%eb%e0%f2%e0', /UTF-8.*cabinet/],
      ['no refunded payment', 'refund', 'TransactionId=1&Amount=1.00', /PaymentTransactionId/],
      [
        'a Fail at the address of Pay',
        'pay',
        'TransactionId=1&Amount=1.00&Currency=RUB&Status=Declined&ReasonCode=5051&Reason=InsufficientFunds&GatewayName=T',
        /Status/,
      ],
      ['a Fail without Status', 'pay', 'TransactionId=1&Amount=1.00&Currency=RUB&ReasonCode=5051&Reason=InsufficientFunds', /Status/],
      [
        'a reason beside Completed',
        'pay',
        'TransactionId=1&Amount=1.00&Currency=RUB&Status=Completed&ReasonCode=5051&GatewayName=T',
        /ReasonCode/,
      ],
      ['a Pay at the address of Cancel', 'cancel', 'TransactionId=1&Amount=1.00&Currency=RUB&Status=Completed&GatewayName=T', /Status/],
    ];
    for (const [name, route, body, field] of cases) {
      const answer = await site.sendText(route, body);
      assert.equal(answer.status, 400, `${name}: ${answer.text}`);
      errorCode(answer);
      assert.match(answer.text, field, name);
    }
    const json: readonly [name: string, body: string][] = [
      ['half of an object', '{'],
      ['an array', '[]'],
      ['null', 'null'],
      ['a number', '42'],
      ['a deep nest', `{"TransactionId":1,"Data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ];
    for (const [name, body] of json) {
      const answer = await site.sendText('pay', body, { format: 'json' });
      assert.equal(answer.status, 400, `${name}: ${answer.text.slice(0, 200)}`);
    }
    const total = cases.length + json.length;
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 400'), total);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 0);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
  });

  test('may carry names that nobody knows, also those of JavaScript itself', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const good = 'TransactionId=5&Amount=1.00&Currency=RUB&Status=Completed&GatewayName=T';
    const answer = await site.sendText('pay', `${good}&__proto__=x&constructor=y&a[b]=1&a[c][]=2&toString=`);
    assert.equal(answer.text, '{"code":0}');
    const [fields] = await storedFields(site, 'pay');
    assert.deepEqual(Object.entries(Object(fields)).slice(-4), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['a[b]', '1'],
      ['a[c][]', '2'],
    ]);
    assert.equal(Reflect.get({}, 'x'), undefined);
    const query = await site.sendText('pay', `${good.replace('=5', '=6')}&a[]=1&__proto__[x]=2`, { method: 'GET' });
    assert.equal(query.text, '{"code":0}');
  });

  test('as JSON keeps the digits of its numbers and the text of what is nested', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const body =
      '{"TransactionId":12345678901234567890,"Amount":10.50,"Currency":"RUB","Status":"Completed","GatewayName":"T","TestMode":true,"Data":{"n":1.10},"CustomFields":[],"Rrn":null,"__proto__":"p"}';
    assert.equal((await site.sendText('pay', body, { format: 'json' })).text, '{"code":0}');
    const transaction = await site.payments.transactions.find({ code: '12345678901234567890' });
    assert.deepEqual([transaction?.sum, transaction?.isTest], ['10.50', true]);
    const [fields] = await storedFields(site, 'pay');
    assert.equal(Reflect.get(Object(fields), 'Data'), '{"n":1.10}');
    assert.equal(Object.hasOwn(Object(fields), 'Rrn'), false);
    assert.deepEqual(Object.getOwnPropertyDescriptor(Object(fields), '__proto__')?.value, 'p');
  });

  test('without a signature is taken where that is allowed; one with a wrong signature is still refused', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { allowUnsigned: true } });
    assert.equal((await site.send('pay', {}, { secret: false })).text, '{"code":0}');
    assert.equal((await site.send('pay', {}, { secret: 'wrong' })).status, 401);
    assert.equal((await site.send('pay', {}, { secret: false, headers: { 'content-hmac': '' } })).status, 401);
  });

  test('may be signed with any secret of the list', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { apiSecret: ['new', 'old'] } });
    assert.equal((await site.send('pay', {}, { secret: 'new' })).status, 200);
    assert.equal((await site.send('pay', {}, { secret: 'old' })).status, 200);
    assert.equal((await site.send('pay', {}, { secret: 'older' })).status, 401);
  });

  for (const type of ['fail', 'recurrent', 'receipt', 'check'] as const) {
    test(`of type ${type} is stored once and acknowledged each time`, async (t) => {
      const site = await startSite(t, { database: sqliteFile(t) });
      const same = {
        DateTime: '2026-01-01 00:00:00',
        TransactionId: 4,
        StartDate: '2026-01-01 00:00:00',
        LastTransactionDate: '2026-01-01 00:00:00',
      };
      for (let count = 0; count < 3; count++) assert.equal((await site.send(type, same)).text, '{"code":0}');
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 1);
      assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 0);
      assert.deepEqual(
        site.seen('notification').map(({ outcome }) => outcome),
        ['stored', 'repeated', 'repeated'],
      );
    });
  }

  test('of a subscription that says something new is stored beside the one before', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    await site.send('recurrent', { Status: 'Active', SuccessfulTransactionsNumber: '1' });
    await site.send('recurrent', { Status: 'Active', SuccessfulTransactionsNumber: '2' });
    await site.send('recurrent', { Status: 'PastDue', SuccessfulTransactionsNumber: '2' });
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 3);
  });

  test('by HEAD, PUT or DELETE is answered 405 with the methods that work', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await site.fetch('/pay', { method });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.get('allow'), 'GET, POST', method);
      if (method !== 'HEAD') assert.equal(errorCode(answer), 'ERR_PAYMENTS_METHOD');
    }
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 405'), 5);
  });
});
