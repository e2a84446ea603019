import { errorText } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';

export interface MaintenanceJob {
  readonly name: string;
  readonly everyMs: number;
  /** `signal` is aborted when everything is told to stop. */
  run(signal: AbortSignal): Promise<unknown>;
}

/** Small jobs that repeat while the process has something else to do; one that fails is only logged. */
export class Maintenance {
  readonly #jobs: readonly MaintenanceJob[];
  readonly #logger: Logger;
  readonly #timers = new Map<MaintenanceJob, NodeJS.Timeout>();
  readonly #running = new Map<MaintenanceJob, Promise<void>>();
  /** Jobs that were woken while they ran: what woke them may have come too late for that run. */
  readonly #woken = new Set<MaintenanceJob>();
  /** Undefined before the start. */
  #stop: AbortController | undefined;

  constructor(jobs: readonly MaintenanceJob[], logger: Logger) {
    this.#jobs = jobs;
    this.#logger = logger;
  }

  /** Each job runs at once, and again so long after it ended. */
  start(): void {
    this.#stop = new AbortController();
    for (const job of this.#jobs) this.#begin(job, this.#stop.signal);
  }

  /** Runs a job now; does nothing before `start` and after `stop`. */
  wake(name: string): void {
    const job = this.#jobs.find((candidate) => candidate.name === name);
    if (job === undefined || this.#stop === undefined || this.#stop.signal.aborted) return;
    // What waits for no timer is under way.
    if (this.#timers.has(job)) this.#begin(job, this.#stop.signal);
    else this.#woken.add(job);
  }

  async stop(): Promise<void> {
    this.#stop?.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#woken.clear();
    await Promise.all(this.#running.values());
  }

  #begin(job: MaintenanceJob, signal: AbortSignal): void {
    clearTimeout(this.#timers.get(job));
    this.#timers.delete(job);
    const work = this.#runOnce(job, signal).finally(() => {
      this.#running.delete(job);
      if (signal.aborted) return;
      if (this.#woken.delete(job)) this.#begin(job, signal);
      else this.#schedule(job, signal);
    });
    this.#running.set(job, work);
  }

  async #runOnce(job: MaintenanceJob, signal: AbortSignal): Promise<void> {
    try {
      await job.run(signal);
    } catch (error) {
      this.#logger.warn({ job: job.name, error: errorText(error) }, 'a maintenance job failed');
    }
  }

  #schedule(job: MaintenanceJob, signal: AbortSignal): void {
    this.#timers.set(job, setTimeout(() => this.#begin(job, signal), job.everyMs).unref());
  }
}
