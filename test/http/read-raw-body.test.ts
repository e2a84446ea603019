import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type express from 'express';
import type { RequestHandler } from 'express';
import { buildNotification, encodeJsonNotification, encodeNotification, signNotification } from '../../lib/testing/index.ts';
import { expressVersions } from '../support/hosts.ts';
import { errorCode, SECRET, type Site, sqliteFile, startSite } from '../support/site.ts';

const keepBytes = (request: IncomingMessage, _response: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes });
};

interface Parser {
  readonly name: string;
  readonly make: (parsers: typeof express) => RequestHandler;
  /** What each format comes to: taken, or an error that says how to mount. */
  readonly form: 'taken' | 'consumed';
  readonly json: 'taken' | 'consumed';
}

const parsers: readonly Parser[] = [
  { name: 'express.json()', make: ({ json }) => json(), form: 'taken', json: 'consumed' },
  { name: 'express.json() with verify', make: ({ json }) => json({ verify: keepBytes }), form: 'taken', json: 'taken' },
  { name: 'express.urlencoded()', make: ({ urlencoded }) => urlencoded({ extended: true }), form: 'consumed', json: 'taken' },
  {
    name: 'express.urlencoded() with verify',
    make: ({ urlencoded }) => urlencoded({ extended: false, verify: keepBytes }),
    form: 'taken',
    json: 'taken',
  },
  { name: 'express.raw()', make: ({ raw }) => raw(), form: 'taken', json: 'taken' },
  { name: "express.raw({ type: '*/*' })", make: ({ raw }) => raw({ type: '*/*' }), form: 'taken', json: 'taken' },
  { name: 'express.text()', make: ({ text }) => text(), form: 'taken', json: 'taken' },
  { name: "express.text({ type: '*/*' })", make: ({ text }) => text({ type: '*/*' }), form: 'taken', json: 'taken' },
];

for (const version of expressVersions) {
  describe(`in ${version.name}`, () => {
    test('a router without parsers in front takes form, JSON and GET', async (t) => {
      const site = await startSite(t, { database: sqliteFile(t), express: version.express });
      for (const options of [{}, { format: 'json' }, { method: 'GET' }] as const)
        assert.equal((await site.send('pay', { Description: 'Привет & пока + 100%' }, options)).text, '{"code":0}');
    });

    for (const parser of parsers) {
      test(`behind ${parser.name} a notification is taken, or answered at once with how to mount`, async (t) => {
        const site = await startSite(t, { database: sqliteFile(t), express: version.express, before: [parser.make(version.express)] });
        for (const format of ['form', 'json'] as const) {
          const startedAt = performance.now();
          const answer = await site.send('pay', { Description: 'Привет & пока + 100%' }, { format });
          assert.ok(performance.now() - startedAt < 2_000, 'at once');
          if (parser[format] === 'taken') assert.equal(answer.text, '{"code":0}', format);
          else {
            assert.equal(answer.status, 401);
            assert.equal(errorCode(answer), 'ERR_PAYMENTS_BODY_CONSUMED');
            assert.match(answer.text, /before body parsers.*rawBody/);
          }
          assert.equal((await site.send('pay', {}, { format, secret: 'wrong' })).status, 401);
        }
        assert.equal((await site.send('pay', {}, { method: 'GET' })).text, '{"code":0}');
      });
    }

    test('a parser in front that consumed an unsigned notification is named too', async (t) => {
      const before = [version.express.urlencoded({ extended: true })];
      const site = await startSite(t, {
        database: sqliteFile(t),
        express: version.express,
        before,
        cloudpayments: { allowUnsigned: true },
      });
      const answer = await site.send('pay', {}, { secret: false });
      assert.equal(errorCode(answer), 'ERR_PAYMENTS_BODY_CONSUMED');
    });
  });
}

interface Sending {
  readonly head: Readonly<Record<string, string>>;
  readonly write: (send: (part: string | Buffer) => void) => void | Promise<void>;
  readonly end?: boolean;
}

/** Writes a POST by hand. */
async function post(site: Site, { head, write, end = true }: Sending): Promise<{ status: number; text: string }> {
  const request = httpRequest(`${site.base}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...head },
  });
  request.on('error', () => undefined);
  const answered = once(request, 'response');
  await write((part) => request.write(part));
  if (end) request.end();
  // Node's own types of `once` know nothing of the event.
  const [response]: [IncomingMessage] = (await answered) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  request.destroy();
  return { status: response.statusCode ?? 0, text };
}

describe('a body', () => {
  test('of up to 64 kB is taken, whole or in chunks', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const short = encodeNotification(buildNotification('pay'));
    const body = `${short}&Filler=${'x'.repeat(65_536 - short.length - '&Filler='.length)}`;
    assert.equal(body.length, 65_536);
    assert.equal((await site.sendText('pay', body)).text, '{"code":0}');
    const other = encodeNotification(buildNotification('pay', { Description: 'Счёт № 1' }));
    const answer = await post(site, {
      head: { ...signNotification({ body: other, secret: SECRET }), 'transfer-encoding': 'chunked' },
      write: (send) => {
        for (const character of other) send(character);
      },
    });
    assert.equal(answer.text, '{"code":0}');
  });

  test('that is longer is 413 and leaves a row in the HTTP log', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    for (const length of [65_537, 1_048_576, 8_388_608]) {
      const answer = await site.sendText('pay', 'x'.repeat(length));
      assert.equal(answer.status, 413);
      assert.equal(errorCode(answer), 'ERR_PAYMENTS_BODY_TOO_LARGE');
    }
    const chunked = await post(site, {
      head: { 'transfer-encoding': 'chunked' },
      write: (send) => {
        for (let count = 0; count < 16; count++) send('x'.repeat(65_536));
      },
    });
    assert.equal(chunked.status, 413);
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_http_log WHERE response_status = 413'), 4);
    assert.equal((await site.send('pay')).status, 200);
  });

  test('that is longer and was read by a parser in front is 413 too', async (t) => {
    const { express } = expressVersions[0] ?? assert.fail();
    const site = await startSite(t, { database: sqliteFile(t), before: [express.raw({ type: '*/*', limit: '10mb' })] });
    assert.equal((await site.sendText('pay', 'x'.repeat(70_000))).status, 413);
  });

  test('that is compressed is refused at once: nobody signed what would come out', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const text = encodeNotification(buildNotification('pay'));
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
    for (const body of [gzipSync(text), bomb.subarray(0, 60_000)]) {
      const answer = await site.fetch('/pay', {
        method: 'POST',
        body,
        headers: { 'content-encoding': 'gzip', ...signNotification({ body: text, secret: SECRET }) },
      });
      assert.equal(answer.status, 415);
      errorCode(answer);
    }
  });

  test('that stops half-way is no notification, and the site goes on', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const text = encodeNotification(buildNotification('pay'));
    const head = { ...signNotification({ body: text, secret: SECRET }), 'content-length': String(text.length) };
    const request = httpRequest(`${site.base}/pay`, { method: 'POST', headers: head });
    request.on('error', () => undefined);
    request.write(text.slice(0, 100));
    await once(request, 'socket');
    await new Promise((resolve) => setImmediate(resolve));
    request.destroy();
    assert.equal((await site.sendText('pay', text)).text, '{"code":0}');
    assert.equal(await site.count('SELECT count(*) FROM cloudpayments_transaction'), 1);
  });

  test('that does not come to its end in time is 408', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    const answer = await post(site, { head: { 'content-length': '1000' }, write: (send) => send('TransactionId=1'), end: false });
    assert.equal(answer.status, 408);
    assert.match(answer.text, /ERR_PAYMENTS_BODY_TIMEOUT/);
  });

  test('in JSON is read as JSON by any content type that says so', async (t) => {
    const site = await startSite(t, { database: sqliteFile(t) });
    for (const type of ['application/json', 'text/json', 'Application/JSON;charset=UTF-8', 'application/vnd.cp+json']) {
      const text = encodeJsonNotification(buildNotification('pay'));
      assert.equal((await site.sendText('pay', text, { headers: { 'content-type': type } })).text, '{"code":0}', type);
    }
  });
});
