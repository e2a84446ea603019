const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const QUICK_REPEATS = 6;
const GROWING_REPEATS = 62;
const QUICK_PAUSE_MS = 10 * SECOND_MS;
const LAST_PAUSE_MS = 4 * HOUR_MS;

/** ECommPay tries at most so often. Source: https://developers.ecommpay.com/en/en_platform_callbacks.html */
export const MAX_ATTEMPTS = 120;

/**
 * Milliseconds until the next attempt after so many failed ones (1 and more): six repeats every 10 seconds, 62 more within four hours,
 * then one every four hours. The documentation's formula is read as the time since the first attempt: as a pause it does not add up.
 */
export function pauseAfter(failedAttempts: number, speed: number): number {
  return pauseBefore(failedAttempts) / speed;
}

function pauseBefore(repeat: number): number {
  if (repeat <= QUICK_REPEATS) return QUICK_PAUSE_MS;
  if (repeat > QUICK_REPEATS + GROWING_REPEATS) return LAST_PAUSE_MS;
  const before = repeat === QUICK_REPEATS + 1 ? QUICK_REPEATS * QUICK_PAUSE_MS : sinceFirst(repeat - 1);
  return sinceFirst(repeat) - before;
}

function sinceFirst(repeat: number): number {
  return (70 + 10 * 1.12 ** (repeat - 4)) * SECOND_MS;
}
