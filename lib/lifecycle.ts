import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { errorText, HttpError, PaymentsError } from './domain/errors.ts';
import type { PaymentsEmitter } from './domain/events.ts';
import { holdProcess } from './domain/hold-process.ts';
import type { Logger } from './domain/logger.ts';
import type { CloseReport } from './payments-router.ts';

/** What is started and stopped, in this order and backwards. */
export interface LifecycleParts {
  readonly logger: Logger;
  readonly emitter: PaymentsEmitter;
  /** From the start to the stop, also while the database is awaited. */
  readonly keepsProcessAlive: boolean;
  /** Opens and migrates the database. */
  open(): Promise<void>;
  /** Whether trying again later may help. */
  isPassing(error: unknown): boolean;
  /** Starts what runs in the background. */
  start(): void;
  stop(drainTimeoutMs: number | undefined): Promise<CloseReport>;
  closeDatabase(): Promise<void>;
}

/** How long a request waits for a start that is under way. */
const ADMISSION_PATIENCE_MS = 3_000;
const DATABASE_CLOSE_TIMEOUT_MS = 2_000;
const LATE_DATABASE = { retries: Number.POSITIVE_INFINITY, minTimeout: 250, factor: 2, maxTimeout: 30_000, randomize: true } as const;

/**
 * Starts by itself, stops with the host: when the last server that brought requests has closed, everything stops. Should another server
 * bring requests after that (as test tools do that open one for each request), it starts again. After `close` it does not.
 */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  readonly #servers = new Set<Server>();
  #abort = new AbortController();
  #starting: Promise<void>;
  #isReady = false;
  #stopping: Promise<CloseReport> | undefined;
  #isClosed = false;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    this.#starting = this.#start();
  }

  async ready(): Promise<void> {
    if (this.#isClosed) throw new PaymentsError('ERR_PAYMENTS_CLOSED', 'The payments router was closed.');
    if (this.#stopping !== undefined) await holdProcess(this.#startAgain());
    await holdProcess(this.#starting);
  }

  async close(drainTimeoutMs: number | undefined): Promise<CloseReport> {
    this.#isClosed = true;
    return await holdProcess(this.#stop(drainTimeoutMs));
  }

  /** Lets a request in as soon as the database is there. Throws `HttpError` 503. */
  async admit(request: IncomingMessage): Promise<void> {
    if (this.#isClosed) throw new HttpError(503, 'ERR_PAYMENTS_CLOSED', 'The site is being stopped or restarted. Try again.');
    if (this.#stopping !== undefined) await this.#startAgain();
    this.#follow(request);
    if (this.#isReady) return;
    const patience = new AbortController();
    const tired = sleep(ADMISSION_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.#starting.catch(() => {}), tired]);
    patience.abort();
    if (!this.#isReady) throw new HttpError(503, 'ERR_PAYMENTS_DATABASE', 'The database of the site is not ready. Try again.');
  }

  /** Sees the server go that carries the router. */
  #follow(request: IncomingMessage): void {
    const server: Server | undefined = Reflect.get(request.socket ?? {}, 'server');
    if (server === undefined || this.#servers.has(server)) return;
    this.#servers.add(server);
    server.once('close', () => {
      this.#servers.delete(server);
      if (this.#servers.size === 0) void holdProcess(this.#stop(undefined));
    });
  }

  #start(): Promise<void> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const starting = pRetry(() => this.#parts.open(), {
      ...LATE_DATABASE,
      signal,
      unref: true,
      shouldRetry: ({ error }) => this.#isPassing(error),
    }).then(
      () => {
        signal.throwIfAborted();
        this.#isReady = true;
        this.#parts.start();
      },
      (error: unknown) => {
        // What a closing pool says is of no use to anybody.
        signal.throwIfAborted();
        throw error;
      },
    );
    starting.catch((error: unknown) => this.#complain(error));
    if (this.#parts.keepsProcessAlive) void holdProcess(endOf(starting, this.#abort.signal));
    return starting;
  }

  /** A database that is late must be heard of long before anybody gives up. */
  #isPassing(error: unknown): boolean {
    if (this.#abort.signal.aborted || !this.#parts.isPassing(error)) return false;
    this.#parts.logger.warn({ error: errorText(error) }, 'the database cannot be reached yet; it is tried again');
    return true;
  }

  #complain(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#parts.logger.error({ error: errorText(error) }, 'the payments router could not start');
    this.#parts.emitter.emit('error', { error, context: 'start' });
  }

  async #startAgain(): Promise<void> {
    await this.#stopping;
    if (this.#stopping === undefined || this.#isClosed) return;
    this.#stopping = undefined;
    this.#starting = this.#start();
  }

  async #stop(drainTimeoutMs: number | undefined): Promise<CloseReport> {
    this.#stopping ??= this.#stopAll(drainTimeoutMs);
    return await this.#stopping;
  }

  async #stopAll(drainTimeoutMs: number | undefined): Promise<CloseReport> {
    this.#abort.abort(new HttpError(503, 'ERR_PAYMENTS_CLOSED', 'The payments router was closed before it was ready.'));
    const report = this.#isReady ? await this.#parts.stop(drainTimeoutMs) : { finished: 0, givenBack: 0 };
    this.#isReady = false;
    const timeout = new AbortController();
    await Promise.race([
      this.#parts.closeDatabase(),
      sleep(DATABASE_CLOSE_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => {}),
    ]);
    timeout.abort();
    return report;
  }
}

/** Resolves when a start has failed, or everything is told to stop. */
async function endOf(starting: Promise<void>, stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
    starting.catch(() => resolve());
  });
}
