import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildNotification, sendNotification } from '../../lib/testing/index.ts';
import { bindingOf } from '../support/card-page-data.ts';
import { expressVersions } from '../support/hosts.ts';
import { errorCode, SECRET, sqliteFile, startSite } from '../support/site.ts';

const PAGE = '/pub/card?account=1&sum=1&currency=RUB&description=x';

for (const { name, express } of expressVersions) {
  describe(`in ${name}`, () => {
    test('one router serves every base path, and leaves the rest of the root to the host', async (t) => {
      const host = express.Router();
      host.get('/', (_request, response) => void response.send('shop'));
      host.get('/cart', (_request, response) => void response.send('cart'));
      host.use((_request, response) => void response.status(404).send('shop: not found'));
      const site = await startSite(t, {
        database: sqliteFile(t),
        express,
        options: { basePath: ['/', '/_cloudpayments_'] },
        after: [host],
      });
      const text = async (path: string) => await (await fetch(`${site.host.url}${path}`)).text();
      assert.equal(await text('/'), 'shop');
      assert.equal(await text('/cart'), 'cart');
      assert.equal(await text('/unknown'), 'shop: not found');
      assert.equal(await text('/pub/unknown'), 'shop: not found');
      const before = await site.count('SELECT count(*) FROM cloudpayments_http_log');
      assert.equal(before, 0, 'what is the host’s is not logged');
      for (const base of ['', '/_cloudpayments_']) {
        const answer = await sendNotification({ url: `${site.host.url}${base}/pay`, fields: buildNotification('pay'), secret: SECRET });
        assert.equal(answer.body, '{"code":0}', base);
        const page = await bindingOf(site, `${base}${PAGE}`);
        assert.equal((await fetch(page.statusUrl)).status, 200);
        assert.equal((await fetch(`${site.host.url}${base}/health`)).status, 200);
      }
      const unknown = await fetch(`${site.host.url}/_cloudpayments_/unknown`);
      assert.equal(unknown.status, 404);
      assert.equal((await unknown.json()).error.code, 'ERR_PAYMENTS_NOT_FOUND');
    });

    test('below a prefix of the host everything works, also the addresses that the page asks', async (t) => {
      const site = await startSite(t, { database: sqliteFile(t), express, mountedAt: '/shop/v2', options: { basePath: '/money/' } });
      assert.ok(site.base.endsWith('/shop/v2/money/'));
      const base = site.base.replace(/\/$/, '');
      const answer = await sendNotification({ url: `${base}/pay`, fields: buildNotification('pay'), secret: SECRET });
      assert.equal(answer.body, '{"code":0}');
      const get = await sendNotification({ url: `${base}/pay`, method: 'GET', fields: buildNotification('pay'), secret: SECRET });
      assert.equal(get.body, '{"code":0}');
      const page = await bindingOf(site, `/shop/v2/money${PAGE}`);
      assert.ok(page.statusUrl.startsWith(`${base}/pub/card/`));
      assert.equal((await fetch(page.statusUrl)).status, 200);
      assert.equal((await fetch(`${site.host.url}/money/health`)).status, 404);
    });

    test('what is unknown or broken below our own path is a 404 of ours, never a 500 of the host’s', async (t) => {
      const shown: unknown[] = [];
      const site = await startSite(t, {
        ...{ database: sqliteFile(t), express },
        // An error handler of the host must see nothing of ours.
        after: [
          Object.assign((error: unknown, _request: unknown, _response: unknown, next: (error: unknown) => void) => {
            shown.push(error);
            next(error);
          }) as never,
        ],
      });
      for (const path of [
        '/',
        '',
        '/unknown',
        '/pay/x',
        '/check%00',
        '/pub',
        '/pub/card/x/y',
        '/cashu/callback',
        '/../etc/passwd',
        '/%2e%2e/x',
        '/pub/card/%ff',
      ]) {
        const answer = await site.fetch(path.replace('..', '%2e%2e'), { headers: { accept: 'text/html' } });
        assert.equal(answer.status, 404, path);
        if (!path.includes('..') && !path.includes('%2e')) assert.equal(errorCode(answer), 'ERR_PAYMENTS_NOT_FOUND', path);
      }
      assert.deepEqual(shown, []);
    });

    test('addresses are taken with a slash at the end and in any case, as Express does', async (t) => {
      const site = await startSite(t, { database: sqliteFile(t), express });
      for (const path of ['pay/', 'PAY', 'Pay/']) {
        const answer = await sendNotification({ url: `${site.base}/${path}`, fields: buildNotification('pay'), secret: SECRET });
        assert.equal(answer.body, '{"code":0}', path);
      }
    });

    test('health says what a person and a load balancer want to know', async (t) => {
      const site = await startSite(t, { database: sqliteFile(t), express, options: { webhook: { handler: () => undefined } } });
      const answer = await site.fetch('/health');
      assert.equal(answer.status, 200);
      const { dispatcher, ...report } = JSON.parse(answer.text);
      assert.deepEqual(report, {
        status: 'ok',
        database: { reachable: true },
        deliveries: { backlog: 0, oldest_due_seconds: null, in_flight: 0, endpoint: 'closed' },
        queue: { waiting: 0, limit: 1000 },
      });
      assert.equal(dispatcher.running, true);
      assert.equal((await site.fetch('/health', { method: 'HEAD' })).status, 200);
      assert.equal((await site.fetch('/health', { method: 'POST' })).status, 405);
      await site.payments.close();
      assert.equal((await site.fetch('/health')).status, 503);
      assert.equal(errorCode(await site.fetch('/pay')), 'ERR_PAYMENTS_CLOSED');
    });
  });
}
