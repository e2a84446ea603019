import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addAmounts,
  compareAmounts,
  decimalsOf,
  fromScaled,
  isPositive,
  parseAmount,
  toJsonNumber,
  toScaled,
} from '../../lib/domain/money.ts';

test('an amount is read as the same canonical text however it is written', () => {
  for (const [text, amount] of [
    ['1000', '1000.00'],
    ['10.5', '10.50'],
    ['10.50', '10.50'],
    ['1900.00', '1900.00'],
    ['0', '0.00'],
    ['0.01', '0.01'],
    ['000123.10', '123.10'],
    ['1.0050', '1.005'],
    ['1.0005', '1.0005'],
    ['9999999999999.99', '9999999999999.99'],
    ['999999999999999', '999999999999999.00'],
  ] as const)
    assert.equal(parseAmount(text), amount, text);
});

test('what is no plain decimal, or more than every database holds exactly, is no amount', () => {
  for (const text of [
    '',
    ' ',
    '-1',
    '+1',
    '1e3',
    '1,5',
    '1.',
    '.5',
    '1.00001',
    ' 1',
    '1 ',
    '1\n',
    '0x1',
    'NaN',
    '١',
    '1_0',
    '1.1.1',
    '99999999999999.99',
    '1234567890123456',
  ])
    assert.equal(parseAmount(text), undefined, JSON.stringify(text));
});

/** Canonical amounts of up to 15 significant digits. */
const amounts = fc
  .tuple(fc.bigInt(0n, 99_999_999_999n), fc.integer({ min: 0, max: 9_999 }))
  .map(([whole, parts]) => parseAmount(`${whole}.${String(parts).padStart(4, '0')}`) ?? assert.fail());

test('a canonical amount stays what it is through every way it goes', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      assert.equal(parseAmount(amount), amount);
      assert.equal(fromScaled(toScaled(amount)), amount);
      assert.equal(parseAmount(toJsonNumber(amount)), amount);
      // A column of SQLite is a double.
      assert.equal(parseAmount(String(Number(amount))), amount);
      assert.equal(JSON.stringify(JSON.parse(toJsonNumber(amount))), toJsonNumber(amount));
      assert.ok(decimalsOf(amount) <= 4);
    }),
  );
});

test('amounts are added and compared like whole numbers of their smallest part', () => {
  fc.assert(
    fc.property(amounts, amounts, (a, b) => {
      assert.equal(toScaled(addAmounts(a, b)), toScaled(a) + toScaled(b));
      assert.equal(addAmounts(a, b), addAmounts(b, a));
      assert.equal(Math.sign(compareAmounts(a, b)), toScaled(a) < toScaled(b) ? -1 : toScaled(a) > toScaled(b) ? 1 : 0);
      assert.equal(compareAmounts(a, b) === 0, a === b);
      assert.equal(isPositive(a), toScaled(a) > 0n);
    }),
  );
  assert.equal(addAmounts('0.10', '0.20'), '0.30');
});

test('a sum is written as a JSON number digit for digit', () => {
  for (const [amount, literal] of [
    ['45.00', '45'],
    ['45.50', '45.5'],
    ['100.00', '100'],
    ['0.10', '0.1'],
    ['1.005', '1.005'],
    ['0.00', '0'],
    ['9999999999999.99', '9999999999999.99'],
  ] as const)
    assert.equal(toJsonNumber(amount), literal);
});

test('no text at all makes reading an amount fail', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const amount = parseAmount(text);
      assert.ok(amount === undefined || /^\d+\.\d{2,4}$/.test(amount));
    }),
  );
});
