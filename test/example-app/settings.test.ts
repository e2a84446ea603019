import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettings } from '../../example-app/settings.ts';

const KEYS = { CLOUDPAYMENTS_PUBLIC_ID: 'pk_1', CLOUDPAYMENTS_API_SECRET: 'secret' };
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
      cloudpayments: undefined,
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

  test('counts a variable without content as unset', () => {
    assert.equal(readSettings({ CLOUDPAYMENTS_PUBLIC_ID: '', PORT: ' ' }).port, 3000);
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
    ['both keys, in production', { NODE_ENV: 'production' }, /^CLOUDPAYMENTS_PUBLIC_ID and CLOUDPAYMENTS_API_SECRET are missing/],
    ['what this version has not', { ECOMMPAY_PROJECT_ID: '112' }, /^ECOMMPAY_PROJECT_ID .* no CashU/],
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
