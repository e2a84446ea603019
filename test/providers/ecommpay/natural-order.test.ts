import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareNaturally } from '../../../lib/providers/ecommpay/natural-order.ts';
import { naturalOrderPairs } from '../../support/vectors.ts';

function compare(a: string, b: string): number {
  return Math.sign(compareNaturally(Buffer.from(a), Buffer.from(b)));
}

describe('natural order, as PHP has it,', () => {
  for (const [a, b, sign] of naturalOrderPairs()) {
    const word = sign < 0 ? 'before' : sign > 0 ? 'after' : 'level with';
    test(`puts ${JSON.stringify(a)} ${word} ${JSON.stringify(b)}`, () => {
      assert.equal(compare(a, b), sign);
      assert.equal(compare(b, a), sign === 0 ? 0 : -sign);
    });
  }
});

/** Texts in which digits, zeros, spaces and the bytes around them meet often. */
const paths = fc
  .array(fc.constantFrom('0', '00', '1', '2', '9', '10', 'a', 'B', ':', '-', '.', '_', ' ', '\t', 'é', 'ключ', '\0'), { maxLength: 8 })
  .map((parts) => parts.join(''));

test('what is compared the other way round gives the opposite, and with itself nothing', () => {
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      assert.equal(compare(a, b), compare(b, a) === 0 ? 0 : -compare(b, a));
      assert.equal(compare(a, a), 0);
    }),
    { numRuns: 2_000 },
  );
});

test('an empty text is before every other one', () => {
  assert.equal(compare('', ''), 0);
  for (const other of ['0', 'a', ' ', '\0']) assert.equal(compare('', other), -1, JSON.stringify(other));
});

test('the indexes of a list of any length stand in the order of their numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 100_000 }), { maxLength: 50 }), fc.constantFrom('list', 'receipt:positions'), (indexes, name) => {
      const sorted = indexes.map((index) => `${name}:${index}:amount`).sort(compare);
      assert.deepEqual(
        sorted,
        [...indexes].sort((a, b) => a - b).map((index) => `${name}:${index}:amount`),
      );
    }),
  );
});

test('names without digits and spaces stand in the order of their bytes, whatever the language of the process', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((name) => !/[\d\s\0]/.test(name));
  fc.assert(
    fc.property(names, names, (a, b) => {
      assert.equal(compare(a, b), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
