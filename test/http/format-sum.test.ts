import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSum } from '../../lib/http/format-sum.ts';

/** Which kind of space Intl puts between the parts is its own affair. */
function plainSpaces(text: string): string {
  return text.replace(/\s/g, ' ');
}

test('a sum is written as the language writes it', () => {
  assert.equal(plainSpaces(formatSum('1234.50', 'RUB', 2, 'ru')), '1 234,50 ₽');
  assert.equal(plainSpaces(formatSum('1234.50', 'RUB', 2, 'en')), 'RUB 1,234.50');
  assert.equal(formatSum('25.00', 'USD', 2, 'en'), '$25.00');
});

test('the decimals are those of the currency', () => {
  assert.equal(formatSum('25.00', 'JPY', 0, 'en'), '¥25');
  assert.equal(plainSpaces(formatSum('1.50', 'KWD', 3, 'en')), 'KWD 1.500');
});

test('a digit that carries value is never rounded away', () => {
  assert.equal(formatSum('25.50', 'JPY', 0, 'en'), '¥25.5');
});

test('a sum that no double can hold is written digit for digit', () => {
  assert.equal(plainSpaces(formatSum('9007199254740993.01', 'RUB', 2, 'en')), 'RUB 9,007,199,254,740,993.01');
});

test('a code that Intl refuses, or has no sign for, stands behind the plain sum', () => {
  assert.equal(formatSum('25.00', 'POINTS', 2, 'ru'), '25.00 POINTS');
  assert.equal(formatSum('25.00', 'XXX', 2, 'ru'), '25.00 XXX');
});

test('text that is no decimal is shown as it is', () => {
  assert.equal(formatSum('1e3', 'RUB', 2, 'ru'), '1e3 RUB');
});
