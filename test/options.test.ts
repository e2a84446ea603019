import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import knex from 'knex';
import { createPaymentsRouter, OptionsError, type PaymentsOptions } from '../lib/index.ts';
import { parseOptions } from '../lib/options.ts';

const GOOD = { database: 'sqlite::memory:', cloudpayments: { publicId: 'pk_1', apiSecret: 'secret' } } as const;

type Loose = Readonly<Record<string, unknown>>;

/** Options of any shape, as a host without types may give them. */
function parse(more: Loose = {}, cloudpayments: Loose = {}): ReturnType<typeof parseOptions> {
  return parseOptions({ ...GOOD, ...more, cloudpayments: { ...GOOD.cloudpayments, ...cloudpayments } } as unknown as PaymentsOptions);
}

function parseRaw(options: unknown): unknown {
  return parseOptions(options as PaymentsOptions);
}

describe('an unknown option', () => {
  const cases: readonly (readonly [more: Loose, cloudpayments: Loose, sentence: RegExp])[] = [
    [{ databse: 'x' }, {}, /"databse"\. Did you mean "database"\?/],
    [{ basepath: '/' }, {}, /"basepath"\. Did you mean "basePath"\?/],
    [{ webhooks: {} }, {}, /"webhooks"\. Did you mean "webhook"\?/],
    [{ timeZone: 'UTC' }, {}, /"timeZone"\. Did you mean "timezone"\?/],
    [{ publicURL: 'http://a' }, {}, /"publicURL"\. Did you mean "publicUrl"\?/],
    [{}, { apiSecrets: 'x' }, /"cloudpayments\.apiSecrets"\. Did you mean "cloudpayments\.apiSecret"\?/],
    [{}, { secret: 'x' }, /"cloudpayments\.secret"/],
    [{}, { alowUnsigned: true }, /"cloudpayments\.alowUnsigned"\. Did you mean "cloudpayments\.allowUnsigned"\?/],
    [{}, { checkTimeout: 1 }, /Did you mean "cloudpayments\.checkTimeoutMs"\?/],
    [{}, { testPayment: 'refuse' }, /Did you mean "cloudpayments\.testPayments"\?/],
    [{ publicId: 'pk_1' }, {}, /"publicId": it belongs into "cloudpayments"/],
    [{ apiSecret: 'x' }, {}, /"apiSecret": it belongs into "cloudpayments"/],
    [{}, { basePath: '/' }, /"cloudpayments\.basePath": it belongs at the top level/],
    [{ webhook: { url: 'http://a', timeout: 1 } }, {}, /Did you mean "webhook\.timeoutMs"\?/],
    [{ dispatcher: { slot: 1 } }, {}, /Did you mean "dispatcher\.slots"\?/],
    [{ httpLog: { retentionDay: 1 } }, {}, /Did you mean "httpLog\.retentionDays"\?/],
    [{ webhookLog: { maxBodyBytes: 1 } }, {}, /it belongs into "httpLog"/],
    [{ limits: { queues: 1 } }, {}, /Did you mean "limits\.queue"\?/],
    [{ zzzzzzzzzzzzzzzz: 1 }, {}, /"zzzzzzzzzzzzzzzz"\. Known here: .*database/],
  ];
  for (const [more, cloudpayments, sentence] of cases) {
    test(`${JSON.stringify({ ...more, ...cloudpayments })} is an error that names the nearest one`, () => {
      assert.throws(() => parse(more, cloudpayments), { name: 'OptionsError', code: 'ERR_PAYMENTS_UNKNOWN_OPTION', message: sentence });
    });
  }

  test('is noticed also under a name of JavaScript itself', () => {
    for (const name of ['toString', 'hasOwnProperty', 'constructor', '__proto__'])
      assert.throws(() => parse(JSON.parse(`{"${name}":1}`)), { code: 'ERR_PAYMENTS_UNKNOWN_OPTION' }, name);
  });
});

describe('a missing secret', () => {
  test('is an error that says where it is found, and never turns verification off', () => {
    for (const apiSecret of [undefined, '', '  ', [''], ['good', '']])
      assert.throws(
        () => parse({}, { apiSecret }),
        { code: 'ERR_PAYMENTS_MISSING_SECRET', message: /apiSecret/ },
        JSON.stringify(apiSecret),
      );
    assert.throws(() => parse({}, { apiSecret: undefined }), { message: /merchant cabinet.*allowUnsigned: true/ });
    assert.throws(() => parse({}, { apiSecret: undefined, allowUnsigned: false }), { code: 'ERR_PAYMENTS_MISSING_SECRET' });
    assert.throws(() => parse({}, { apiSecret: '', allowUnsigned: true }), { code: 'ERR_PAYMENTS_MISSING_SECRET' });
    assert.throws(() => parse({}, { apiSecret: [] }), { name: 'OptionsError' });
    assert.deepEqual(parse({}, { apiSecret: undefined, allowUnsigned: true }).cloudpayments.apiSecrets, []);
    assert.deepEqual(parse({}, { apiSecret: ['a', 'b'] }).cloudpayments.apiSecrets, ['a', 'b']);
  });
});

describe('a wrong option', () => {
  const cases: readonly (readonly [more: Loose, cloudpayments: Loose, name: RegExp])[] = [
    [{ database: undefined }, {}, /"database"/],
    [{ database: '' }, {}, /"database"/],
    [{ database: 7 }, {}, /"database"/],
    [{ basePath: 'pay' }, {}, /"basePath".*slash/],
    [{ basePath: '/a?b' }, {}, /"basePath"/],
    [{ basePath: '/:id' }, {}, /"basePath"/],
    [{ basePath: '/a b' }, {}, /"basePath"/],
    [{ basePath: [] }, {}, /"basePath"/],
    [{ basePath: ['/a', 'b'] }, {}, /"basePath\.1"/],
    [{ publicUrl: 'shop.example' }, {}, /"publicUrl"/],
    [{ publicUrl: 'https://user:pw@shop.example' }, {}, /"publicUrl"/],
    [{ links: 'closed' }, {}, /"links"/],
    [{ returnUrlOrigins: ['shop.example'] }, {}, /"returnUrlOrigins\.0"/],
    [{ timezone: 'Mars/Olympus' }, {}, /"timezone".*Asia\/Dubai/],
    [{ migrate: 'yes' }, {}, /"migrate"/],
    [{ dispatcher: 'no' }, {}, /"dispatcher/],
    [{ dispatcher: { slots: 0 } }, {}, /"dispatcher\.slots"/],
    [{ dispatcher: { slots: 1.5 } }, {}, /"dispatcher\.slots"/],
    [{ httpLog: { retentionDays: 0 } }, {}, /"httpLog\.retentionDays"/],
    [{ httpLog: { maxBodyBytes: -1 } }, {}, /"httpLog\.maxBodyBytes"/],
    [{ limits: { queue: 0 } }, {}, /"limits\.queue"/],
    [{ logger: {} }, {}, /"logger".*debug, info, warn and error/],
    [{ webhook: {} }, {}, /"webhook".*"url" or "handler"/],
    [{ webhook: { url: 'http://a', handler: () => undefined } }, {}, /"webhook".*not both/],
    [{ webhook: { url: 'ftp://a' } }, {}, /"webhook\.url"/],
    [{ webhook: { url: 'http://a', secret: 'not base64' } }, {}, /secret/],
    [{ webhook: { url: 'http://a', secret: 'whsec_YWJj' } }, {}, /secret/],
    [{ webhook: { handler: 'x' } }, {}, /"webhook\.handler"/],
    [{ webhook: { handler: () => undefined, secret: 'whsec_YWJj' } }, {}, /"webhook\.secret"/],
    [{ webhook: { url: 'http://a', events: [] } }, {}, /"webhook\.events"/],
    [{ webhook: { url: 'http://a', events: ['paid'] } }, {}, /"webhook\.events\.0"/],
    [{ webhook: { url: 'http://a', timeoutMs: 0 } }, {}, /"webhook\.timeoutMs"/],
    [{ webhook: { url: 'http://a' }, dispatcher: { leaseMs: 10_000 } }, {}, /"dispatcher\.leaseMs".*at least/],
    [{}, { publicId: undefined }, /"cloudpayments\.publicId" is missing/],
    [{}, { publicId: '' }, /"cloudpayments\.publicId"/],
    [{}, { publicId: 7 }, /"cloudpayments\.publicId"/],
    [{}, { apiSecret: 7 }, /"cloudpayments\.apiSecret"/],
    [{}, { allowUnsigned: 'yes' }, /"cloudpayments\.allowUnsigned"/],
    [{}, { check: 'shop.example/check' }, /"cloudpayments\.check"/],
    [{}, { check: 7 }, /"cloudpayments\.check"/],
    [{}, { checkTimeoutMs: '5000' }, /"cloudpayments\.checkTimeoutMs"/],
    [{}, { testPayments: 'no' }, /"cloudpayments\.testPayments"/],
    [{}, { apiUrl: 'api' }, /"cloudpayments\.apiUrl"/],
    [{}, { widgetUrl: 'javascript:alert(1)' }, /"cloudpayments\.widgetUrl"/],
    [{}, { currencies: { JPYEN: 0 } }, /"cloudpayments\.currencies/],
    [{}, { currencies: { JPY: 5 } }, /"cloudpayments\.currencies\.JPY"/],
    [{}, { paymentSchema: 'auth' }, /"cloudpayments\.paymentSchema"/],
  ];
  for (const [more, cloudpayments, name] of cases) {
    test(`${JSON.stringify({ ...more, ...cloudpayments })} is an error that names it`, () => {
      assert.throws(() => parse(more, cloudpayments), { name: 'OptionsError', code: 'ERR_PAYMENTS_OPTIONS', message: name });
    });
  }

  test('is an error of its own class with a sentence, whatever is given instead of options', () => {
    for (const odd of [
      undefined,
      null,
      'x',
      7,
      [],
      () => undefined,
      {},
      { cloudpayments: null },
      { database: 'sqlite:a', cloudpayments: 'pk' },
    ])
      assert.throws(
        () => parseRaw(odd),
        (error: unknown) => error instanceof OptionsError && /^ERR_PAYMENTS_/.test(error.code) && error.message.endsWith('.'),
        String(odd),
      );
  });

  test('never has a secret in its sentence', () => {
    for (const cloudpayments of [
      { apiSecret: { topsecret: 1 } },
      { apiSecret: ['topsecret', ''] },
      { apiSecret: 'topsecret', publicId: 7 },
    ])
      assert.throws(
        () => parse({}, cloudpayments),
        (error: unknown) => error instanceof Error && !error.message.includes('topsecret'),
      );
    assert.throws(
      () => parse({ webhook: { url: 'http://a', secret: 'topsecret' } }),
      (error: unknown) => error instanceof Error && !error.message.includes('topsecret'),
    );
  });
});

describe('a database', () => {
  test('of a kind that nobody knows is an error with the kinds that work', () => {
    for (const database of ['oracle://a/b', 'payments.sqlite', 'mssql://x', 'sqlite:'])
      assert.throws(
        () => createPaymentsRouter({ ...GOOD, database }),
        { name: 'OptionsError', code: 'ERR_PAYMENTS_UNSUPPORTED_DATABASE' },
        database,
      );
    const host = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
    Reflect.set(host.client, 'driverName', 'oracledb');
    assert.throws(() => createPaymentsRouter({ ...GOOD, database: host }), {
      code: 'ERR_PAYMENTS_UNSUPPORTED_DATABASE',
      message: /"oracledb"/,
    });
  });

  test('whose driver is not installed is an error with the command that installs it', async (t) => {
    const script = join(mkdtempSync(join(tmpdir(), 'no-driver-')), 'no-driver.cjs');
    t.after(() => rmSync(dirname(script), { recursive: true }));
    writeFileSync(
      script,
      "const Module = require('node:module'); const load = Module._load; Module._load = (name, ...rest) => { if (name === 'mysql2') throw Object.assign(new Error(\"Cannot find module 'mysql2'\"), { code: 'MODULE_NOT_FOUND' }); return load(name, ...rest); };",
    );
    const program =
      "import { createPaymentsRouter } from './lib/index.ts'; try { createPaymentsRouter({ database: 'mysql://a@127.0.0.1/b', cloudpayments: { publicId: 'pk', apiSecret: 's' } }); } catch (error) { console.log(error.code, error.message); }";
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--require',
      script,
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      program,
    ]);
    assert.match(stdout, /^ERR_PAYMENTS_MISSING_DRIVER .*"mysql2" is not installed\. Install it with: npm install mysql2/);
  });

  test('of a driver that is not supported is refused before anybody installs it', () => {
    assert.throws(() => createPaymentsRouter({ ...GOOD, database: { client: 'sqlite3', connection: ':memory:' } }), {
      code: 'ERR_PAYMENTS_UNSUPPORTED_DATABASE',
      message: /"better-sqlite3"/,
    });
  });
});

function withEnvironment(t: TestContext, value: string | undefined): void {
  const before = process.env['NODE_ENV'];
  const set = (text: string | undefined): void => {
    if (text === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = text;
  };
  t.after(() => set(before));
  set(value);
}

describe('options that are left out', () => {
  test('have the defaults that the manual names', (t) => {
    withEnvironment(t, undefined);
    const { cloudpayments, basePaths, links, timezone, migrate, limits, httpLog, webhook, dispatcher } = parse();
    assert.deepEqual(
      [basePaths, links, timezone, migrate, webhook, dispatcher],
      [['/_cloudpayments_'], 'open', 'UTC', true, undefined, undefined],
    );
    assert.deepEqual(
      [cloudpayments.checkTimeoutMs, cloudpayments.allowUnsigned, cloudpayments.testPayments, cloudpayments.paymentSchema],
      [5_000, false, 'accept', 'single'],
    );
    assert.deepEqual(
      [cloudpayments.apiUrl, cloudpayments.widgetUrl],
      ['https://api.cloudpayments.ru', 'https://widget.cloudpayments.ru/bundles/cloudpayments.js'],
    );
    assert.deepEqual(
      [limits, httpLog],
      [
        { queue: 1_000, batch: 128 },
        { retentionDays: undefined, maxBodyBytes: 16_384 },
      ],
    );
    const told = parse({ webhook: { url: 'http://a' } });
    assert.deepEqual(
      [told.webhook?.timeoutMs, told.webhook?.events, told.dispatcher?.slots, told.dispatcher?.leaseMs],
      [15_000, ['payment'], 20, 60_000],
    );
    assert.equal(Object.keys(cloudpayments.currencies).length, 27);
    assert.ok(Object.values(cloudpayments.currencies).every((decimals) => decimals === 2));
  });

  test('refuse test payments in production, unless the option says otherwise', (t) => {
    withEnvironment(t, 'production');
    assert.equal(parse().cloudpayments.testPayments, 'refuse');
    assert.equal(parse({}, { testPayments: 'accept' }).cloudpayments.testPayments, 'accept');
  });

  test('follow those that are given', () => {
    assert.deepEqual(parse({ basePath: ['/', '/_cloudpayments_/'] }).basePaths, ['', '/_cloudpayments_']);
    assert.equal(parse({ publicUrl: 'https://shop.example/' }).publicUrl, 'https://shop.example');
    assert.deepEqual(parse({ returnUrlOrigins: ['https://Shop.example/x'] }).returnUrlOrigins, ['https://shop.example']);
    assert.equal(parse({}, { currencies: { jpy: 0 } }).cloudpayments.currencies['JPY'], 0);
    assert.equal(parse({ webhook: { url: 'http://a' }, dispatcher: false }).dispatcher, undefined);
    assert.ok((parse({ webhook: { url: 'http://a', timeoutMs: 60_000 } }).dispatcher?.leaseMs ?? 0) > 180_000);
  });
});
