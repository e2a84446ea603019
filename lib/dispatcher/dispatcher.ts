import { randomUUID } from 'node:crypto';
import { errorText } from '../domain/errors.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import { holdProcess } from '../domain/hold-process.ts';
import type { Logger } from '../domain/logger.ts';
import type { DispatcherConfig } from '../payments-config.ts';
import type { DeliveryStore } from '../storage/delivery-store.ts';
import type { EndpointStore } from '../storage/endpoint-store.ts';
import type { ClaimedDelivery, ClaimRequest } from '../storage/rows.ts';
import type { Sender } from './attempt.ts';
import { Breaker } from './breaker.ts';
import { DeliveryWork, STOP_RESERVE_MS } from './delivery-work.ts';
import { Pause } from './pause.ts';
import { waitAtMost } from './wait-at-most.ts';

export interface DispatcherContext {
  readonly config: DispatcherConfig;
  readonly deliveries: DeliveryStore;
  readonly endpoint: EndpointStore;
  readonly emitter: PaymentsEmitter;
  readonly logger: Logger;
  createSender(): Sender;
}

export interface StopReport {
  /** Attempts that were finished while it drained. */
  readonly finished: number;
  /** Attempts that were cut off, and claims that were given back untouched. */
  readonly givenBack: number;
}

/** What lives from one start to the next stop. */
interface Run {
  readonly sender: Sender;
  readonly work: DeliveryWork;
  readonly loop: Promise<void>;
}

const MIN_SLEEP_MS = 25;
const MAX_SLEEP_MS = 5_000;
const OPEN_SLEEP_MS = 1_000;
const FIRST_ERROR_SLEEP_MS = 100;
const SUSPECT_INTERVAL_MS = 15_000;
const MIN_LOG_INTERVAL_MS = 10_000;

/** The background loop: claim what is due, deliver each, record the outcome, sleep as long as nothing is due. */
export class Dispatcher {
  readonly #context: DispatcherContext;
  readonly #breaker: Breaker;
  readonly #pause = new Pause();
  #run: Run | undefined;
  #stopped: Promise<StopReport> | undefined;
  #startedAt: number | undefined;
  #lastPollAt: number | undefined;
  #suspectsCheckedOn = performance.now();
  #loggedOn = Number.NEGATIVE_INFINITY;

  constructor(context: DispatcherContext) {
    const { endpoint, deliveries, emitter, logger } = context;
    this.#context = context;
    this.#breaker = new Breaker({ endpoint, deliveries, emitter, logger, wake: () => this.wake() });
  }

  get isRunning(): boolean {
    return this.#run?.work.isDraining === false;
  }

  get inFlight(): number {
    return this.#run?.work.size ?? 0;
  }

  get isEndpointOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /** Milliseconds since the epoch: the last poll that succeeded, or the start when none did yet. */
  get lastSignAt(): number | undefined {
    return this.#startedAt === undefined ? undefined : Math.max(this.#startedAt, this.#lastPollAt ?? 0);
  }

  /** Milliseconds since the epoch of the last poll that succeeded. */
  get lastPollAt(): number | undefined {
    return this.#lastPollAt;
  }

  /** May be called often; after `stop` it starts again. */
  start(): void {
    if (this.#run !== undefined) return;
    this.#stopped = undefined;
    this.#startedAt = Date.now();
    const { deliveries, emitter, logger, config } = this.#context;
    const sender = this.#context.createSender();
    const onFree = () => this.wake();
    const work = new DeliveryWork({ deliveries, sender, breaker: this.#breaker, emitter, logger, leaseMs: config.leaseMs, onFree });
    this.#run = { sender, work, loop: this.#loop(work) };
  }

  /** Something is due. */
  wake(): void {
    this.#pause.end();
  }

  /** Drains: no more claims, attempts under way may take `drainTimeoutMs` more, then they are cut off and given back. */
  async stop(drainTimeoutMs: number = this.#context.config.drainTimeoutMs): Promise<StopReport> {
    if (this.#run === undefined) return this.#stopped ?? { finished: 0, givenBack: 0 };
    this.#stopped ??= this.#drain(this.#run, drainTimeoutMs);
    return await this.#stopped;
  }

  async #drain({ loop, work, sender }: Run, drainTimeoutMs: number): Promise<StopReport> {
    work.drain();
    this.wake();
    // Rows that a claim brings after this point are given back by the loop itself, so it is waited for first.
    const ended = loop.then(() => work.settled());
    await waitAtMost(ended, drainTimeoutMs);
    work.cutOff();
    await waitAtMost(ended, STOP_RESERVE_MS);
    await sender.close();
    this.#run = undefined;
    this.#startedAt = undefined;
    return work.report;
  }

  async #loop(work: DeliveryWork): Promise<void> {
    let errors = 0;
    // A loop that outlived its stop (the database hung) must not take part in the next run.
    while (!work.isDraining) {
      let sleepMs: number;
      try {
        sleepMs = await this.#poll(work);
        this.#lastPollAt = Date.now();
        errors = 0;
      } catch (error) {
        sleepMs = Math.min(MAX_SLEEP_MS, FIRST_ERROR_SLEEP_MS * 2 ** Math.min(errors++, 10));
        this.#report(error);
      }
      if (!work.isDraining) await this.#pause.sleep(sleepMs);
    }
  }

  /** Gives how long to sleep. */
  async #poll(work: DeliveryWork): Promise<number> {
    const free = this.#context.config.slots - work.size;
    if (free <= 0) return MAX_SLEEP_MS;
    await this.#breaker.refresh();
    if (this.#breaker.isOpen) {
      // A probe needs something to send.
      const isWaiting = (await this.#context.deliveries.nextDueIn()) !== undefined;
      if (isWaiting && (await this.#breaker.takeProbe())) await this.#begin(work, { kind: 'probe', limit: 1 });
      return OPEN_SLEEP_MS;
    }
    const claimed = await this.#begin(work, { kind: 'due', limit: free });
    if (performance.now() - this.#suspectsCheckedOn > SUSPECT_INTERVAL_MS) await this.#workOnSuspect(work);
    if (claimed > 0) return claimed === free ? MAX_SLEEP_MS : MIN_SLEEP_MS;
    return sleepUntil(await this.#context.deliveries.nextDueIn());
  }

  async #begin(work: DeliveryWork, request: Pick<ClaimRequest, 'kind' | 'limit'>): Promise<number> {
    const claimed = await holdProcess(this.#claim(request));
    if (work.isDraining) await work.giveBack(claimed);
    else for (const delivery of claimed) work.begin(delivery);
    return claimed.length;
  }

  async #claim({ kind, limit }: Pick<ClaimRequest, 'kind' | 'limit'>): Promise<readonly ClaimedDelivery[]> {
    return await this.#context.deliveries.claim({ kind, limit, lease: randomUUID(), leaseMs: this.#context.config.leaseMs });
  }

  /** A delivery whose instances died three times in a row may be what kills them: it runs with nothing beside it. */
  async #workOnSuspect(work: DeliveryWork): Promise<void> {
    this.#suspectsCheckedOn = performance.now();
    if (!(await this.#context.deliveries.hasSuspect())) return;
    // Claimed only when everything else has ended: its lease must not run out while it waits.
    await work.settled();
    if (work.isDraining) return;
    for (const delivery of await this.#claim({ kind: 'suspect', limit: 1 })) {
      const { id, transactionId, lostLeases } = delivery;
      this.#context.logger.error({ id, transactionId, lostLeases }, 'the processes that worked on this delivery died; it is tried alone');
      this.#context.emitter.emit('delivery.suspect', { delivery: { id, transactionId, lostLeases } });
      if (work.isDraining) await work.giveBack([delivery]);
      else work.begin(delivery);
      await work.settled();
    }
  }

  /** A database that is away must not fill the log. */
  #report(error: unknown): void {
    if (performance.now() - this.#loggedOn < MIN_LOG_INTERVAL_MS) return;
    this.#loggedOn = performance.now();
    this.#context.logger.error({ error: errorText(error) }, 'the dispatcher could not poll');
    this.#context.emitter.emit('error', { error, context: 'dispatcher' });
  }
}

/** Until the next one is due; what is due already and was not claimed is a suspect, or another instance's by now. */
function sleepUntil(dueInMs: number = MAX_SLEEP_MS): number {
  if (dueInMs <= 0) return OPEN_SLEEP_MS;
  return Math.min(Math.max(dueInMs, MIN_SLEEP_MS), MAX_SLEEP_MS) * (0.9 + 0.2 * Math.random());
}
