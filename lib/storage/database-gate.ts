import { DatabaseError, PaymentsError, StatementError } from '../domain/errors.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import type { Logger } from '../domain/logger.ts';
import type { Dialect } from './dialects/dialect.ts';
import { driverText } from './driver-text.ts';
import { retryTransient } from './retry-transient.ts';
import { withDeadline } from './with-deadline.ts';

/** While the database is lost, one request in so many milliseconds tries it; the others are told at once. */
const PROBE_INTERVAL_MS = 500;

/** Knows whether the database can be reached, and says so once when that changes. */
export class DatabaseGate {
  readonly #dialect: Dialect;
  readonly #emitter: PaymentsEmitter;
  readonly #logger: Logger;
  #lostAt: number | undefined;
  #lastError = '';
  #lastProbeAt = 0;

  constructor(dialect: Dialect, emitter: PaymentsEmitter, logger: Logger) {
    this.#dialect = dialect;
    this.#emitter = emitter;
    this.#logger = logger;
  }

  /** Throws at once while the database is lost, but for one caller now and then. */
  enter(): void {
    if (this.#lostAt === undefined) return;
    if (performance.now() - this.#lastProbeAt < PROBE_INTERVAL_MS) throw unavailable(this.#lastError);
    this.#lastProbeAt = performance.now();
  }

  /** Runs statements that are not guarded by `enter`, again where they only met others, and learns from how they end. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await withDeadline(retryTransient(this.#dialect.isTransient, work));
      this.reached();
      return result;
    } catch (error) {
      throw discreet(this.failed(error));
    }
  }

  reached(): void {
    if (this.#lostAt === undefined) return;
    const lostForMs = Math.round(performance.now() - this.#lostAt);
    this.#lostAt = undefined;
    this.#logger.warn({ lostForMs }, 'the database is back');
    this.#emitter.emit('database.back', { lostForMs });
  }

  /** Takes note of an error; gives what the caller should throw. */
  failed(error: unknown): unknown {
    if (error instanceof DatabaseError || !this.#dialect.isUnavailable(error)) return error;
    this.#lastError = driverText(error);
    this.#lastProbeAt = performance.now();
    if (this.#lostAt === undefined) {
      this.#lostAt = performance.now();
      this.#logger.error({ error: this.#lastError }, 'the database cannot be reached');
      this.#emitter.emit('database.lost', { error: this.#lastError });
    }
    return unavailable(this.#lastError, error);
  }
}

/** What a driver says of a statement names bound values: of that only its own words go on. */
function discreet(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PaymentsError || typeof Reflect.get(error, 'code') !== 'string') return error;
  return new StatementError('ERR_PAYMENTS_DATABASE', `The database refused a statement: ${driverText(error)}`, { cause: error });
}

function unavailable(text: string, cause?: unknown): DatabaseError {
  return new DatabaseError('ERR_PAYMENTS_DATABASE', `The database cannot be reached: ${text}`, { cause });
}
