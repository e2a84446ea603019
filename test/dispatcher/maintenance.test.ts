import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Maintenance, type MaintenanceJob } from '../../lib/dispatcher/maintenance.ts';
import { type Logger, silentLogger } from '../../lib/domain/logger.ts';
import { waitUntil } from '../support/wait.ts';

/** Longer than any test. */
const NEVER_MS = 3_600_000;

/** A job that counts its runs; each lasts until it is let go. */
class Work implements MaintenanceJob {
  readonly name: string;
  readonly everyMs: number;
  runs = 0;
  ended = 0;
  signal: AbortSignal | undefined;
  #release: (() => void)[] = [];
  readonly #isHeld: boolean;

  constructor(name: string, { everyMs = NEVER_MS, isHeld = false }: { everyMs?: number; isHeld?: boolean } = {}) {
    this.name = name;
    this.everyMs = everyMs;
    this.#isHeld = isHeld;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.runs++;
    this.signal = signal;
    if (this.#isHeld) await new Promise<void>((resolve) => this.#release.push(resolve));
    this.ended++;
  }

  letGo(): void {
    const waiting = this.#release;
    this.#release = [];
    for (const release of waiting) release();
  }
}

function maintain(t: TestContext, jobs: readonly MaintenanceJob[], logger: Logger = silentLogger): Maintenance {
  const maintenance = new Maintenance(jobs, logger);
  t.after(async () => {
    const stopped = maintenance.stop();
    for (const job of jobs) if (job instanceof Work) job.letGo();
    await stopped;
  });
  return maintenance;
}

/** Long enough for what should not happen to happen, if it would. */
async function aWhile(): Promise<void> {
  await sleep(30);
}

describe('a job', () => {
  test('runs at once, and again and again', async (t) => {
    const often = new Work('often', { everyMs: 1 });
    const seldom = new Work('seldom');
    const maintenance = maintain(t, [often, seldom]);
    await aWhile();
    assert.deepEqual([often.runs, seldom.runs], [0, 0]);
    maintenance.start();
    assert.deepEqual([often.runs, seldom.runs], [1, 1]);
    await waitUntil(() => often.runs >= 5);
    assert.equal(seldom.runs, 1);
  });

  test('never runs beside itself', async (t) => {
    const work = new Work('slow', { everyMs: 1, isHeld: true });
    const maintenance = maintain(t, [work]);
    maintenance.start();
    await aWhile();
    assert.equal(work.runs, 1);
    work.letGo();
    await waitUntil(() => work.runs === 2);
    await aWhile();
    assert.equal(work.runs, 2);
  });

  test('that fails is logged, runs again, and harms no other', async (t) => {
    const lines: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (details, message) => lines.push([details, message]) };
    let runs = 0;
    const failing: MaintenanceJob = { name: 'failing', everyMs: 1, run: () => Promise.reject(new Error(`run ${++runs}`)) };
    const throwing: MaintenanceJob = {
      ...{ name: 'throwing', everyMs: NEVER_MS },
      run: () => {
        throw new Error('at once');
      },
    };
    const work = new Work('well', { everyMs: 1 });
    maintain(t, [failing, throwing, work], logger).start();
    await waitUntil(() => runs >= 3 && work.runs >= 3);
    await waitUntil(() => lines.length >= 3);
    const text = JSON.stringify(lines);
    for (const part of ['"job":"failing","error":"run 1"', '"job":"throwing","error":"at once"', 'a maintenance job failed'])
      assert.ok(text.includes(part), text);
  });
});

describe('a job that is woken', () => {
  test('runs now', async (t) => {
    const [work, other] = [new Work('work'), new Work('other')];
    const maintenance = maintain(t, [work, other]);
    maintenance.start();
    await waitUntil(() => work.ended === 1);
    await aWhile();
    maintenance.wake('work');
    await waitUntil(() => work.ended === 2);
    assert.equal(other.runs, 1);
  });

  test('while it runs, runs once more, however often it was woken', async (t) => {
    const work = new Work('work', { isHeld: true });
    const maintenance = maintain(t, [work]);
    maintenance.start();
    for (let time = 0; time < 5; time++) maintenance.wake('work');
    assert.equal(work.runs, 1);
    work.letGo();
    await waitUntil(() => work.runs === 2);
    work.letGo();
    await waitUntil(() => work.ended === 2);
    await aWhile();
    assert.equal(work.runs, 2);
  });

  test('by itself, runs once more each time', async (t) => {
    let left = 3;
    let runs = 0;
    const maintenance: Maintenance = maintain(t, [
      {
        ...{ name: 'again', everyMs: NEVER_MS },
        run: async () => {
          runs++;
          if (left-- > 0) maintenance.wake('again');
        },
      },
    ]);
    maintenance.start();
    await waitUntil(() => runs === 4);
    await aWhile();
    assert.equal(runs, 4);
  });

  test('goes on as before: its next run is due so long after that', async (t) => {
    const work = new Work('work', { everyMs: 20 });
    const maintenance = maintain(t, [work]);
    maintenance.start();
    await waitUntil(() => work.ended === 1);
    maintenance.wake('work');
    await waitUntil(() => work.runs >= 4);
  });

  test('before the start, after the stop, or by a name that nobody has, stays asleep', async (t) => {
    const work = new Work('work');
    const maintenance = maintain(t, [work]);
    maintenance.wake('work');
    await aWhile();
    assert.equal(work.runs, 0);
    maintenance.start();
    await waitUntil(() => work.ended === 1);
    maintenance.wake('nobody');
    await maintenance.stop();
    maintenance.wake('work');
    await aWhile();
    assert.equal(work.runs, 1);
  });
});

describe('the stop', () => {
  test('tells a job that runs, and waits for it', async (t) => {
    const work = new Work('work', { everyMs: 1, isHeld: true });
    const maintenance = maintain(t, [work]);
    maintenance.start();
    assert.equal(work.signal?.aborted, false);
    let hasStopped = false;
    const stopping = maintenance.stop().then(() => {
      hasStopped = true;
    });
    assert.equal(work.signal?.aborted, true);
    await aWhile();
    assert.equal(hasStopped, false);
    work.letGo();
    await stopping;
    await aWhile();
    assert.deepEqual([work.runs, work.ended], [1, 1]);
  });

  test('leaves nothing behind that would run', async (t) => {
    const work = new Work('work', { everyMs: 1 });
    const maintenance = maintain(t, [work]);
    maintenance.start();
    await waitUntil(() => work.ended >= 2);
    await maintenance.stop();
    const { runs } = work;
    await aWhile();
    assert.equal(work.runs, runs);
  });

  test('is done also where nothing was started, and twice', async (t) => {
    const maintenance = maintain(t, [new Work('work')]);
    await maintenance.stop();
    await Promise.all([maintenance.stop(), maintenance.stop()]);
  });

  test('can be followed by another start, with another signal and without old wakings', async (t) => {
    const work = new Work('work', { isHeld: true });
    const maintenance = maintain(t, [work]);
    maintenance.start();
    const first = work.signal;
    maintenance.wake('work');
    const stopping = maintenance.stop();
    work.letGo();
    await stopping;
    maintenance.start();
    assert.equal(work.runs, 2);
    assert.notEqual(work.signal, first);
    assert.equal(work.signal?.aborted, false);
    work.letGo();
    await waitUntil(() => work.ended === 2);
    await aWhile();
    assert.equal(work.runs, 2);
    maintenance.wake('work');
    assert.equal(work.runs, 3);
  });
});
