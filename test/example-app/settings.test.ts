import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettings } from '../../example-app/settings.ts';

const KEYS = { CLOUDPAYMENTS_PUBLIC_ID: 'pk_1', CLOUDPAYMENTS_API_SECRET: 'secret' };
const PROJECT = { ECOMMPAY_PROJECT_ID: '112', ECOMMPAY_SECRET: 'project-secret' };
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

describe('the environment', () => {
  test('may be empty: a sandbox on port 3000 of loopback', () => {
    assert.deepEqual(readSettings({}), {
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: 'sqlite:./payments.sqlite',
      publicUrl: undefined,
      trustProxy: false,
      timezone: 'UTC',
      isSandbox: true,
      sandboxFlow: undefined,
      cloudpayments: undefined,
      ecommpay: undefined,
      httpAuth: undefined,
      allowUnsigned: false,
      testPayments: undefined,
      checkUrl: undefined,
      webhookUrl: undefined,
      webhookSecret: undefined,
    });
  });

  test('configures CloudPayments', () => {
    const settings = readSettings({
      ...KEYS,
      CLOUDPAYMENTS_API_URL: 'https://api.brand.kz',
      CLOUDPAYMENTS_WIDGET_URL: 'https://widget.brand.kz/w.js',
      CLOUDPAYMENTS_CHECK_URL: 'http://my-backend/check/',
      CLOUDPAYMENTS_WEBHOOK_URL: 'http://my-backend/webhook?a=1',
      CLOUDPAYMENTS_WEBHOOK_SECRET: WEBHOOK_SECRET,
      CLOUDPAYMENTS_TEST_PAYMENTS: 'refuse',
      MS_TIMEZONE: 'Asia/Almaty',
      NODE_ENV: 'production',
    });
    assert.deepEqual(settings.cloudpayments, {
      publicId: 'pk_1',
      apiSecret: 'secret',
      apiUrl: 'https://api.brand.kz',
      widgetUrl: 'https://widget.brand.kz/w.js',
    });
    assert.equal(settings.checkUrl, 'http://my-backend/check/');
    assert.equal(settings.webhookUrl, 'http://my-backend/webhook?a=1');
    assert.equal(settings.testPayments, 'refuse');
    assert.equal(settings.timezone, 'Asia/Almaty');
  });

  test('configures ECommPay', () => {
    const settings = readSettings({
      ...PROJECT,
      ECOMMPAY_FLOW: 'gate',
      ECOMMPAY_PAYMENT_PAGE_URL: 'https://pay.brand.example/payment',
      ECOMMPAY_GATE_URL: 'https://gate.brand.example',
      ECOMMPAY_DATA_TOKEN: 'token',
      ECOMMPAY_DATA_SECRET: 'token-secret',
      ECOMMPAY_DATA_URL: 'https://data.brand.example/v1',
      HTTP_AUTH_USERNAME: 'merchant',
      HTTP_AUTH_PASSWORD: 'pass:word',
      NODE_ENV: 'production',
    });
    assert.deepEqual(settings.ecommpay, {
      projectId: 112,
      secret: 'project-secret',
      flow: 'gate',
      paymentPageUrl: 'https://pay.brand.example/payment',
      gateUrl: 'https://gate.brand.example',
      dataApi: { token: 'token', secret: 'token-secret', url: 'https://data.brand.example/v1' },
    });
    assert.deepEqual(settings.httpAuth, { username: 'merchant', password: 'pass:word' });
    assert.equal(settings.cloudpayments, undefined);
    assert.equal(settings.isSandbox, false);
  });

  test('leaves ECommPay’s own addresses and flow where it names none', () => {
    assert.deepEqual(readSettings(PROJECT).ecommpay, {
      projectId: 112,
      secret: 'project-secret',
      flow: 'payment-page',
      paymentPageUrl: undefined,
      gateUrl: undefined,
      dataApi: undefined,
    });
  });

  for (const [name, variables, isSandbox] of [
    ['no provider', {}, true],
    ['the flow alone', { ECOMMPAY_FLOW: 'gate' }, true],
    ['cards', KEYS, false],
    ['CashU', PROJECT, false],
    ['both', { ...KEYS, ...PROJECT }, false],
  ] as const) {
    test(`with ${name} makes ${isSandbox ? 'a' : 'no'} sandbox`, () => assert.equal(readSettings(variables).isSandbox, isSandbox));
  }

  test('chooses the flow of the sandbox', () => assert.equal(readSettings({ ECOMMPAY_FLOW: 'gate' }).sandboxFlow, 'gate'));

  test('counts a variable without content as unset', () => {
    const settings = readSettings({
      CLOUDPAYMENTS_PUBLIC_ID: '',
      ECOMMPAY_PROJECT_ID: '',
      ECOMMPAY_FLOW: '',
      HTTP_AUTH_USERNAME: '',
      PORT: ' ',
    });
    assert.equal(settings.port, 3000);
    assert.equal(settings.isSandbox, true);
    assert.equal(settings.httpAuth, undefined);
  });

  test('takes a Public ID without a secret where unsigned notifications are accepted knowingly', () => {
    const settings = readSettings({ CLOUDPAYMENTS_PUBLIC_ID: 'pk_1', CLOUDPAYMENTS_ALLOW_UNSIGNED: '1' });
    assert.equal(settings.allowUnsigned, true);
    assert.equal(settings.cloudpayments?.apiSecret, undefined);
  });

  for (const [value, expected] of [
    ['true', true],
    ['false', false],
    ['2', 2],
    ['10.0.0.0/8, loopback', '10.0.0.0/8, loopback'],
  ] as const) {
    test(`reads TRUST_PROXY=${value}`, () => assert.equal(readSettings({ TRUST_PROXY: value }).trustProxy, expected));
  }
});

describe('a sentence names', () => {
  for (const [name, variables, sentence] of [
    ['the secret that is missing', { CLOUDPAYMENTS_PUBLIC_ID: 'pk_1' }, /^CLOUDPAYMENTS_API_SECRET is missing/],
    ['the Public ID that is missing', { CLOUDPAYMENTS_API_SECRET: 'secret' }, /^CLOUDPAYMENTS_PUBLIC_ID is missing/],
    [
      'the keys of both providers, in production',
      { NODE_ENV: 'production', ECOMMPAY_FLOW: 'gate' },
      /^CLOUDPAYMENTS_PUBLIC_ID and CLOUDPAYMENTS_API_SECRET \(or ECOMMPAY_PROJECT_ID and ECOMMPAY_SECRET\) are missing/,
    ],
    ['the secret of the project', { ECOMMPAY_PROJECT_ID: '112' }, /^ECOMMPAY_SECRET is missing/],
    ['the secret of the project, though cards have theirs', { ...KEYS, ECOMMPAY_PROJECT_ID: '112' }, /^ECOMMPAY_SECRET is missing/],
    ['the number of the project', { ECOMMPAY_SECRET: 'secret' }, /^ECOMMPAY_PROJECT_ID is missing/],
    ['a project that is no number', { ...PROJECT, ECOMMPAY_PROJECT_ID: '12a' }, /^ECOMMPAY_PROJECT_ID has to be .*"12a"/],
    ['a project that cannot be', { ...PROJECT, ECOMMPAY_PROJECT_ID: '4294967296' }, /^ECOMMPAY_PROJECT_ID has to be /],
    ['a flow that is none', { ...PROJECT, ECOMMPAY_FLOW: 'page' }, /^ECOMMPAY_FLOW has to be payment-page or gate, not "page"/],
    ['a flow that is none, of the sandbox', { ECOMMPAY_FLOW: 'page' }, /^ECOMMPAY_FLOW /],
    ['a Payment Page that is no address', { ...PROJECT, ECOMMPAY_PAYMENT_PAGE_URL: 'pay.example' }, /^ECOMMPAY_PAYMENT_PAGE_URL /],
    ['a Gate that is no address', { ...PROJECT, ECOMMPAY_GATE_URL: 'ftp://gate.example' }, /^ECOMMPAY_GATE_URL /],
    ['a Data API without its secret', { ...PROJECT, ECOMMPAY_DATA_TOKEN: 'token' }, /^ECOMMPAY_DATA_SECRET is missing/],
    ['a Data API without its token', { ...PROJECT, ECOMMPAY_DATA_SECRET: 'secret' }, /^ECOMMPAY_DATA_TOKEN is missing/],
    ['the password that is missing', { HTTP_AUTH_USERNAME: 'merchant' }, /^HTTP_AUTH_PASSWORD is missing/],
    ['the user name that is missing', { HTTP_AUTH_PASSWORD: 'secret' }, /^HTTP_AUTH_USERNAME is missing/],
    ['a user name with a colon', { HTTP_AUTH_USERNAME: 'a:b', HTTP_AUTH_PASSWORD: 'secret' }, /^HTTP_AUTH_USERNAME must not hold a colon/],
    ['a port that is none', { PORT: '70000' }, /^PORT /],
    ['a port of letters', { PORT: 'http' }, /^PORT /],
    ['an unknown database', { DATABASE_URL: 'oracle://x' }, /^DATABASE_URL /],
    ['a folder that does not exist', { DATABASE_URL: 'sqlite:/no/such/folder/a.sqlite' }, /^DATABASE_URL .*\/no\/such\/folder/],
    ['an address without a protocol', { PUBLIC_URL: 'shop.example' }, /^PUBLIC_URL /],
    ['an address with a password', { CLOUDPAYMENTS_WEBHOOK_URL: 'http://u:p@shop.example' }, /^CLOUDPAYMENTS_WEBHOOK_URL /],
    ['a webhook secret that is too short', { CLOUDPAYMENTS_WEBHOOK_SECRET: 'whsec_MTIz' }, /^CLOUDPAYMENTS_WEBHOOK_SECRET /],
    ['a webhook secret without its prefix', { CLOUDPAYMENTS_WEBHOOK_SECRET: WEBHOOK_SECRET.slice(6) }, /^CLOUDPAYMENTS_WEBHOOK_SECRET /],
    ['a time zone that does not exist', { MS_TIMEZONE: 'Mars/Olympus' }, /^MS_TIMEZONE /],
    ['a flag that is neither', { ...KEYS, CLOUDPAYMENTS_ALLOW_UNSIGNED: 'maybe' }, /^CLOUDPAYMENTS_ALLOW_UNSIGNED /],
    ['a choice that is none', { CLOUDPAYMENTS_TEST_PAYMENTS: 'allow' }, /^CLOUDPAYMENTS_TEST_PAYMENTS has to be accept or refuse/],
  ] as const) {
    test(name, () => assert.throws(() => readSettings(variables), { name: 'SettingsError', message: sentence }));
  }
});
