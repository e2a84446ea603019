import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type SignedMessage, verifySignature } from '../../../lib/providers/cloudpayments/index.ts';
import { encodeNotification, signNotification } from '../../../lib/testing/index.ts';
import { hmacVectors } from '../../support/vectors.ts';

function message(text: string, headers: Partial<SignedMessage>): SignedMessage {
  return { raw: Buffer.from(text), format: 'form', contentHmac: undefined, xContentHmac: undefined, ...headers };
}

const { vectors, decodedFormAmbiguity } = hmacVectors();

describe('the signature of the vector', () => {
  for (const vector of vectors) {
    const text = vector.body ?? vector.query ?? vector.message ?? '';
    const format = vector.contentType?.includes('json') ? 'json' : 'form';
    const verify = (headers: Partial<SignedMessage>, secrets = [vector.secret]) =>
      verifySignature(message(text, { format, ...headers }), secrets);

    test(`${vector.id} is taken over the bytes, and no other`, () => {
      verify({ contentHmac: vector.contentHmac });
      verify({ contentHmac: vector.contentHmac }, ['other', vector.secret, 'third']);
      assert.throws(() => verify({ contentHmac: vector.contentHmac }, ['other']), { code: 'ERR_PAYMENTS_SIGNATURE_WRONG', status: 401 });
      assert.throws(() => verify({ contentHmac: vector.contentHmac }, []), { code: 'ERR_PAYMENTS_SIGNATURE_WRONG' });
      for (const wrong of [vector.badContentHmac, ...Object.values(vector.mustNotMatch ?? {})])
        if (wrong !== undefined) assert.throws(() => verify({ contentHmac: wrong }), { code: 'ERR_PAYMENTS_SIGNATURE_WRONG' });
    });

    const { xContentHmac } = vector;
    if (xContentHmac === undefined) continue;
    const isAmbiguous = /=[^&]*(%3d|%26|=)/i.test(text) && format === 'form';
    test(`${vector.id} over the decoded parameters is ${isAmbiguous ? 'refused: it could be cut in two ways' : 'taken where the other is absent'}`, () => {
      if (isAmbiguous) assert.throws(() => verify({ xContentHmac }), { code: 'ERR_PAYMENTS_SIGNATURE_AMBIGUOUS' });
      else verify({ xContentHmac });
      if (xContentHmac !== vector.contentHmac) {
        assert.throws(() => verify({ contentHmac: xContentHmac, xContentHmac: vector.contentHmac }), {
          code: 'ERR_PAYMENTS_SIGNATURE_WRONG',
        });
        assert.throws(() => verify({ xContentHmac: vector.contentHmac }), /ERR_PAYMENTS_SIGNATURE|is wrong|holds/);
      }
    });
  }
});

describe('two bodies with one decoded text', () => {
  for (const { id, secret, bodies, xContentHmacBoth, contentHmac } of decodedFormAmbiguity) {
    test(`(${id}) are told apart by the bytes; the decoded signature does not vouch for the one that re-splits`, () => {
      const [escaped = '', plain = ''] = bodies;
      for (const [index, body] of bodies.entries()) verifySignature(message(body, { contentHmac: contentHmac[index] }), [secret]);
      assert.throws(() => verifySignature(message(escaped, { contentHmac: contentHmac[1] }), [secret]), {
        code: 'ERR_PAYMENTS_SIGNATURE_WRONG',
      });
      assert.throws(() => verifySignature(message(escaped, { xContentHmac: xContentHmacBoth }), [secret]), {
        code: 'ERR_PAYMENTS_SIGNATURE_AMBIGUOUS',
      });
      // This one has a name twice, which the parser refuses.
      verifySignature(message(plain, { xContentHmac: xContentHmacBoth }), [secret]);
    });
  }
});

test('what is not base64 of 32 bytes is refused before anything is compared', () => {
  for (const value of [
    '',
    ' ',
    'a',
    'YWJj',
    '!'.repeat(44),
    'é'.repeat(44),
    `${'a'.repeat(43)}==`,
    `${'a'.repeat(44)}`,
    `${'-'.repeat(43)}=`,
    ` ${'a'.repeat(43)}=`,
    `${'a'.repeat(43)}=\n`,
    'a'.repeat(10_000),
  ])
    for (const header of ['contentHmac', 'xContentHmac'] as const)
      for (const isAllowed of [false, true])
        assert.throws(
          () => verifySignature(message('a=b', { [header]: value }), ['s'], isAllowed),
          { code: 'ERR_PAYMENTS_SIGNATURE_MALFORMED', status: 401 },
          value,
        );
});

test('a right signature in the lesser header does not help against a wrong one over the bytes', () => {
  const { 'x-content-hmac': xContentHmac } = signNotification({ body: 'a=b', secret: 's' });
  assert.throws(() => verifySignature(message('a=b', { contentHmac: `${'a'.repeat(43)}=`, xContentHmac }), ['s']), {
    code: 'ERR_PAYMENTS_SIGNATURE_WRONG',
  });
  assert.throws(() => verifySignature(message('a=b', { contentHmac: '', xContentHmac }), ['s'], true), {
    code: 'ERR_PAYMENTS_SIGNATURE_MALFORMED',
  });
});

test('without any signature only an explicit permission helps', () => {
  assert.throws(() => verifySignature(message('a=b', {}), ['s']), { code: 'ERR_PAYMENTS_SIGNATURE_MISSING' });
  verifySignature(message('a=b', {}), ['s'], true);
});

test('any change of any bit of the message is noticed', () => {
  const fields = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 });
  fc.assert(
    fc.property(fields, fc.nat(), fc.integer({ min: 0, max: 7 }), (named, position, bit) => {
      const body = encodeNotification(named);
      const contentHmac = createHmac('sha256', 's').update(body).digest('base64');
      const raw = Buffer.from(body);
      verifySignature({ raw, format: 'form', contentHmac, xContentHmac: undefined }, ['s']);
      const index = position % raw.length;
      raw.writeUInt8(raw.readUInt8(index) ^ (1 << bit), index);
      assert.throws(() => verifySignature({ raw, format: 'form', contentHmac, xContentHmac: undefined }, ['s']), { status: 401 });
    }),
  );
});
