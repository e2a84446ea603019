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
type Config = ReturnType<typeof parseOptions>;

/** Options of any shape, as a host without types may give them. */
function parse(more: Loose = {}, cloudpayments: Loose = {}): Config & { readonly cloudpayments: NonNullable<Config['cloudpayments']> } {
  const config = parseRaw({ ...GOOD, ...more, cloudpayments: { ...GOOD.cloudpayments, ...cloudpayments } });
  return { ...config, cloudpayments: config.cloudpayments ?? assert.fail('cloudpayments is there') };
}

/** The same with CashU alone. */
function parseCashu(cashu: Loose = {}, more: Loose = {}): Config & { readonly cashu: NonNullable<Config['cashu']> } {
  const config = parseRaw({ database: 'sqlite::memory:', ...more, cashu: { projectId: 112, secret: 'secret', ...cashu } });
  return { ...config, cashu: config.cashu ?? assert.fail('cashu is there') };
}

function parseRaw(options: unknown): Config {
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
    [{ cashuu: {} }, {}, /"cashuu"\. Did you mean "cashu"\?/],
    [{ httpauth: {} }, {}, /"httpauth"\. Did you mean "httpAuth"\?/],
    [{ projectId: 112 }, {}, /"projectId": it belongs into "cashu"/],
    [{ cashu: { projectID: 112 } }, {}, /"cashu\.projectID"\. Did you mean "cashu\.projectId"\?/],
    [{ cashu: { secrets: 'x' } }, {}, /"cashu\.secrets"\. Did you mean "cashu\.secret"\?/],
    [{ cashu: { publicUrl: 'x' } }, {}, /"cashu\.publicUrl": it belongs at the top level/],
    [{ cashu: { apiSecret: 'x' } }, {}, /"cashu\.apiSecret": it belongs into "cloudpayments"/],
    [{ cashu: { token: 'x' } }, {}, /"cashu\.token": it belongs into "cashu\.dataApi"/],
    [{ cashu: { firstCheckMs: 1 } }, {}, /"cashu\.firstCheckMs": it belongs into "cashu\.watch"/],
    [{ cashu: { dataApi: { tokens: 'x' } } }, {}, /"cashu\.dataApi\.tokens"\. Did you mean "cashu\.dataApi\.token"\?/],
    [{ cashu: { watch: { firstCheck: 1 } } }, {}, /"cashu\.watch\.firstCheck"\. Did you mean "cashu\.watch\.firstCheckMs"\?/],
    [{ cashu: { watch: { payWithinMinutes: 1 } } }, {}, /"cashu\.watch\.payWithinMinutes": it belongs into "cashu"/],
    [{ httpAuth: { user: 'x' } }, {}, /"httpAuth\.user"\. Did you mean "httpAuth\.username"\?/],
    [{ zzzzzzzzzzzzzzzz: 1 }, {}, /"zzzzzzzzzzzzzzzz"\. Known here: .*database/],
  ];
  for (const [more, cloudpayments, sentence] of cases) {
    test(`${JSON.stringify({ ...more, ...cloudpayments })} is an error that names the nearest one`, () => {
      assert.throws(() => parse(more, cloudpayments), { name: 'OptionsError', code: 'ERR_PAYMENTS_UNKNOWN_OPTION', message: sentence });
    });
  }

  test('is noticed also under a name of JavaScript itself', () => {
    for (const name of ['toString', 'hasOwnProperty', 'constructor', '__proto__'])
      for (const text of [`{"${name}":1}`, `{"cashu":{"${name}":1}}`, `{"cashu":{"watch":{"${name}":1}}}`])
        assert.throws(() => parse(JSON.parse(text)), { code: 'ERR_PAYMENTS_UNKNOWN_OPTION' }, text);
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

describe('a missing secret of CashU', () => {
  test('is an error that says where it is found; there is no way without', () => {
    for (const secret of [undefined, '', '  ', '\n', [''], ['good', ' ']])
      assert.throws(
        () => parseCashu({ secret }),
        { name: 'OptionsError', code: 'ERR_PAYMENTS_MISSING_SECRET', message: /"cashu\.secret"/ },
        JSON.stringify(secret),
      );
    assert.throws(() => parseCashu({ secret: undefined }), { message: /is missing.*ECommPay/ });
    assert.throws(() => parseCashu({ secret: '' }), { message: /is empty\. Is the environment variable set\?/ });
    assert.throws(() => parseCashu({ secret: [] }), { name: 'OptionsError', message: /"cashu\.secret"/ });
    assert.deepEqual(parseCashu({ secret: 'a' }).cashu.secrets, ['a']);
    assert.deepEqual(parseCashu({ secret: ['newer', 'older'] }).cashu.secrets, ['newer', 'older']);
  });

  test('is noticed beside good card options', () => {
    assert.throws(() => parse({ cashu: { projectId: 112 } }), { code: 'ERR_PAYMENTS_MISSING_SECRET', message: /cashu/ });
    assert.throws(() => parse({ cashu: { projectId: 112, secret: 'x' } }, { apiSecret: '' }), { message: /cloudpayments\.apiSecret/ });
  });
});

describe('a provider', () => {
  test('has to be there, one at least', () => {
    for (const options of [{}, { cloudpayments: undefined, cashu: undefined }, { webhook: { url: 'http://a' } }])
      assert.throws(() => parseRaw({ database: 'sqlite::memory:', ...options }), {
        name: 'OptionsError',
        code: 'ERR_PAYMENTS_OPTIONS',
        message: /Neither "cloudpayments" nor "cashu" is there/,
      });
  });

  test('may be one of the two, or both', () => {
    const cashu = parseCashu();
    assert.deepEqual([cashu.cloudpayments, cashu.cashu.projectId], [undefined, 112]);
    assert.equal(parse().cashu, undefined);
    const both = parse({ cashu: { projectId: 112, secret: 'x' } });
    assert.deepEqual([both.cloudpayments.publicId, both.cashu?.projectId], ['pk_1', 112]);
  });

  test('that is null is a mistake, not one that is left out', () => {
    assert.throws(() => parse({ cashu: null }), { name: 'OptionsError', message: /"cashu"/ });
    assert.throws(() => parse({ httpAuth: null }), { name: 'OptionsError', message: /"httpAuth"/ });
  });
});

describe('a wrong option', () => {
  const wrongCashu: readonly (readonly [cashu: Loose, name: RegExp])[] = [
    [{ projectId: undefined }, /"cashu\.projectId" is missing/],
    ...['112', 0, -1, 1.5, 4_294_967_296, Number.NaN, null].map((projectId) => [{ projectId }, /"cashu\.projectId"/] as const),
    [{ secret: 7 }, /"cashu\.secret"/],
    [{ flow: 'widget' }, /"cashu\.flow"/],
    [{ paymentPageUrl: 'paymentpage.ecommpay.com' }, /"cashu\.paymentPageUrl"/],
    [{ paymentPageUrl: 'javascript:alert(1)' }, /"cashu\.paymentPageUrl"/],
    [{ paymentPageMethod: 'PUT' }, /"cashu\.paymentPageMethod"/],
    [{ gateUrl: 'ftp://a' }, /"cashu\.gateUrl"/],
    [{ gateUrl: 'https://user:pw@a' }, /"cashu\.gateUrl"/],
    [{ callbackUrl: '/cashu/callback' }, /"cashu\.callbackUrl"/],
    [{ callbackUrl: 'https://a/;b' }, /"cashu\.callbackUrl".*semicolon/],
    [{ customer: {} }, /"cashu\.customer".*function/],
    [{ currencies: { DINAR: 3 } }, /"cashu\.currencies/],
    [{ currencies: { KWD: 5 } }, /"cashu\.currencies\.KWD"/],
    [{ currencies: { KWD: 2.5 } }, /"cashu\.currencies\.KWD"/],
    [{ dataApi: {} }, /"cashu\.dataApi\.token" is missing.*"cashu\.dataApi\.secret" is missing/],
    [{ dataApi: { token: 'x', secret: ' ' } }, /"cashu\.dataApi\.secret".*empty/],
    [{ dataApi: { token: '', secret: 'x' } }, /"cashu\.dataApi\.token".*empty/],
    [{ dataApi: { token: 'x', secret: 'y', url: 'data' } }, /"cashu\.dataApi\.url"/],
    ...[0, -1, 43_201, '30'].map((payWithinMinutes) => [{ payWithinMinutes }, /"cashu\.payWithinMinutes"/] as const),
    [{ watch: 5 }, /"cashu\.watch"/],
    [{ watch: { firstCheckMs: 0 } }, /"cashu\.watch\.firstCheckMs"/],
    [{ watch: { maxIntervalMs: 3_600_001 } }, /"cashu\.watch\.maxIntervalMs"/],
    [{ watch: { expireAfterMs: 99 } }, /"cashu\.watch\.expireAfterMs"/],
  ];
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
    [{ cashu: 'x' }, {}, /"cashu"/],
    ...wrongCashu.map(([cashu, name]) => [{ cashu: { projectId: 112, secret: 'x', ...cashu } }, {}, name] as const),
    [{ httpAuth: {} }, {}, /"httpAuth\.username" is missing.*"httpAuth\.password" is missing/],
    [{ httpAuth: { username: 'a' } }, {}, /"httpAuth\.password" is missing/],
    [{ httpAuth: { username: '', password: 'b' } }, {}, /"httpAuth\.username".*empty/],
    [{ httpAuth: { username: 'a:b', password: 'c' } }, {}, /"httpAuth\.username".*colon/],
    [{ httpAuth: { username: 'a', password: '' } }, {}, /"httpAuth\.password".*empty/],
    [{ httpAuth: { username: 7, password: 'b' } }, {}, /"httpAuth\.username"/],
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
    for (const more of [
      { cashu: { projectId: 112, secret: ['topsecret', ''] } },
      { cashu: { projectId: 'x', secret: 'topsecret', dataApi: { token: 'topsecret', secret: 7 } } },
      { httpAuth: { username: 'a:b', password: 'topsecret' } },
    ])
      assert.throws(
        () => parse(more),
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

  test('have the defaults of the protocol where CashU is concerned', () => {
    const { cashu, httpAuth } = parseCashu();
    const { secrets, flow, paymentPageUrl, paymentPageMethod, gateUrl, callbackUrl, customer, dataApi, payWithinMs, watch } = cashu;
    assert.deepEqual(
      [secrets, flow, paymentPageUrl, paymentPageMethod, gateUrl],
      [['secret'], 'payment-page', 'https://paymentpage.ecommpay.com/payment', 'GET', 'https://api.ecommpay.com'],
    );
    assert.deepEqual([callbackUrl, customer, dataApi, httpAuth], [undefined, undefined, undefined, undefined]);
    // CashU's own limit, and the time in which a last payment becomes known.
    assert.deepEqual([payWithinMs, watch], [1_800_000, { firstCheckMs: 60_000, maxIntervalMs: 300_000, expireAfterMs: 1_920_000 }]);
    assert.equal(Object.keys(cashu.currencies).length, 15);
    assert.deepEqual([cashu.currencies['KWD'], cashu.currencies['LBP'], cashu.currencies['USD']], [3, 2, 2]);
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

  test('follow those that are given of CashU', () => {
    const customer = () => ({ email: 'ada@shop.example' });
    const { cashu, httpAuth } = parseCashu(
      {
        ...{ flow: 'gate', paymentPageMethod: 'POST', gateUrl: 'https://gate.example/api/', customer, payWithinMinutes: 10 },
        ...{ callbackUrl: 'https://shop.example/cb', currencies: { kwd: 2, JPY: 0 }, watch: { firstCheckMs: 500 } },
        dataApi: { token: 't', secret: 's' },
      },
      { httpAuth: { username: 'shop', password: 'pa:ss' } },
    );
    assert.deepEqual(
      [cashu.flow, cashu.paymentPageMethod, cashu.gateUrl, cashu.customer],
      ['gate', 'POST', 'https://gate.example/api', customer],
    );
    assert.deepEqual([cashu.callbackUrl, cashu.payWithinMs], ['https://shop.example/cb', 600_000]);
    assert.deepEqual([cashu.currencies['KWD'], cashu.currencies['JPY'], cashu.currencies['BHD']], [2, 0, 3]);
    assert.deepEqual(cashu.watch, { firstCheckMs: 500, maxIntervalMs: 300_000, expireAfterMs: 720_000 });
    assert.deepEqual(cashu.dataApi, { token: 't', secret: 's', url: 'https://data.ecommpay.com/v1' });
    assert.deepEqual(httpAuth, { username: 'shop', password: 'pa:ss' });
    assert.equal(parseCashu({ watch: { expireAfterMs: 5_000 } }).cashu.watch.expireAfterMs, 5_000);
    assert.equal(
      parseCashu({ dataApi: { token: 't', secret: 's', url: 'http://127.0.0.1/v1/' } }).cashu.dataApi?.url,
      'http://127.0.0.1/v1',
    );
  });
});
