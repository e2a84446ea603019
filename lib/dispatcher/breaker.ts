import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentsEmitter } from '../domain/events.ts';
import type { Logger } from '../domain/logger.ts';
import type { DeliveryStore } from '../storage/delivery-store.ts';
import type { EndpointState, EndpointStore } from '../storage/endpoint-store.ts';
import type { Delivered } from './deliver.ts';
import { probeDelayMs } from './retry-schedule.ts';

/** After so many failures in a row the endpoint counts as down. */
const THRESHOLD = 10;
/** How old the knowledge of the other instances' failures may be. */
const REFRESH_MS = 1_000;
/** Recovery: so many rows are pulled forward into each window. */
const RECOVERY_BATCH = 1_000;
const RECOVERY_WINDOW_MS = 2_000;

export interface BreakerContext {
  readonly endpoint: EndpointStore;
  readonly deliveries: DeliveryStore;
  readonly emitter: PaymentsEmitter;
  readonly logger: Logger;
  wake(): void;
}

/**
 * Spares a back-end that is down: one probe at a time instead of the whole backlog, for all instances together, since the state is a row.
 * With the first answer that is no fault of the endpoint everything that waits is pulled forward, spread over time.
 */
export class Breaker {
  readonly #context: BreakerContext;
  #state: EndpointState = { failures: 0, isOpen: false };
  #refreshedOn = Number.NEGATIVE_INFINITY;
  #lastFailed: string | undefined;

  constructor(context: BreakerContext) {
    this.#context = context;
  }

  get isOpen(): boolean {
    return this.#state.isOpen;
  }

  async refresh(): Promise<void> {
    if (performance.now() - this.#refreshedOn < REFRESH_MS) return;
    this.#state = await this.#context.endpoint.read();
    this.#refreshedOn = performance.now();
  }

  /** True for the one instance that may send the next probe. */
  async takeProbe(): Promise<boolean> {
    return await this.#context.endpoint.takeProbe((probes) => probeDelayMs(probes + 1));
  }

  /** Learns from how a delivery ended. */
  async note({ outcome, last }: Delivered): Promise<void> {
    // A refusal is an answer too: the endpoint is up.
    const isUp = outcome.kind === 'delivered' || (outcome.kind === 'failed' && last?.isEndpointFault === false);
    if (isUp) return await this.#answered();
    // One delivery that is refused again and again says nothing of the endpoint.
    if (outcome.kind !== 'failed' || this.#lastFailed === outcome.id) return;
    this.#lastFailed = outcome.id;
    // What the other instances know is learnt with it, so that none of them goes on with the backlog.
    const { hasOpened, ...state } = await this.#context.endpoint.addFailures(1, THRESHOLD, probeDelayMs(0));
    this.#state = state;
    if (!hasOpened) return;
    this.#context.logger.error({ failures: THRESHOLD }, 'the webhook endpoint seems to be down: only probes are sent');
    this.#context.emitter.emit('endpoint.down', { failures: THRESHOLD });
  }

  async #answered(): Promise<void> {
    this.#lastFailed = undefined;
    if (!this.#state.isOpen && this.#state.failures === 0) return;
    this.#state = { failures: 0, isOpen: false };
    if (await this.#context.endpoint.close()) await this.#recover();
  }

  async #recover(): Promise<void> {
    const { deliveries, emitter, logger, wake } = this.#context;
    const waiting = await deliveries.backlog();
    logger.warn({ waiting }, 'the webhook endpoint is back');
    emitter.emit('delivery.recovered', { waiting });
    wake();
    for (let window = RECOVERY_WINDOW_MS; ; window += RECOVERY_WINDOW_MS) {
      const pulled = await deliveries.pullForward(RECOVERY_BATCH, window, RECOVERY_WINDOW_MS);
      wake();
      if (pulled < RECOVERY_BATCH) return;
      await sleep(0);
    }
  }
}
