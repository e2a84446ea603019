import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from './wait.ts';

test('the first truthy answer is what comes back', async () => {
  let looks = 0;
  const answer = await waitUntil(() => {
    looks += 1;
    return looks > 3 && `after ${looks}`;
  });
  assert.equal(answer, 'after 4');
});

test('a condition that never holds ends in an error that names it', async () => {
  const waiting = waitUntil(() => false, { timeoutMs: 30, describe: () => 'the cows to come home' });
  await assert.rejects(waiting, /waited 30 ms in vain for the cows to come home/);
});

test('an error of the condition ends the waiting', async () => {
  const waiting = waitUntil(() => Promise.reject(new Error('broken')));
  await assert.rejects(waiting, /broken/);
});
