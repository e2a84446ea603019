import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { probeDelayMs, retryAfterMs, retryDelayMs } from '../../lib/dispatcher/retry-schedule.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 31, 12);
const failures = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000_000_000 }));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('the delay is finite and within 20 % of its step, for any number of failures', () => {
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const step = Math.min(HOUR_MS, 10_000 * 2 ** Math.min(count - 1, 60));
      const delay = retryDelayMs(count, () => chance);
      assert.ok(Number.isSafeInteger(delay));
      assert.ok(delay >= Math.floor(step * 0.8) && delay <= Math.ceil(step * 1.2), `${delay} for ${count}`);
    }),
  );
});

test('the first delay is about ten seconds, then it doubles up to an hour', () => {
  const middle = (count: number) => retryDelayMs(count, () => 0.5);
  assert.deepEqual([1, 2, 3, 9, 10, 11, 1_000_000_000].map(middle), [10_000, 20_000, 40_000, 2_560_000, HOUR_MS, HOUR_MS, HOUR_MS]);
});

test('the jitter comes after the cap: what waits for an hour is spread as well', () => {
  assert.deepEqual([retryDelayMs(50, () => 0), retryDelayMs(50, () => 1)], [0.8 * HOUR_MS, 1.2 * HOUR_MS]);
  const delays = Array.from({ length: 1_000 }, () => retryDelayMs(1_000));
  assert.ok(Math.min(...delays) < 0.85 * HOUR_MS && Math.max(...delays) > 1.15 * HOUR_MS);
});

test('a Retry-After of any text is undefined or a finite time of at most six hours', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.bigInt({ min: 0n, max: 10n ** 400n }).map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.constantFrom('', '-1', '1e9', 'Infinity', 'NaN', '1.5', '+3', '٣', '0x10', '9'.repeat(400)),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 4e12 }), (header, now) => {
      const delay = retryAfterMs(header, now);
      assert.ok(delay === undefined || (Number.isSafeInteger(delay) && delay >= 0 && delay <= 6 * HOUR_MS), `${delay} for ${header}`);
    }),
  );
});

test('a Retry-After in seconds or as a date is honoured up to six hours', () => {
  const cases: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['21600', 6 * HOUR_MS],
    ['999999', 6 * HOUR_MS],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    [new Date(NOW + 48 * HOUR_MS).toUTCString(), 6 * HOUR_MS],
    ['soon', undefined],
  ];
  for (const [header, delay] of cases) assert.equal(retryAfterMs(header, NOW), delay, header);
});

test('probes come after ten seconds at first, and at most every quarter of an hour', () => {
  assert.deepEqual([0, 1, 2, 6, 7, 1_000_000_000].map(probeDelayMs), [10_000, 20_000, 40_000, 640_000, 900_000, 900_000]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (probes) => probeDelayMs(probes) >= 10_000 && probeDelayMs(probes) <= 900_000),
  );
});
