const BASE_MS = 10_000;
const CAP_MS = 3_600_000;
/** 10 s · 2^20 is far above the cap; beyond it the power would grow without meaning. */
const MAX_EXPONENT = 20;
const JITTER = 0.2;
const RETRY_AFTER_CAP_MS = 6 * 3_600_000;

const PROBE_BASE_MS = 10_000;
const PROBE_CAP_MS = 15 * 60_000;

/**
 * Milliseconds until the next attempt after so many failures in a row: 10 s, doubling up to an hour, ± 20 %, without end.
 * The jitter comes after the cap, so that deliveries that wait for an hour do not all come back together.
 */
export function retryDelayMs(failures: number, random: () => number = Math.random): number {
  const exponent = Math.min(Math.max(failures - 1, 0), MAX_EXPONENT);
  const delay = Math.min(CAP_MS, BASE_MS * 2 ** exponent);
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random()));
}

/** Milliseconds until the next probe of an endpoint that is down. */
export function probeDelayMs(probes: number): number {
  return Math.min(PROBE_CAP_MS, PROBE_BASE_MS * 2 ** Math.min(Math.max(probes, 0), MAX_EXPONENT));
}

/** Header `Retry-After` (seconds or a date) as milliseconds, at most six hours; undefined when there is none or none that can be read. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(delay)) return undefined;
  return Math.round(Math.min(Math.max(delay, 0), RETRY_AFTER_CAP_MS));
}
