import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { decodeWebhookSecret, signWebhook } from '../../lib/dispatcher/sign-webhook.ts';

interface SignVector {
  readonly name: string;
  readonly scheme?: string;
  readonly secret: string;
  readonly id: string;
  readonly timestamp: number;
  readonly payload: string;
  readonly signature: string;
}

interface RotationVector extends Omit<SignVector, 'secret' | 'signature'> {
  readonly currentSecret: string;
  readonly previousSecret: string;
  readonly header: string;
}

interface Vectors {
  readonly sign: readonly SignVector[];
  readonly rotation?: readonly RotationVector[];
  readonly invalidSecrets?: readonly { readonly secret: string; readonly note?: string }[];
  readonly validSecrets?: readonly { readonly secret: string }[];
}

function readVectors(file: string): Vectors {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/standard-webhooks', file), 'utf8'));
}

const upstream = readVectors('upstream.json');
const derived = readVectors('derived.json');

describe('signatures', () => {
  for (const { name, scheme = 'v1', secret, id, timestamp, payload, signature } of [...upstream.sign, ...derived.sign]) {
    // Keys of two halves (ed25519) are another scheme, which is not offered.
    if (scheme !== 'v1') continue;
    test(`vector ${name}`, () => {
      assert.equal(signWebhook(decodeWebhookSecret(secret), { id, timestamp, body: payload }), signature);
    });
  }

  for (const { name, currentSecret, previousSecret, id, timestamp, payload, header } of derived.rotation ?? []) {
    test(`vector ${name}`, () => {
      const keys = [currentSecret, previousSecret].map(decodeWebhookSecret);
      assert.equal(keys.map((key) => signWebhook(key, { id, timestamp, body: payload })).join(' '), header);
    });
  }

  test('of any body and key are those of the package standardwebhooks', () => {
    const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
    const body = fc.string({ unit: 'grapheme' });
    const id = fc.stringMatching(/^[A-Za-z0-9_]{1,40}$/);
    fc.assert(
      fc.property(key, id, fc.integer({ min: 0, max: 4_000_000_000 }), body, (bytes, webhookId, timestamp, text) => {
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
        const ours = signWebhook(decodeWebhookSecret(secret), { id: webhookId, timestamp, body: text });
        assert.equal(ours, new Webhook(secret).sign(webhookId, new Date(timestamp * 1000), text));
      }),
    );
  });
});

describe('secrets', () => {
  for (const { secret, note } of upstream.invalidSecrets ?? []) {
    test(`"${secret}" is refused${note === undefined ? '' : ` (${note})`}`, () => {
      assert.throws(() => decodeWebhookSecret(secret), {
        name: 'OptionsError',
        code: 'ERR_PAYMENTS_OPTIONS',
        message: /"webhook\.secret".*24 to 64 bytes/,
      });
    });
  }

  for (const { secret } of upstream.validSecrets ?? []) {
    test(`"${secret}" is accepted`, () => assert.equal(decodeWebhookSecret(secret).length, 64));
  }

  test('24 to 64 bytes are accepted, with and without the prefix, and no more and no less', () => {
    for (const [length, isFine] of [
      [23, false],
      [24, true],
      [32, true],
      [64, true],
      [65, false],
    ] as const) {
      const encoded = randomBytes(length).toString('base64');
      for (const secret of [encoded, `whsec_${encoded}`]) {
        if (isFine) assert.equal(Buffer.from(decodeWebhookSecret(secret)).toString('base64'), encoded);
        else assert.throws(() => decodeWebhookSecret(secret));
      }
    }
  });

  test('what the message advises makes a secret that is accepted', () => {
    assert.equal(decodeWebhookSecret(`whsec_${randomBytes(32).toString('base64')}`).length, 32);
  });
});
