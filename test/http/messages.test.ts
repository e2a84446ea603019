import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages } from '../../lib/http/messages.ts';

/** Every sentence with the path to it, `states.paid.title`. */
function sentences(value: unknown, path = ''): [path: string, sentence: string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(Object(value)).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`));
}

test('each sentence is there in both languages', () => {
  const english = sentences(messages.en);
  const russian = sentences(messages.ru);
  assert.deepEqual(
    russian.map(([path]) => path),
    english.map(([path]) => path),
  );
  for (const [path, sentence] of [...english, ...russian]) assert.notEqual(sentence.trim(), '', path);
});

test('no Russian sentence was left in English, nor the other way round', () => {
  for (const [path, sentence] of sentences(messages.ru)) assert.match(sentence, /[а-яё]/i, path);
  for (const [path, sentence] of sentences(messages.en)) assert.doesNotMatch(sentence, /[а-яё]/i, path);
});

test('the sum has its place in the same sentences of both languages', () => {
  const withSum = (all: [string, string][]): string[] => all.filter(([, sentence]) => sentence.includes('{sum}')).map(([path]) => path);
  assert.deepEqual(withSum(sentences(messages.ru)), withSum(sentences(messages.en)));
  assert.deepEqual(withSum(sentences(messages.en)), ['.pageTitle', '.pay']);
});

test('whoever may have paid is told not to pay again', () => {
  assert.match(messages.en.states.waiting.text, /do not pay again/);
  assert.match(messages.ru.states.waiting.text, /не платите повторно/);
});
