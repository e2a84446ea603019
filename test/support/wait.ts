import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 10000. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks. Default 10. */
  readonly everyMs?: number;
  /** What is waited for, for the error's message; a function is asked when the time is over. */
  readonly describe?: string | (() => string);
}

type Falsy = false | undefined | null | 0 | '';

/** Resolves with the first truthy answer of the condition; rejects when the time is over, naming what was waited for. */
export async function waitUntil<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<Exclude<T, Falsy>> {
  const { timeoutMs = 10_000, everyMs = 10, describe = 'the condition' } = options;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    // The test for truth leaves nothing of Falsy; TypeScript does not narrow a bare type parameter.
    if (answer) return answer as Exclude<T, Falsy>;
    if (performance.now() >= end) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${typeof describe === 'string' ? describe : describe()}`);
    }
    await sleep(everyMs);
  }
}
