import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { redactHeaders, redactText } from '../../lib/domain/redact.ts';

const CARD = '4111111111111111';

describe('a card number', () => {
  const spellings: readonly string[] = [
    CARD,
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '4111+1111+1111+1111',
    '4111%201111%201111%201111',
    '4111%2d1111%2D1111-1111',
    '4111%2b1111%2B1111+1111',
    '4111\u00a01111\u00a01111\u00a01111',
    '4111%c2%a01111%C2%A01111%c2%a01111',
    '4111  1111  1111  1111',
    '4111 - 1111 - 1111 - 1111',
    '4111.1111.1111.1111',
    '4111_1111_1111_1111',
    '4111\t1111\t1111\t1111',
    '5555555555554444',
    '2200000000000004',
    '378282246310005',
    '3782 822463 10005',
    '30569309025904',
    '6304000000000000000',
    '4222222222222',
  ];
  const settings: readonly ((card: string) => string)[] = [
    (card) => card,
    (card) => `Description=${card}&Amount=1.00`,
    (card) => `?name=card:${card}#x`,
    (card) => `{"card":"${card}","n":1}`,
    (card) => `{"card":${card}}`,
    (card) => `Data=%7b%22card%22%3a%22${card}%22%7d`,
    (card) => `Description=my%20${card}%20thanks`,
    (card) => `Description=my%c2%a0${card}`,
    (card) => `Description=Order 17 ${card} of 2026`,
    (card) => `Description=Order+123+${card}+12`,
    (card) => `a\n${card}\nb`,
    (card) => `=${card}%0a`,
  ];

  test('is shown in no spelling and in no place', () => {
    for (const spelling of spellings) {
      const digits = spelling.replace(/%[0-9a-f]{2}|\D/gi, '');
      for (const place of settings) {
        const shown = redactText(place(spelling));
        assert.ok(!shown.includes(spelling), `${place(spelling)} → ${shown}`);
        assert.ok(!shown.replace(/%[0-9a-f]{2}|\D/gi, '').includes(digits), `${place(spelling)} → ${shown}`);
        assert.ok(shown.includes('[card]'), `${place(spelling)} → ${shown}`);
      }
    }
  });

  test('in a header is not shown either', () => {
    assert.doesNotMatch(redactHeaders({ 'user-agent': `bot ${CARD}`, referer: `https://a/?card=${CARD}` }), /4111111/);
  });
});

test('what a person needs to see is left as it is', () => {
  for (const text of [
    'TransactionId=1701609&Amount=123.00&DateTime=2015-11-17+23%3a06%3a15&IpAddress=203.0.113.7&IpLatitude=59.939000&IpLongitude=30.315800',
    'CardFirstSix=411111&CardLastFour=1111&CardExpDate=12%2f39&InvoiceId=1234567&AccountId=79161234567',
    '/_cloudpayments_/pub/card?account=123456&sum=25.00&currency=RUB&description=%d0%9e%d0%bf%d0%bb%d0%b0%d1%82%d0%b0',
  ])
    assert.equal(redactText(text), text);
});

test('what pays or opens a door is not shown, in a form and in JSON', () => {
  const names = [
    'Token',
    'TokenRecipient',
    'CardCryptogramPacket',
    'password',
    'apiSecret',
    'client_secret',
    'access_token',
    'cvv',
    'signature',
    'webhook.secret',
  ];
  for (const name of names) {
    for (const text of [
      `a=1&${name}=hidden%20thing&b=2`,
      `${name}=hidden`,
      `/pay?${name}=hidden`,
      `{"${name}":"hidden \\"thing\\" thing","b":2}`,
      `{"${name}" : "hidden"}`,
    ]) {
      const shown = redactText(text);
      assert.doesNotMatch(shown, /hidden|thing/, text);
      if (text.includes('b')) assert.equal(/b"?[=:]2/.test(shown), /b"?[=:]2/.test(text), shown);
    }
    assert.doesNotMatch(redactText(`{"${name}":12345,"b":1}`), /12345/);
  }
});

test('headers that open doors are not shown; the others are', () => {
  const secret = [
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'content-hmac',
    'x-content-hmac',
    'webhook-signature',
    'x-api-key',
    'x-auth-token',
    'x-csrf-token',
    'x-session-id',
  ];
  const headers = Object.fromEntries(secret.map((name) => [name, 'hidden']));
  const shown: Record<string, string> = JSON.parse(
    redactHeaders({ ...headers, 'user-agent': 'CloudPayments', 'content-type': 'a/b', host: 'shop' }),
  );
  for (const name of secret) assert.equal(shown[name], '[redacted]', name);
  assert.deepEqual([shown['user-agent'], shown['content-type'], shown['host']], ['CloudPayments', 'a/b', 'shop']);
});

test('no text makes it slow or fail', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => redactText(text).isWellFormed()));
  for (const text of [
    '1'.repeat(60_000),
    '1 '.repeat(30_000),
    '%20'.repeat(20_000),
    '1%20'.repeat(15_000),
    '"token'.repeat(10_000),
    `"token":"${'\\'.repeat(60_000)}`,
    'token'.repeat(12_000),
    'a.'.repeat(30_000),
  ]) {
    const startedAt = performance.now();
    redactText(text);
    assert.ok(performance.now() - startedAt < 500, `${text.slice(0, 10)}… took ${performance.now() - startedAt} ms`);
  }
});
