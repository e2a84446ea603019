import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { signNotification } from '../../lib/testing/index.ts';

interface Vector {
  readonly id: string;
  readonly secret: string;
  readonly body?: string;
  readonly query?: string;
  readonly message?: string;
  readonly contentHmac: string;
  readonly xContentHmac?: string;
}

const { vectors, decodedFormAmbiguity }: { readonly vectors: readonly Vector[]; readonly decodedFormAmbiguity: readonly Ambiguity[] } =
  JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/cloudpayments/hmac.json'), 'utf8'));

interface Ambiguity {
  readonly id: string;
  readonly secret: string;
  readonly bodies: readonly string[];
  readonly contentHmac: readonly string[];
  readonly xContentHmacBoth: string;
}

describe('a signature', () => {
  for (const { id, secret, body, query, message, contentHmac, xContentHmac } of vectors) {
    test(`is the one of the vector ${id}`, () => {
      const signature = signNotification({ body: body ?? query ?? message ?? '', secret });
      assert.equal(signature['content-hmac'], contentHmac);
      if (xContentHmac !== undefined) assert.equal(signature['x-content-hmac'], xContentHmac);
    });
  }

  for (const { id, secret, bodies, contentHmac, xContentHmacBoth } of decodedFormAmbiguity) {
    test(`tells two bodies apart by its first header only (${id})`, () => {
      const signatures = bodies.map((body) => signNotification({ body, secret }));
      assert.deepEqual(
        signatures.map((signature) => signature['content-hmac']),
        contentHmac,
      );
      assert.deepEqual(
        signatures.map((signature) => signature['x-content-hmac']),
        [xContentHmacBoth, xContentHmacBoth],
      );
    });
  }

  test('reads raw and encoded text alike in its second header', () => {
    const raw = signNotification({ body: 'a=счёт 1', secret: 'k' });
    const encoded = signNotification({ body: 'a=%d1%81%d1%87%d1%91%d1%82+1', secret: 'k' });
    assert.equal(raw['x-content-hmac'], encoded['x-content-hmac']);
    assert.notEqual(raw['content-hmac'], encoded['content-hmac']);
  });
});
