import { errorText } from '../domain/errors.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import { holdProcess } from '../domain/hold-process.ts';
import type { Logger } from '../domain/logger.ts';
import type { DeliveryStore } from '../storage/delivery-store.ts';
import type { ClaimedDelivery } from '../storage/rows.ts';
import type { Sender } from './attempt.ts';
import type { Breaker } from './breaker.ts';
import { type Delivered, deliver, givenBack } from './deliver.ts';
import { OutcomeWriter } from './outcome-writer.ts';

export interface DeliveryWorkContext {
  readonly deliveries: DeliveryStore;
  readonly sender: Sender;
  readonly breaker: Breaker;
  readonly emitter: PaymentsEmitter;
  readonly logger: Logger;
  readonly leaseMs: number;
  /** A slot is free again. */
  onFree(): void;
}

/** How long outcomes may take to be written once the dispatcher stops, when the database does not answer. */
export const STOP_RESERVE_MS = 2_000;

/** The deliveries under way in this process, from their claim to the record of their outcome. */
export class DeliveryWork {
  readonly #context: DeliveryWorkContext;
  readonly #writer: OutcomeWriter;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #isDraining = false;
  #finished = 0;
  #givenBack = 0;

  constructor(context: DeliveryWorkContext) {
    this.#context = context;
    this.#writer = new OutcomeWriter(context.deliveries);
  }

  get size(): number {
    return this.#inFlight.size;
  }

  /** No more claims: the dispatcher stops. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** What happened since `drain`. */
  get report(): { readonly finished: number; readonly givenBack: number } {
    return { finished: this.#finished, givenBack: this.#givenBack };
  }

  begin(delivery: ClaimedDelivery): void {
    // A process that ended between the answer and its record would hand the payment over twice.
    const work = holdProcess(this.#workOn(delivery)).finally(() => {
      this.#inFlight.delete(work);
      this.#context.onFree();
    });
    this.#inFlight.add(work);
  }

  /** From now on what ends is counted, and outcomes do not wait long for the database. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Cuts off what is under way; it is given back. */
  cutOff(): void {
    this.#stop.abort(new Error('the dispatcher stops'));
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    await this.#writer.flush();
  }

  async giveBack(claimed: readonly ClaimedDelivery[]): Promise<void> {
    this.#givenBack += claimed.length;
    await Promise.all(claimed.map((delivery) => this.#writer.write({ outcome: givenBack(delivery), attempts: [] }, STOP_RESERVE_MS)));
  }

  /** Never rejects: a delivery whose outcome cannot be written is due again when its lease ends. */
  async #workOn(delivery: ClaimedDelivery): Promise<void> {
    const { sender, leaseMs, logger, emitter } = this.#context;
    const claimedOn = performance.now();
    try {
      const delivered = await deliver(delivery, sender, this.#stop.signal);
      const patienceMs = this.#isDraining ? STOP_RESERVE_MS : leaseMs - (performance.now() - claimedOn);
      const isHeld = await this.#writer.write(delivered, patienceMs);
      if (isHeld) await this.#tell(delivery, delivered);
      else logger.warn({ id: delivery.id }, 'a lease was lost before the outcome was recorded');
    } catch (error) {
      logger.error({ id: delivery.id, error: errorText(error) }, 'an outcome could not be recorded');
      emitter.emit('error', { error, context: 'outcome' });
    }
  }

  async #tell({ id, transactionId, webhookId, failures }: ClaimedDelivery, delivered: Delivered): Promise<void> {
    const { kind, delayMs, lastError, lastStatus } = delivered.outcome;
    if (this.#isDraining && kind === 'returned') this.#givenBack++;
    else if (this.#isDraining) this.#finished++;
    const { emitter, breaker } = this.#context;
    if (kind === 'delivered') emitter.emit('delivery.delivered', { deliveryId: id, transactionId, webhookId });
    if (kind === 'failed') {
      const nextAttemptAt = new Date(Date.now() + delayMs);
      const failure = { failures: failures + 1, status: lastStatus ?? undefined, error: lastError ?? 'failed', nextAttemptAt };
      emitter.emit('delivery.failing', { deliveryId: id, transactionId, ...failure });
    }
    await breaker.note(delivered);
  }
}
