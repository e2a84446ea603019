const LONGEST_TIMER_MS = 2_147_483_647;

/** What is still to happen: steps, repeats and requests under way. Nothing of it keeps a process alive. */
export class Agenda {
  readonly #stopping = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #awaited = new Set<unknown>();
  readonly #whenSettled: (() => void)[] = [];

  /** Aborted when everything stops. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Does the job after so many milliseconds; `settled` waits for it. */
  after(ms: number, job: () => void): void {
    const timer = this.#start(ms, () => {
      job();
      this.#end(timer);
    });
    if (timer !== undefined) this.#awaited.add(timer);
  }

  /** Likewise, but `settled` does not wait for it. */
  remind(ms: number, job: () => void): void {
    this.#start(ms, job);
  }

  /** `settled` waits for this work too. It must not reject. */
  during(work: Promise<void>): void {
    this.#awaited.add(work);
    void work.finally(() => this.#end(work));
  }

  /** Resolves when nothing is left to wait for. */
  settled(): Promise<void> {
    return this.#awaited.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenSettled.push(resolve));
  }

  close(): void {
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#awaited.clear();
    this.#tellSettled();
  }

  #start(ms: number, job: () => void): NodeJS.Timeout | undefined {
    if (this.signal.aborted) return undefined;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        job();
      },
      Math.min(ms, LONGEST_TIMER_MS),
    ).unref();
    this.#timers.add(timer);
    return timer;
  }

  #end(work: unknown): void {
    this.#awaited.delete(work);
    this.#tellSettled();
  }

  #tellSettled(): void {
    if (this.#awaited.size > 0) return;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }
}
