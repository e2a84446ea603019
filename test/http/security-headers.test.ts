import assert from 'node:assert/strict';
import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import express from 'express';
import { OptionsError } from '../../lib/domain/errors.ts';
import { pageNonce, type SecurityHeadersOptions, securityHeaders } from '../../lib/http/security-headers.ts';

interface Answer {
  readonly headers: Headers;
  readonly nonce: string;
  /** The sources of a directive. */
  readonly policy: (directive: string) => string[] | undefined;
}

/** Answers of a site whose every page has the headers. */
async function ask(t: TestContext, options: SecurityHeadersOptions): Promise<() => Promise<Answer>> {
  const app = express();
  app.use(securityHeaders(options), (_request, response) => {
    response.send(pageNonce(response));
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // A TCP server's address is never a string.
  return async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const header = response.headers.get('content-security-policy') ?? '';
    const directives = new Map(
      header.split(';').map((directive) => {
        const [name = '', ...sources] = directive.split(' ');
        return [name, sources];
      }),
    );
    return { headers: response.headers, nonce: await response.text(), policy: (directive) => directives.get(directive) };
  };
}

const VENDOR = 'https://widget.cloudpayments.ru/bundles/cloudpayments.js';

test('each load has a fresh nonce, and the page can read it', async (t) => {
  const get = await ask(t, { widgetUrl: VENDOR });
  const [first, second] = [await get(), await get()];
  assert.match(first.nonce, /^[A-Za-z0-9+/]{22}==$/);
  assert.notEqual(first.nonce, second.nonce);
  assert.ok(first.policy('script-src')?.includes(`'nonce-${first.nonce}'`));
  assert.ok(second.policy('script-src')?.includes(`'nonce-${second.nonce}'`));
});

test('a nonce without the headers is an error', () => {
  const response = new ServerResponse(Object.assign(Object.create(null), { method: 'GET' }));
  assert.throws(() => pageNonce(response), /has not run/);
});

test('nothing is allowed that is not named', async (t) => {
  const { policy, headers } = await (await ask(t, { widgetUrl: VENDOR }))();
  assert.deepEqual(policy('default-src'), ["'none'"]);
  assert.deepEqual(policy('object-src'), ["'none'"]);
  assert.deepEqual(policy('base-uri'), ["'none'"]);
  assert.deepEqual(policy('frame-ancestors'), ["'self'"]);
  assert.deepEqual(policy('script-src-attr'), ["'none'"]);
  const scripts = policy('script-src')?.join(' ') ?? '';
  assert.doesNotMatch(scripts, /unsafe|\*(?!\.)|https:(?!\/)|data:|blob:|'self'/);
  assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe-eval|upgrade-insecure-requests/);
});

test('the vendor may show its frames, pictures and codes, and be asked by the page', async (t) => {
  const { policy } = await (await ask(t, { widgetUrl: VENDOR }))();
  for (const directive of ['script-src', 'frame-src', 'connect-src', 'img-src', 'style-src', 'font-src', 'form-action']) {
    assert.ok(policy(directive)?.includes('https://*.cloudpayments.ru'), directive);
  }
  assert.ok(policy('img-src')?.includes('https://qr.nspk.ru'));
  assert.ok(policy('connect-src')?.includes("'self'"));
});

test('a bank of any name may ask for 3-D Secure', async (t) => {
  const { policy } = await (await ask(t, { widgetUrl: VENDOR }))();
  assert.ok(policy('form-action')?.includes('https:'));
});

test('another brand has its own hosts and not those of the first', async (t) => {
  const { policy, headers } = await (await ask(t, { widgetUrl: 'https://widget.tiptoppay.kz/bundles/widget.js' }))();
  assert.deepEqual(policy('frame-src'), ['https://*.tiptoppay.kz']);
  assert.doesNotMatch(headers.get('content-security-policy') ?? '', /cloudpayments|tinkoff/);
});

test('any other host is allowed alone, with its scheme and port', async (t) => {
  const { policy } = await (await ask(t, { widgetUrl: 'http://127.0.0.1:4010/widget.js' }))();
  assert.deepEqual(policy('frame-src'), ['http://127.0.0.1:4010']);
  assert.ok(policy('script-src')?.includes('http://127.0.0.1:4010'));
  const shop = await (await ask(t, { widgetUrl: 'https://pay.example.co.uk/w.js' }))();
  assert.deepEqual(shop.policy('frame-src'), ['https://pay.example.co.uk']);
});

test("a widget at a path is the site's own", async (t) => {
  const { policy } = await (await ask(t, { widgetUrl: '/sandbox/widget.js' }))();
  assert.deepEqual(policy('frame-src'), ["'self'"]);
  assert.deepEqual(policy('connect-src'), ["'self'"]);
  assert.ok(policy('script-src')?.includes("'self'"));
});

test('a page without the widget allows no host but its own, and what it is told to', async (t) => {
  const { policy } = await (await ask(t, { extraSources: { 'form-action': ['http://127.0.0.1:4011'] } }))();
  assert.equal(policy('script-src')?.length, 1);
  assert.deepEqual(policy('frame-src'), []);
  assert.deepEqual(policy('form-action'), ["'self'", 'https:', 'http://127.0.0.1:4011']);
});

test('a widget address that is no web address is refused at once', () => {
  for (const widgetUrl of ['javascript:alert(1)', 'data:text/javascript,1', 'https://']) {
    assert.throws(() => securityHeaders({ widgetUrl }), OptionsError, widgetUrl);
  }
});

test('account and sum leak neither to caches nor to other sites, and the host keeps its own transport policy', async (t) => {
  const { headers } = await (await ask(t, { widgetUrl: VENDOR }))();
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('referrer-policy'), 'strict-origin');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin-allow-popups');
  assert.equal(headers.get('strict-transport-security'), null);
  assert.equal(headers.get('x-powered-by'), null);
});
