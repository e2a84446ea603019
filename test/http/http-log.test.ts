import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachDatabase, query, type TestDatabase } from '../support/databases.ts';
import { type Site, sqliteFile, startSite } from '../support/site.ts';
import { waitUntil } from '../support/wait.ts';

async function lastRow(site: Site): Promise<Record<string, unknown>> {
  const [row] = await site.rows('SELECT * FROM cloudpayments_http_log ORDER BY id DESC LIMIT 1');
  return row ?? assert.fail('no row');
}

function headersOf(row: Record<string, unknown>): Record<string, string> {
  const headers: unknown = row['headers'];
  const shown: Record<string, string> = typeof headers === 'string' ? JSON.parse(headers) : Object(headers);
  return shown;
}

forEachDatabase((database: TestDatabase) => {
  test('every request to the router leaves a row, also a refused one, without what opens doors', async (t) => {
    const site = await startSite(t, { database: await database.create() });
    const secrets = { authorization: 'Basic c2VjcmV0', cookie: 'session=secret', 'user-agent': 'CloudPayments 😀'.slice(0, 13) };
    await site.send('pay', { Description: 'card 4111 1111 1111 1111', Token: 'tk_secret' }, { headers: secrets });
    const row = await lastRow(site);
    assert.deepEqual(
      [row['ip'], row['url'], row['method'], Number(row['response_status']), row['error']],
      ['127.0.0.1', '/_cloudpayments_/pay', 'POST', 200, null],
    );
    assert.match(String(row['body']), /Amount=25\.00.*Token=\[redacted\]/s);
    assert.doesNotMatch(String(row['body']), /tk_secret|4111\+1111/);
    const headers = headersOf(row);
    assert.deepEqual(
      ['authorization', 'cookie', 'content-hmac', 'x-content-hmac'].map((name) => headers[name]),
      Array(4).fill('[redacted]'),
    );
    assert.equal(headers['user-agent'], secrets['user-agent']);
    const requests: readonly (readonly [path: string, init: RequestInit, status: number, error: string | null])[] = [
      ['/pub/card?account=1&sum=1&currency=RUB&description=4111111111111111&signature=s3cret', {}, 400, 'ERR_PAYMENTS_PAGE_PARAMETERS'],
      [`/pub/card/${'a'.repeat(22)}`, {}, 200, null],
      ['/nothing?password=hunter2', {}, 404, 'ERR_PAYMENTS_NOT_FOUND'],
      ['/pay', { method: 'PUT', body: 'x' }, 405, 'ERR_PAYMENTS_METHOD'],
      ['/pay?Token=tk_secret', {}, 401, 'ERR_PAYMENTS_SIGNATURE_MISSING'],
      ['/pay', { method: 'POST', body: '😀ж\0\ud800 Token=tk_secret&Token=tk_secret' }, 401, 'ERR_PAYMENTS_SIGNATURE_MISSING'],
    ];
    for (const [path, init, status, error] of requests) {
      const answer = await site.fetch(path, init);
      const last = await lastRow(site);
      assert.deepEqual(
        [answer.status, Number(last['response_status']), last['error'], last['method']],
        [status, status, error, init.method ?? 'GET'],
      );
      assert.doesNotMatch(`${last['url']} ${last['body']}`, /s3cret|hunter2|4111111111111111|&Token=tk_secret/, path);
    }
    await site.fetch('/health');
    await waitUntil(async () => (await lastRow(site))['url'] === '/_cloudpayments_/health');
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log'), requests.length + 2);
  });

  test('the times of the tables are UTC, whatever the zone of the server', async (t) => {
    const address = await database.create();
    const site = await startSite(t, { database: address });
    await site.send('pay', { DateTime: '2026-03-29 01:30:00' });
    const sql = {
      sqlite: "SELECT created_at AS at, abs(julianday(created_at) - julianday('now')) * 86400 < 60 AS near FROM cloudpayments_http_log",
      postgres: 'SELECT abs(extract(epoch from (created_at - now()))) < 60 AS near FROM cloudpayments_http_log',
      mysql: 'SELECT abs(timestampdiff(second, created_at, utc_timestamp())) < 60 AS near FROM cloudpayments_http_log',
    }[database.client];
    const [row] = await query(address, sql);
    assert.ok(Number(row?.['near']) === 1);
    assert.equal((await site.payments.transactions.list())[0]?.createdAt.toISOString(), '2026-03-29T01:30:00.000Z');
  });

  test('rows that are older than the days of an option are deleted, the others stay', async (t) => {
    const address = await database.create();
    const first = await startSite(t, { database: address });
    for (let count = 0; count < 3; count++) await first.send('pay', { TransactionId: 1 });
    await first.close();
    await query(address, "UPDATE cloudpayments_http_log SET created_at = '2020-01-01 00:00:00' WHERE id < 3");
    const options = { httpLog: { retentionDays: 30 } };
    const second = await startSite(t, { database: address, options });
    await waitUntil(async () => (await second.count('SELECT count(*) FROM cloudpayments_http_log')) === 1);
    assert.equal(await second.count('SELECT count(*) FROM cloudpayments_notification'), 1);
  });
});

test('of a body only so many bytes are kept, and whole characters', async (t) => {
  const site = await startSite(t, { database: sqliteFile(t), options: { httpLog: { maxBodyBytes: 101 } } });
  await site.fetch('/pay', { method: 'POST', body: '😀'.repeat(1_000) });
  const body = String((await lastRow(site))['body']);
  assert.equal(body, '😀'.repeat(25));
  const none = await startSite(t, { database: sqliteFile(t), options: { httpLog: { maxBodyBytes: 0 } } });
  await none.send('pay');
  assert.equal((await lastRow(none))['body'], '');
});

test('an address of the longest kind is cut, and redacted before that', async (t) => {
  const site = await startSite(t, { database: sqliteFile(t) });
  await site.fetch(`/pay?${'a'.repeat(12_000)}&Token=x`);
  assert.ok(String((await lastRow(site))['url']).length <= 8_192);
});
