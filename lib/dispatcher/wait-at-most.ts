import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the work is done or the time is over, and leaves no timer behind that would keep the process alive. */
export async function waitAtMost(work: Promise<unknown>, ms: number): Promise<void> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => {});
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
