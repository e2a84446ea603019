import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { PaymentsError, verifyWebhook } from '../lib/index.ts';

interface Upstream {
  readonly verify: readonly {
    name: string;
    secret: string;
    id: string;
    timestamp: number;
    payload: string;
    header: string;
    valid: boolean;
  }[];
  readonly timestampRules: readonly {
    readonly name: string;
    readonly offsetSeconds?: number;
    readonly missing?: string;
    readonly valid: boolean;
  }[];
}

const upstream: Upstream = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors/standard-webhooks/upstream.json'), 'utf8'));
const derived: { sign: { name: string; secret: string; id: string; timestamp: number; payload: string; signature: string }[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors/standard-webhooks/derived.json'), 'utf8'),
);

const REFUSED = { name: 'PaymentsError', code: 'ERR_PAYMENTS_WEBHOOK_SIGNATURE' };
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The process clock shows this moment. */
function at(t: TestContext, seconds: number): void {
  t.mock.timers.enable({ apis: ['Date'], now: seconds * 1000 });
}

function signed(body: string, secret = SECRET): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
  };
}

describe('vectors', () => {
  for (const { name, secret, id, timestamp, payload, header, valid } of upstream.verify) {
    test(name, (t) => {
      at(t, timestamp);
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': header };
      const verify = () => verifyWebhook({ body: payload, headers, secret });
      if (valid) assert.deepEqual(verify(), JSON.parse(payload));
      else assert.throws(verify, REFUSED);
    });
  }

  for (const { name, secret, id, timestamp, payload, signature } of derived.sign) {
    test(name, (t) => {
      at(t, timestamp);
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
      const verify = () => verifyWebhook({ body: Buffer.from(payload), headers, secret });
      if (/^[{[]/.test(payload)) assert.deepEqual(verify(), JSON.parse(payload));
      else assert.throws(verify, { ...REFUSED, message: /genuine.*no JSON/ });
    });
  }

  for (const { name, offsetSeconds = 0, missing } of upstream.timestampRules) {
    test(name, () => {
      const body = '{}';
      const sentAt = new Date(Date.now() + offsetSeconds * 1000);
      const headers: Record<string, string> = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': new Webhook(SECRET).sign('msg_1', sentAt, body),
      };
      if (missing !== undefined) delete headers[missing];
      assert.throws(() => verifyWebhook({ body, headers, secret: SECRET }), REFUSED);
    });
  }
});

test('what standardwebhooks signed is taken, as text and as bytes out of a larger buffer', () => {
  const body = '{"sum":45,"account":"Счёт № 1 ✅"}';
  const bytes = Buffer.concat([Buffer.from('before'), Buffer.from(body), Buffer.from('after')]);
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + 6, Buffer.byteLength(body));
  assert.deepEqual(verifyWebhook({ body, headers: signed(body), secret: SECRET }), JSON.parse(body));
  assert.deepEqual(verifyWebhook({ body: view, headers: signed(body), secret: SECRET }), JSON.parse(body));
});

test('while the secret is being changed both are taken', () => {
  const other = `whsec_${randomBytes(24).toString('base64')}`;
  assert.deepEqual(verifyWebhook({ body: '{}', headers: signed('{}', other), secret: [SECRET, other] }), {});
  assert.throws(() => verifyWebhook({ body: '{}', headers: signed('{}', other), secret: SECRET }), REFUSED);
});

test('a changed body, id or timestamp is refused', () => {
  const headers = signed('{"sum":45}');
  assert.throws(() => verifyWebhook({ body: '{"sum":46}', headers, secret: SECRET }), REFUSED);
  assert.throws(() => verifyWebhook({ body: '{"sum":45}', headers: { ...headers, 'webhook-id': 'msg_2' }, secret: SECRET }), REFUSED);
  const later = String(Number(headers['webhook-timestamp']) + 1);
  assert.throws(() => verifyWebhook({ body: '{"sum":45}', headers: { ...headers, 'webhook-timestamp': later }, secret: SECRET }), REFUSED);
});

test('a timestamp that is no number, and headers that came twice or empty, are refused', () => {
  const headers = signed('{}');
  for (const timestamp of ['', 'now', '1e9', '-1', '0x10', ' ', '9'.repeat(30)]) {
    assert.throws(
      () => verifyWebhook({ body: '{}', headers: { ...headers, 'webhook-timestamp': timestamp }, secret: SECRET }),
      REFUSED,
      timestamp,
    );
  }
  assert.throws(() => verifyWebhook({ body: '{}', headers: { ...headers, 'webhook-signature': ['', ''] }, secret: SECRET }), REFUSED);
  assert.throws(() => verifyWebhook({ body: '{}', headers: {}, secret: SECRET }), PaymentsError);
});
