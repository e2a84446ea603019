import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromMinorUnits, toMinorUnits } from '../../example-app/backend/minor-units.ts';

describe('minor units', () => {
  for (const [amount, currency, minor, text] of [
    ['25.00', 'RUB', 2500, '25.00'],
    ['0.10', 'RUB', 10, '0.10'],
    ['25', 'USD', 2500, '25.00'],
    ['1.005', 'KWD', 1005, '1.005'],
    ['1.50', 'OMR', 1500, '1.500'],
    ['0.125', 'BHD', 125, '0.125'],
    ['2.050', 'JOD', 2050, '2.050'],
    ['10.50', 'LBP', 1050, '10.50'],
    ['10.00', 'AED', 1000, '10.00'],
    ['300.00', 'JPY', 300, '300'],
    ['9999999999999.99', 'RUB', 999_999_999_999_999, '9999999999999.99'],
  ] as const) {
    test(`hold ${amount} ${currency} exactly`, () => {
      assert.equal(toMinorUnits(amount, currency), minor);
      assert.equal(fromMinorUnits(minor, currency), text);
    });
  }

  test('can be owed', () => assert.equal(fromMinorUnits(-5, 'RUB'), '-0.05'));

  for (const [amount, currency] of [
    ['0.001', 'RUB'],
    ['0.50', 'JPY'],
    ['0.0001', 'KWD'],
    ['0.001', 'LBP'],
    ['-1', 'RUB'],
    ['1e3', 'RUB'],
    ['', 'RUB'],
    ['99999999999999999.00', 'RUB'],
  ] as const) {
    test(`are refused for "${amount}" ${currency}`, () => assert.equal(toMinorUnits(amount, currency), undefined));
  }
});
