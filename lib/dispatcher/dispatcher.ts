import { randomUUID } from 'node:crypto';
import { errorText } from '../domain/errors.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import type { Logger } from '../domain/logger.ts';
import type { DispatcherConfig } from '../payments-config.ts';
import type { DeliveryStore } from '../storage/delivery-store.ts';
import type { EndpointStore } from '../storage/endpoint-store.ts';
import type { ClaimedDelivery, ClaimRequest } from '../storage/rows.ts';
import type { Sender } from './attempt.ts';
import { Breaker } from './breaker.ts';
import { type Delivered, deliver, givenBack } from './deliver.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { Pause } from './pause.ts';

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

const MIN_SLEEP_MS = 25;
const MAX_SLEEP_MS = 5_000;
const FIRST_ERROR_SLEEP_MS = 100;
const SUSPECT_INTERVAL_MS = 15_000;
/** How long a stop may take beyond the drain, when the database does not answer. */
const STOP_RESERVE_MS = 2_000;
const MIN_LOG_INTERVAL_MS = 10_000;

/** The background loop: claim what is due, deliver each, record the outcome, sleep as long as nothing is due. */
export class Dispatcher {
  readonly #context: DispatcherContext;
  readonly #breaker: Breaker;
  readonly #writer: OutcomeWriter;
  readonly #pause: Pause;
  readonly #inFlight = new Set<Promise<void>>();
  #sender: Sender | undefined;
  #stopSignal = new AbortController();
  #loop: Promise<void> | undefined;
  #isStopping = false;
  #stopped: Promise<StopReport> | undefined;
  #givenBack = 0;
  #finished = 0;
  #lastPollAt: number | undefined;
  #suspectsCheckedOn = performance.now();
  #loggedOn = Number.NEGATIVE_INFINITY;

  constructor(context: DispatcherContext) {
    this.#context = context;
    const { endpoint, deliveries, emitter, logger } = context;
    this.#breaker = new Breaker({ endpoint, deliveries, emitter, logger, wake: () => this.wake() });
    this.#writer = new OutcomeWriter(deliveries);
    this.#pause = new Pause(context.config.keepProcessAlive);
  }

  get isRunning(): boolean {
    return this.#loop !== undefined && !this.#isStopping;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get isEndpointOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /** Milliseconds since the epoch of the last poll that succeeded. */
  get lastPollAt(): number | undefined {
    return this.#lastPollAt;
  }

  /** May be called often; after `stop` it starts again. */
  start(): void {
    if (this.#loop !== undefined) return;
    this.#isStopping = false;
    this.#stopped = undefined;
    this.#givenBack = 0;
    this.#finished = 0;
    this.#stopSignal = new AbortController();
    this.#sender = this.#context.createSender();
    this.#loop = this.#run(this.#sender);
  }

  /** Something is due. */
  wake(): void {
    this.#pause.end();
  }

  /** Drains: no more claims, attempts under way may take `drainTimeoutMs` more, then they are cut off and given back. */
  async stop(drainTimeoutMs: number = this.#context.config.drainTimeoutMs): Promise<StopReport> {
    this.#stopped ??= this.#drain(drainTimeoutMs);
    return await this.#stopped;
  }

  async #drain(drainTimeoutMs: number): Promise<StopReport> {
    if (this.#loop === undefined) return { finished: 0, givenBack: 0 };
    const timeout = new Pause(true);
    this.#isStopping = true;
    this.wake();
    // Rows that a claim brings after this point are given back by the loop itself.
    const ended = Promise.all([this.#loop, this.#settled()]);
    await Promise.race([ended, timeout.sleep(drainTimeoutMs)]);
    this.#stopSignal.abort(new Error('the dispatcher stops'));
    await Promise.race([ended.then(() => this.#settled()).then(() => this.#writer.flush()), timeout.sleep(STOP_RESERVE_MS)]);
    timeout.end();
    await this.#sender?.close();
    this.#loop = undefined;
    return { finished: this.#finished, givenBack: this.#givenBack };
  }

  async #settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  async #run(sender: Sender): Promise<void> {
    let errors = 0;
    while (!this.#isStopping) {
      let sleepMs: number;
      try {
        sleepMs = await this.#poll(sender);
        this.#lastPollAt = Date.now();
        errors = 0;
      } catch (error) {
        sleepMs = Math.min(MAX_SLEEP_MS, FIRST_ERROR_SLEEP_MS * 2 ** Math.min(errors++, 10));
        this.#report(error, 'the dispatcher could not poll');
      }
      if (!this.#isStopping && sleepMs > 0) await this.#pause.sleep(sleepMs);
    }
  }

  /** Gives how long to sleep. */
  async #poll(sender: Sender): Promise<number> {
    const free = this.#context.config.slots - this.#inFlight.size;
    if (free <= 0) return MAX_SLEEP_MS;
    await this.#breaker.refresh();
    if (this.#breaker.isOpen) return await this.#pollOpen(sender);
    const claimed = await this.#claim({ kind: 'due', limit: free }, sender);
    if (performance.now() - this.#suspectsCheckedOn > SUSPECT_INTERVAL_MS) await this.#workOnSuspect(sender);
    if (claimed === free) return MAX_SLEEP_MS;
    if (claimed > 0) return MIN_SLEEP_MS;
    const dueIn = await this.#context.deliveries.nextDueIn();
    // What is due and was not claimed is a suspect, or another instance's by now.
    if (dueIn !== undefined && dueIn <= 0) return 1_000;
    return clamp(dueIn ?? MAX_SLEEP_MS, MIN_SLEEP_MS, MAX_SLEEP_MS) * (0.9 + 0.2 * Math.random());
  }

  async #pollOpen(sender: Sender): Promise<number> {
    if (await this.#breaker.takeProbe()) await this.#claim({ kind: 'probe', limit: 1 }, sender);
    return 1_000;
  }

  /** A delivery whose instances died three times in a row may be what kills them: it runs with nothing beside it. */
  async #workOnSuspect(sender: Sender): Promise<void> {
    this.#suspectsCheckedOn = performance.now();
    const claimed = await this.#claimRows({ kind: 'suspect', limit: 1 });
    for (const delivery of claimed) {
      const { id, transactionId, lostLeases } = delivery;
      this.#context.logger.error({ id, transactionId, lostLeases }, 'the processes that worked on this delivery died; it is tried alone');
      this.#context.emitter.emit('delivery.suspect', { delivery: { id, transactionId, lostLeases } });
      await this.#settled();
      if (this.#isStopping) await this.#giveBack([delivery]);
      else await this.#work(delivery, sender);
    }
  }

  async #claim(request: Pick<ClaimRequest, 'kind' | 'limit'>, sender: Sender): Promise<number> {
    const claimed = await this.#claimRows(request);
    if (this.#isStopping) await this.#giveBack(claimed);
    else for (const delivery of claimed) this.#begin(delivery, sender);
    return claimed.length;
  }

  async #claimRows({ kind, limit }: Pick<ClaimRequest, 'kind' | 'limit'>): Promise<readonly ClaimedDelivery[]> {
    return await this.#context.deliveries.claim({ kind, limit, lease: randomUUID(), leaseMs: this.#context.config.leaseMs });
  }

  #begin(delivery: ClaimedDelivery, sender: Sender): void {
    const work = this.#work(delivery, sender).finally(() => {
      this.#inFlight.delete(work);
      this.wake();
    });
    this.#inFlight.add(work);
  }

  /** Never rejects: a delivery whose outcome cannot be written is due again when its lease ends. */
  async #work(delivery: ClaimedDelivery, sender: Sender): Promise<void> {
    const claimedOn = performance.now();
    try {
      const delivered = await deliver(delivery, sender, this.#stopSignal.signal);
      const patienceMs = this.#context.config.leaseMs - (performance.now() - claimedOn);
      const isHeld = await this.#writer.write(delivered, this.#isStopping ? STOP_RESERVE_MS : patienceMs);
      if (isHeld) await this.#tell(delivery, delivered);
      else this.#context.logger.warn({ id: delivery.id }, 'a lease was lost before the outcome was recorded');
    } catch (error) {
      this.#report(error, 'an outcome could not be recorded');
    }
  }

  async #tell(delivery: ClaimedDelivery, delivered: Delivered): Promise<void> {
    const { id, transactionId, webhookId, failures } = delivery;
    const { kind, delayMs, lastError, lastStatus } = delivered.outcome;
    if (this.#isStopping) kind === 'returned' ? this.#givenBack++ : this.#finished++;
    if (kind === 'delivered') this.#context.emitter.emit('delivery.delivered', { deliveryId: id, transactionId, webhookId });
    if (kind === 'failed') {
      const next = new Date(Date.now() + delayMs);
      const error = lastError ?? 'failed';
      this.#context.emitter.emit('delivery.failing', {
        ...{ deliveryId: id, transactionId, failures: failures + 1, status: lastStatus ?? undefined, error, nextAttemptAt: next },
      });
    }
    await this.#breaker.note(delivered);
  }

  async #giveBack(claimed: readonly ClaimedDelivery[]): Promise<void> {
    this.#givenBack += claimed.length;
    await Promise.all(claimed.map((delivery) => this.#writer.write({ outcome: givenBack(delivery), attempts: [] }, STOP_RESERVE_MS)));
  }

  /** A database that is away must not fill the log. */
  #report(error: unknown, context: string): void {
    if (performance.now() - this.#loggedOn < MIN_LOG_INTERVAL_MS) return;
    this.#loggedOn = performance.now();
    this.#context.logger.error({ error: errorText(error) }, context);
    this.#context.emitter.emit('error', { error, context });
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
