import { errorText } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';

export interface MaintenanceJob {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/** Small jobs that repeat while the process has something else to do; one that fails is only logged. */
export class Maintenance {
  readonly #jobs: readonly MaintenanceJob[];
  readonly #logger: Logger;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(jobs: readonly MaintenanceJob[], logger: Logger) {
    this.#jobs = jobs;
    this.#logger = logger;
  }

  /** Each job runs at once, and again so long after it ended. */
  start(): void {
    this.#isStopped = false;
    for (const job of this.#jobs) this.#begin(job);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #begin(job: MaintenanceJob): void {
    const work = this.#runOnce(job).finally(() => {
      this.#running.delete(work);
      if (!this.#isStopped) this.#schedule(job);
    });
    this.#running.add(work);
  }

  async #runOnce(job: MaintenanceJob): Promise<void> {
    try {
      await job.run();
    } catch (error) {
      this.#logger.warn({ job: job.name, error: errorText(error) }, 'a maintenance job failed');
    }
  }

  #schedule(job: MaintenanceJob): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#begin(job);
    }, job.everyMs).unref();
    this.#timers.add(timer);
  }
}
