import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { CheckCode, type CheckedPayment, type CheckFunction } from '../../lib/index.ts';
import { forEachDatabase, type TestDatabase } from '../support/databases.ts';
import { type Answer, type Receiver, redirect, reply, type Script, startReceiver } from '../support/receiver.ts';
import { type Site, sqliteFile, startSite } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

const TIMEOUT_MS = 300;

async function siteWithBackend(t: TestContext, answer?: Answer | Script): Promise<{ site: Site; backend: Receiver }> {
  const backend = await startReceiver(answer);
  t.after(() => backend.close());
  const cloudpayments = { check: `${backend.url}/check?key=1`, checkTimeoutMs: TIMEOUT_MS };
  return { site: await startSite(t, { database: sqliteFile(t), cloudpayments }), backend };
}

async function codeOf(site: Site, overrides: Parameters<Site['send']>[1] = {}): Promise<unknown> {
  const answer = await site.send('check', overrides);
  assert.equal(answer.status, 200);
  return JSON.parse(answer.text).code;
}

forEachDatabase((database: TestDatabase) => {
  test('a Check stores itself, and nothing else, whatever the answer', async (t) => {
    const check: CheckFunction = ({ account }) => account === 'user-1';
    const site = await startSite(t, { database: await database.create(), cloudpayments: { check } });
    assert.equal(await codeOf(site, { TransactionId: 1 }), 0);
    assert.equal(await codeOf(site, { TransactionId: 2, AccountId: 'nobody' }), 11);
    const rows = await site.rows('SELECT type, external_id, outcome, applied FROM cloudpayments_notification ORDER BY id');
    assert.deepEqual(
      rows.map((row) => [row['type'], row['external_id'], row['outcome'], Number(row['applied'])]),
      [
        ['check', '1', 'answered 0', 1],
        ['check', '2', 'answered 11', 1],
      ],
    );
    for (const table of ['transaction', 'delivery', 'webhook_log', 'paid_order'])
      assert.equal(await site.count(`SELECT count(*) FROM cloudpayments_${table}`), 0, table);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log'), 2);
  });

  test('a Check and the Pay of the same number are two notifications and one transaction', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    await site.send('check', { TransactionId: 1 });
    await site.send('pay', { TransactionId: 1 });
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_notification'), 2);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 1);
  });
});

describe('the merchant’s check address', () => {
  test('is asked by GET with the account added to its query', async (t) => {
    const { site, backend } = await siteWithBackend(t);
    assert.equal(await codeOf(site, { AccountId: 'a&b=c ж/?#' }), 0);
    const [request] = backend.requests;
    assert.equal(request?.method, 'GET');
    const url = new URL(request?.url ?? '', backend.url);
    assert.equal(url.pathname, '/check');
    assert.deepEqual(
      [...url.searchParams],
      [
        ['key', '1'],
        ['account', 'a&b=c ж/?#'],
      ],
    );
  });

  test('keeps the query that it has, byte for byte', async (t) => {
    const backend = await startReceiver();
    t.after(() => backend.close());
    const check = `${backend.url}/check?flag&t=a%20b~c`;
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { check } });
    assert.equal(await codeOf(site), 0);
    assert.equal(backend.requests[0]?.url, '/check?flag&t=a%20b~c&account=user-1');
  });

  for (const status of [201, 204, 301, 400, 401, 404, 410, 500, 503]) {
    test(`that answers ${status} says no`, async (t) => {
      const { site } = await siteWithBackend(t, reply(status));
      assert.equal(await codeOf(site), CheckCode.unknownAccount);
    });
  }

  test('that redirects says no, and is not followed', async (t) => {
    const { site, backend } = await siteWithBackend(t, () => redirect(`${backend.url}/elsewhere`));
    assert.equal(await codeOf(site), CheckCode.unknownAccount);
    assert.equal(backend.requests.length, 1);
  });

  const silent: readonly (readonly [name: string, answer: Answer])[] = [
    ['never answers', { kind: 'silence' }],
    ['drips its headers', { kind: 'drip-headers', everyMs: 20 }],
    ['breaks the connection', { kind: 'close', within: 'request' }],
    ['breaks off within its headers', { kind: 'close', within: 'headers' }],
    ['answers too late', reply(200, { delayMs: 2_000 })],
  ];
  for (const [name, answer] of silent) {
    test(`that ${name} means not now, within the deadline`, async (t) => {
      const { site } = await siteWithBackend(t, answer);
      const startedAt = performance.now();
      assert.equal(await codeOf(site), CheckCode.notNow);
      assert.ok(performance.now() - startedAt < TIMEOUT_MS + 1_000);
    });
  }

  test('that is not there means not now, at once', async (t) => {
    const { site, backend } = await siteWithBackend(t);
    await backend.goDown();
    assert.equal(await codeOf(site), CheckCode.notNow);
  });

  for (const [name, answer] of [
    ['sends 10 GB', { kind: 'endless-body' }],
    ['drips its body', { kind: 'drip-body', everyMs: 10 }],
  ] as const) {
    test(`that says 200 and ${name} says yes, and is not read to its end`, async (t) => {
      const { site, backend } = await siteWithBackend(t, answer);
      const startedAt = performance.now();
      assert.equal(await codeOf(site), CheckCode.accept);
      assert.ok(performance.now() - startedAt < TIMEOUT_MS);
      await waitUntil(() => backend.underWay === 0, { describe: 'the end of the connection' });
      assert.ok(backend.bytesSent < 50_000_000, String(backend.bytesSent));
    });
  }

  test('gets five seconds where no other deadline is given', async (t) => {
    const backend = await startReceiver({ kind: 'silence' });
    t.after(() => backend.close());
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { check: backend.url } });
    const startedAt = performance.now();
    assert.equal(await codeOf(site), CheckCode.notNow);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs > 4_500 && tookMs < 6_500, String(tookMs));
  });
});

describe('the merchant’s check function', () => {
  const verdicts: readonly (readonly [name: string, check: CheckFunction, code: number])[] = [
    ['true', () => true, 0],
    ['a promise of true', async () => true, 0],
    ['false', () => false, 11],
    ['an unknown order', () => CheckCode.unknownOrder, 10],
    ['a wrong amount', async () => CheckCode.wrongAmount, 12],
    ['an expired order', () => CheckCode.expired, 20],
    ['not now', () => CheckCode.notNow, 13],
    ['accept', () => CheckCode.accept, 0],
    ['an error', () => Promise.reject(new Error('the back-end is down')), 13],
    [
      'an exception',
      () => {
        throw new Error('a mistake');
      },
      13,
    ],
    ['silence', () => new Promise<boolean>(() => undefined), 13],
    // What JavaScript hosts may give.
    ['undefined', () => undefined as unknown as boolean, 13],
    ['a text', () => 'yes' as unknown as boolean, 13],
    ['another number', () => 7 as unknown as CheckCode, 13],
  ];
  for (const [name, check, code] of verdicts) {
    test(`that gives ${name} is answered ${code}`, async (t) => {
      const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { check, checkTimeoutMs: TIMEOUT_MS } });
      const startedAt = performance.now();
      assert.equal(await codeOf(site), code);
      assert.ok(performance.now() - startedAt < TIMEOUT_MS + 1_000);
    });
  }

  test('is told of the payment, and that the time is over', async (t) => {
    const asked: CheckedPayment[] = [];
    let signal: AbortSignal | undefined;
    const check: CheckFunction = async (payment, context) => {
      asked.push(payment);
      signal = context.signal;
      return await new Promise<boolean>(() => undefined);
    };
    const site = await startSite(t, { database: sqliteFile(t), cloudpayments: { check, checkTimeoutMs: TIMEOUT_MS } });
    await codeOf(site, { Amount: '10.5', Currency: 'rub', InvoiceId: '7', Description: 'Счёт', AccountId: undefined, TestMode: 1 });
    const [payment] = asked;
    const { fields, ...rest } = payment ?? assert.fail();
    assert.deepEqual(rest, { account: undefined, sum: '10.50', currency: 'RUB', invoiceId: '7', description: 'Счёт', isTest: true });
    assert.equal(fields['Amount'], '10.5');
    await waitUntil(() => signal?.aborted);
  });
});

test('without a check every account is accepted', async (t) => {
  const site = await startSite(t, { database: sqliteFile(t) });
  assert.equal(await codeOf(site, { AccountId: 'anybody' }), 0);
  assert.equal(await codeOf(site, { AccountId: undefined }), 0);
});
