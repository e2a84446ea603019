import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_ATTEMPTS, pauseAfter } from '../../../lib/testing/ecommpay/retry-schedule.ts';

const SECOND = 1000;
const HOUR = 3_600_000;

/** When each attempt is made, from the first one on. */
function attemptTimes(): readonly number[] {
  const times = [0];
  for (let failed = 1; failed < MAX_ATTEMPTS; failed++) times.push((times.at(-1) ?? 0) + pauseAfter(failed, 1));
  return times;
}

describe('the repeats of a callback', () => {
  const times = attemptTimes();

  test('begin with six, one every ten seconds', () => {
    assert.deepEqual(
      times.slice(0, 7),
      [0, 10, 20, 30, 40, 50, 60].map((seconds) => seconds * SECOND),
    );
  });

  test('go on with 62 within four hours, at growing pauses', () => {
    assert.ok(Math.abs((times[7] ?? 0) - 84 * SECOND) < 100);
    assert.ok((times[68] ?? 0) > 3.9 * HOUR && (times[68] ?? 0) < 4 * HOUR);
    const pauses = times.slice(8, 69).map((time, index) => time - (times[index + 7] ?? 0));
    assert.deepEqual(
      pauses,
      pauses.toSorted((a, b) => a - b),
    );
  });

  test('end with one every four hours, after 120 attempts within eleven days', () => {
    assert.equal(Math.round((times[69] ?? 0) - (times[68] ?? 0)), 4 * HOUR);
    assert.equal(times.length, 120);
    assert.ok((times.at(-1) ?? 0) < 11 * 24 * HOUR);
  });

  test('are faster by the speed', () => {
    assert.equal(pauseAfter(1, 100), 100);
  });
});
