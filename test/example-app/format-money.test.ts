import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatMoney } from '../../example-app/pages/format-money.ts';

describe('money', () => {
  for (const [amount, currency, ru, en] of [
    ['1900.50', 'RUB', '1 900,50 ₽', 'RUB 1,900.50'],
    ['10.00', 'USD', '10,00 $', 'US$10.00'],
    ['1.005', 'KWD', '1,005 KWD', 'KWD 1.005'],
    ['1.50', 'OMR', '1,500 OMR', 'OMR 1.500'],
    ['10.50', 'LBP', '10,50 LBP', 'LBP 10.50'],
    ['300', 'JPY', '300 ¥', 'JP¥300'],
    ['0', 'EUR', '0,00 €', '€0.00'],
    ['-0.05', 'AED', '-0,05 AED', '-AED 0.05'],
    ['9999999999999999.99', 'RUB', '9 999 999 999 999 999,99 ₽', 'RUB 9,999,999,999,999,999.99'],
    ['1.00001', 'SAR', '1,00001 SAR', 'SAR 1.00001'],
  ] as const) {
    test(`of ${amount} ${currency} loses no digit`, () => {
      assert.equal(formatMoney(amount, currency, 'ru').replaceAll(/\s/g, ' '), ru);
      assert.equal(formatMoney(amount, currency, 'en').replaceAll(/\s/g, ' '), en);
    });
  }
});
