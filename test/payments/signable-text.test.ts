import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { signableText, signableUrl } from '../../lib/payments/signable-text.ts';
import { isSignatureGenuine, signData } from '../../lib/providers/ecommpay/index.ts';

describe('text that is to be signed', () => {
  test('has commas for semicolons, and is cut at whole characters', () => {
    assert.equal(signableText('a;b;;c', 255), 'a,b,,c');
    assert.equal(signableText('💳💳💳', 2), '💳💳');
    assert.equal(signableText('x'.repeat(300), 255).length, 255);
    assert.equal(signableText('a\ud800b', 255), 'a\ufffdb');
    assert.equal(signableText('a\r\nb\0c\td', 255), 'a b c d');
  });

  test('can always be signed, and is genuine after a way over the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const a = signableText(text, 255);
        const wire = Buffer.from(JSON.stringify({ a, signature: signData({ a }, 's') })).toString('utf8');
        assert.equal(isSignatureGenuine(JSON.parse(wire), ['s']), true);
        assert.ok(Array.from(a).length <= 255);
      }),
    );
  });
});

test('an address without semicolons is the same address', () => {
  const url = 'https://shop.example/a;b/?c=d;e#f;g';
  assert.equal(signableUrl(url), 'https://shop.example/a%3Bb/?c=d%3Be#f%3Bg');
  assert.equal(decodeURIComponent(signableUrl(url)), url);
});
