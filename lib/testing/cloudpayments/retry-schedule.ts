const MINUTE_MS = 60_000;
const PAUSES_MINUTES = [1, 2, 5, 10, 30] as const;
const LAST_PAUSE_MINUTES = 30;

/** CloudPayments tries at most so often. Source: https://developers.cloudpayments.ru/#uvedomleniya */
export const MAX_ATTEMPTS = 100;

/**
 * Milliseconds until the next attempt after so many failed ones (1 and more).
 * That the last pause repeats is inferred: the documentation names five pauses and a hundred attempts.
 */
export function pauseAfter(failedAttempts: number, speed: number): number {
  return ((PAUSES_MINUTES[failedAttempts - 1] ?? LAST_PAUSE_MINUTES) * MINUTE_MS) / speed;
}
