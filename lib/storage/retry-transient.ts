import { setTimeout as sleep } from 'node:timers/promises';

/** A lock is held for milliseconds; who waits longer than this waits for something else. */
const PATIENCE_MS = 4_000;
const LONGEST_SLEEP_MS = 100;

/** Runs a transaction again while it fails only because it met another one (deadlock, busy). */
export async function retryTransient<T>(isTransient: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  const startedOn = performance.now();
  for (let longest = 5; ; longest = Math.min(longest * 2, LONGEST_SLEEP_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || performance.now() - startedOn > PATIENCE_MS) throw error;
      await sleep(Math.random() * longest);
    }
  }
}
