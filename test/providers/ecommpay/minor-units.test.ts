import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { currencyDecimals } from '../../../lib/domain/currencies.ts';
import { CASHU_CURRENCIES, fromMinorUnits, toMinorUnits } from '../../../lib/providers/ecommpay/index.ts';

const THREE = ['BHD', 'JOD', 'KWD', 'OMR'];
const TWO = ['AED', 'DZD', 'EGP', 'EUR', 'GBP', 'LBP', 'MAD', 'QAR', 'SAR', 'TRY', 'USD'];
const LARGEST = 10_000_000_000_000n;

describe('the currencies of CashU', () => {
  test('are the fifteen of the documentation, four with three decimals and none without', () => {
    assert.deepEqual(Object.keys(CASHU_CURRENCIES).sort(), [...THREE, ...TWO].sort());
    for (const currency of THREE) assert.equal(CASHU_CURRENCIES[currency], 3, currency);
    for (const currency of TWO) assert.equal(CASHU_CURRENCIES[currency], 2, currency);
  });

  test('give 12.34 as 12340 fils or as 1234 cents', () => {
    for (const currency of THREE) {
      const decimals = currencyDecimals(CASHU_CURRENCIES, currency);
      assert.equal(toMinorUnits('12.34', decimals), 12_340, currency);
      assert.equal(toMinorUnits('12.345', decimals), 12_345, currency);
      assert.equal(fromMinorUnits('12345', decimals), '12.345', currency);
    }
    for (const currency of TWO) {
      const decimals = currencyDecimals(CASHU_CURRENCIES, currency);
      assert.equal(toMinorUnits('12.34', decimals), 1_234, currency);
      assert.equal(toMinorUnits('12.345', decimals), undefined, currency);
      assert.equal(fromMinorUnits('12345', decimals), '123.45', currency);
    }
  });

  test('have the examples of the documentation', () => {
    // https://developers.ecommpay.com/en/en_DAS_Formats.html
    assert.equal(toMinorUnits('150.155', 3), 150_155);
    assert.equal(toMinorUnits('450.66', 2), 45_066);
    assert.equal(toMinorUnits('200.00', 0), 200);
  });

  test('can be told otherwise', () => {
    const table = { ...CASHU_CURRENCIES, KWD: 2 };
    assert.equal(toMinorUnits('12.34', currencyDecimals(table, 'KWD')), 1_234);
    assert.equal(fromMinorUnits('1234', currencyDecimals(table, 'KWD')), '12.34');
    assert.equal(toMinorUnits('12.345', currencyDecimals(table, 'KWD')), undefined);
  });
});

/** Text of an amount, made without the functions that are tested. */
function amountOf(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

const decimalsOf = fc.integer({ min: 0, max: 4 });

test('there and back gives the same units and the same amount, with any number of decimals', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: LARGEST }), decimalsOf, (units, decimals) => {
      const amount = amountOf(units, decimals);
      assert.equal(fromMinorUnits(String(units), decimals), amount);
      assert.equal(toMinorUnits(amount, decimals), Number(units));
    }),
    { numRuns: 2_000 },
  );
});

test('an amount with more decimals than the currency has, is none', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 0, max: 3 }), (units, decimals) => {
      const finer = units * 10n + 1n;
      assert.equal(toMinorUnits(amountOf(finer, decimals + 1), decimals), undefined);
    }),
  );
});

test('what ECommPay does not take is none: nothing, and more than ten trillion units', () => {
  for (const decimals of [0, 2, 3]) {
    assert.equal(toMinorUnits('0.00', decimals), undefined);
    assert.equal(toMinorUnits(amountOf(1n, decimals), decimals), 1);
    assert.equal(toMinorUnits(amountOf(LARGEST, decimals), decimals), Number(LARGEST));
    assert.equal(toMinorUnits(amountOf(LARGEST + 1n, decimals), decimals), undefined);
  }
});

test('units are whole and not negative, in plain digits, and few enough to be kept', () => {
  for (const odd of ['', '-1', '+1', '1.0', '1e3', ' 1', '1 ', '0x1', '１', 'NaN', '1'.repeat(16)])
    for (const decimals of [0, 2, 3]) assert.equal(fromMinorUnits(odd, decimals), undefined, odd);
  assert.equal(fromMinorUnits('0', 2), '0.00');
  assert.equal(fromMinorUnits('007', 2), '0.07');
  assert.equal(fromMinorUnits('9'.repeat(15), 3), `${'9'.repeat(12)}.999`);
});
