import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorder } from '../storage/recorder.ts';
import type { HttpLogRow } from '../storage/rows.ts';

/** A page or a refusal does not wait longer for its log row. */
const PATIENCE_MS = 500;

/** Writes log rows of requests that store nothing else. */
export class RequestLog {
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Resolves when the row is committed, or soon, when the database is slow or away. Never rejects. */
  async write(row: HttpLogRow): Promise<void> {
    const patience = new AbortController();
    const written = this.#recorder.record({ log: row }).then(
      () => {},
      // That the database is away is reported by its gate.
      () => {},
    );
    const tired = sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([written, tired]);
    patience.abort();
  }
}
