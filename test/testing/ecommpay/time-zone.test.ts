import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLocalTime, parseLocalTime, parseTimeZone } from '../../../lib/testing/ecommpay/time-zone.ts';

describe('a time zone', () => {
  const cases = [
    ['UTC', '2026-07-01 12:00:00', '2026-07-01T12:00:00+00:00', '2026-07-01T12:00:00Z'],
    ['+05:30', '2026-07-01 12:00:00', '2026-07-01T12:00:00+05:30', '2026-07-01T06:30:00Z'],
    ['-0330', '2026-07-01 12:00:00', '2026-07-01T12:00:00-03:30', '2026-07-01T15:30:00Z'],
    ['Europe/Riga', '2026-07-01 12:00:00', '2026-07-01T12:00:00+03:00', '2026-07-01T09:00:00Z'],
    ['Europe/Riga', '2026-03-29 04:30:00', '2026-03-29T04:30:00+03:00', '2026-03-29T01:30:00Z'],
    ['Europe/Riga', '2026-03-29 02:30:00', '2026-03-29T02:30:00+02:00', '2026-03-29T00:30:00Z'],
  ] as const;
  for (const [name, local, shown, utc] of cases) {
    test(`${name} at ${local}`, () => {
      const zone = parseTimeZone(name) ?? assert.fail();
      const ms = parseLocalTime(local, zone) ?? assert.fail();
      assert.equal(ms, Date.parse(utc));
      assert.equal(formatLocalTime(ms, zone), shown);
    });
  }

  test('is not made up', () => {
    assert.equal(parseTimeZone('Mars/North'), undefined);
    const zone = parseTimeZone('UTC') ?? assert.fail();
    for (const text of ['2026-07-01', '2026-07-01T12:00:00', '2026-13-01 00:00:00']) assert.equal(parseLocalTime(text, zone), undefined);
  });
});
