import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalString, type PairOrder } from '../../../lib/providers/ecommpay/canonical-string.ts';
import { readJson } from '../../../lib/providers/ecommpay/index.ts';
import { canonicalVectors, differenceVectors } from '../../support/vectors.ts';

describe('the text that is signed', () => {
  for (const { id, inputJson, string } of canonicalVectors()) {
    test(`of ${id} is that of ECommPay’s own libraries`, () => {
      assert.equal(canonicalString(readJson(inputJson)), string);
    });
  }
});

/** PHP writes floats in its own way, and its library cuts off the top-level name 0. Neither is copied. */
const PHP_ONLY = new Set(['floats', 'x-float-integral', 'zero-prefix']);

describe('where ECommPay’s own libraries differ, the text', () => {
  for (const { id, inputJson, bySdk } of differenceVectors()) {
    const php = bySdk['php']?.string ?? '';
    test(`of ${id} is ${PHP_ONLY.has(id) ? 'not that of PHP, which has a quirk there' : 'that of PHP'}`, () => {
      const text = canonicalString(readJson(inputJson));
      if (PHP_ONLY.has(id)) assert.notEqual(text, php);
      else assert.equal(text, php);
    });
  }

  test('has numbers exactly as they were written', () => {
    const text = '{"a":10.0,"b":1e-7,"c":1E+2,"d":-0,"e":9007199254740993,"f":100000000000000000000000000001,"g":0.10}';
    assert.equal(canonicalString(readJson(text)), 'a:10.0;b:1e-7;c:1E+2;d:-0;e:9007199254740993;f:100000000000000000000000000001;g:0.10');
  });
});

test('every value stands with its path; what is empty leaves nothing, null and empty text leave their path', () => {
  const data = { z: [], y: {}, x: null, w: '', v: [[], {}, [null]], u: false, t: true, s: 0, r: undefined, general: { signature: 'x' } };
  assert.equal(canonicalString(data), 's:0;t:1;u:0;v:2:0:;w:;x:');
  assert.equal(canonicalString({}), '');
});

test('members named signature and frame_mode are left out at any depth, and no others', () => {
  const unsigned = { signature: 'a', frame_mode: 'b' };
  assert.equal(
    canonicalString({ ...unsigned, a: { ...unsigned, b: [{ ...unsigned, c: 1 }] }, _plugin: 1, Signature: 2 }),
    ['Signature:2', '_plugin:1', 'a:b:0:c:1'].join(';'),
  );
  assert.equal(canonicalString({ signature: { hidden: 1 }, frame_mode: [1, 2] }), '');
});

test('a colon in a name is doubled, so that no name passes for two', () => {
  assert.equal(canonicalString({ 'payment:status': 'success' }), 'payment::status:success');
  assert.notEqual(canonicalString({ 'payment:status': 'success' }), canonicalString({ payment: { status: 'success' } }));
});

test('names come from the object itself, never from its prototype', () => {
  const inherited: object = Object.create({ status: 'success' });
  assert.equal(canonicalString(inherited), '');
  assert.equal(canonicalString(readJson('{"__proto__":{"a":1}}')), '__proto__:a:1');
});

test('the three orders have the same pairs, and sort them as PHP, Python and Java do', () => {
  const orders: readonly PairOrder[] = ['natural', 'paths', 'pairs'];
  const data = readJson('{"e":[0,1,2,3,4,5,6,7,8,9,10,11]}');
  const texts = orders.map((order) => canonicalString(data, order));
  const array12 = differenceVectors().find(({ id }) => id === 'array-12') ?? assert.fail();
  assert.deepEqual(texts, [array12.bySdk['php']?.string, array12.bySdk['python']?.string, array12.bySdk['java']?.string]);
  const values = fc.string().filter((text) => !text.includes(';'));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 4 }), values), (named) => {
      const [first, ...others] = orders.map((order) => canonicalString(named, order).split(';').sort());
      for (const other of others) assert.deepEqual(other, first);
    }),
  );
});

test('the order in which members arrive does not matter', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  // Names without white space: those that differ in nothing else are level with each other.
  const name = fc.stringMatching(/^[a-z_]{1,6}\d{0,2}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf))), (data) => {
      const reversed = Object.fromEntries(Object.entries(data).reverse());
      assert.equal(canonicalString(reversed), canonicalString(data));
    }),
  );
});

test('data that are nested too deeply are an error before the stack is full', () => {
  let deep: unknown = 'end';
  for (let level = 0; level < 10_000; level++) deep = level % 2 === 0 ? { a: deep } : [deep];
  assert.throws(() => canonicalString(deep), RangeError);
  assert.throws(() => canonicalString(deep), /nested too deeply/);
});
