import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLanguage } from '../../lib/http/choose-language.ts';

test('a valid lang wins over the browser', () => {
  assert.equal(chooseLanguage('ru', 'en-GB'), 'ru');
  assert.equal(chooseLanguage('EN', 'ru'), 'en');
  assert.equal(chooseLanguage('ru-RU', 'en'), 'ru');
});

test('a lang that is not ours leaves the choice to the browser', () => {
  assert.equal(chooseLanguage('de', 'ru'), 'ru');
  assert.equal(chooseLanguage('', 'ru'), 'ru');
});

test('the browser chooses by weight, and by order among equals', () => {
  assert.equal(chooseLanguage(undefined, 'de, en;q=0.5, ru;q=0.9'), 'ru');
  assert.equal(chooseLanguage(undefined, 'ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7'), 'ru');
  assert.equal(chooseLanguage(undefined, 'en,ru'), 'en');
  assert.equal(chooseLanguage(undefined, 'en;q=0,ru;q=0.1'), 'ru');
});

test('other languages are not taken for Russian', () => {
  for (const header of ['uk', 'be-BY', 'kk-KZ,kk;q=0.9', 'rue', 'rum']) assert.equal(chooseLanguage(undefined, header), 'en', header);
});

test('a broken or missing header means English', () => {
  for (const header of [undefined, '', '*', 'ru;q=2', 'ru;q=x', ';q=1,,']) assert.equal(chooseLanguage(undefined, header), 'en', header);
});
