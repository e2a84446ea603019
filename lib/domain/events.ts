import { EventEmitter } from 'node:events';
import type { CashuRefundStatus, CashuStatus } from './cashu-payment.ts';
import type { Delivery } from './delivery.ts';
import { errorText } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Notification, Provider } from './notification.ts';
import type { ReviewReason } from './transaction.ts';

/** What happens inside, for the host's own logic and alarms. Listeners are told after the fact was committed. */
export interface PaymentsEvents {
  /** Money was taken; emitted once for each payment, before the merchant's back-end has it. */
  payment: {
    readonly provider: Provider;
    readonly code: string;
    readonly account: string;
    readonly sum: string;
    readonly currency: string;
    readonly isTest: boolean;
  };
  /** A verified notification of any type was stored, or came again. */
  notification: { readonly notification: Notification; readonly outcome: 'stored' | 'repeated' | 'conflict' };
  /** A payment is kept back for a person, see `ReviewReason`. */
  review: { readonly provider: Provider; readonly code: string; readonly account: string; readonly reason: ReviewReason };
  /** A notification contradicts what is known (other amount, refund above the rest, …); kept, not applied. */
  conflict: { readonly notification: Notification; readonly reason: string };
  /** A refund was applied to a transaction. */
  refund: { readonly provider: string; readonly code: string; readonly refundCode: string; readonly amount: string };
  /** A CashU payment has another status than before. */
  'cashu.status': {
    readonly paymentId: string;
    readonly account: string;
    readonly status: CashuStatus;
    readonly operationCode: string | undefined;
  };
  /** A refund of a CashU payment succeeded or was refused, wherever it was started. */
  'cashu.refund': {
    readonly paymentId: string;
    readonly refundId: string;
    readonly amount: string;
    readonly status: Exclude<CashuRefundStatus, 'pending'>;
  };
  /** ECommPay said something that contradicts what is known (late decline, other sum, refund above the rest, …); kept in the log, not applied. */
  'cashu.conflict': { readonly paymentId: string; readonly reason: string };
  /** A notification or callback was refused (signature, unreadable body). */
  refused: { readonly code: string; readonly url: string };
  /** The merchant's back-end has a payment. */
  'delivery.delivered': { readonly deliveryId: string; readonly transactionId: string; readonly webhookId: string };
  /** An attempt failed; it will be repeated. */
  'delivery.failing': {
    readonly deliveryId: string;
    readonly transactionId: string;
    readonly failures: number;
    readonly status: number | undefined;
    readonly error: string;
    readonly nextAttemptAt: Date;
  };
  /** Several attempts in a row failed, whatever the payment: only single probes are sent until one succeeds. */
  'endpoint.down': { readonly failures: number };
  /** The first success after `endpoint.down`, with the number of deliveries that wait. */
  'delivery.recovered': { readonly waiting: number };
  /** The instances that worked on this delivery died three times in a row. */
  'delivery.suspect': { readonly delivery: Pick<Delivery, 'id' | 'transactionId' | 'lostLeases'> };
  /** The first failure to reach the database after it worked. */
  'database.lost': { readonly error: string };
  'database.back': { readonly lostForMs: number };
  /** Anything that a person should look at and that has no event of its own. */
  error: { readonly error: unknown; readonly context: string };
}

type EventArguments = { [Name in keyof PaymentsEvents]: [PaymentsEvents[Name]] };

/** Carries events to the host; a listener that throws harms nobody else, and `error` without a listener is only logged. */
export class PaymentsEmitter {
  readonly #emitter = new EventEmitter<EventArguments>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  on<Name extends keyof PaymentsEvents>(event: Name, listener: (payload: PaymentsEvents[Name]) => void): void {
    this.#emitter.on(event, listener as never);
  }

  off<Name extends keyof PaymentsEvents>(event: Name, listener: (payload: PaymentsEvents[Name]) => void): void {
    this.#emitter.off(event, listener as never);
  }

  emit<Name extends keyof PaymentsEvents>(event: Name, payload: PaymentsEvents[Name]): void {
    if (this.#emitter.listenerCount(event) === 0) return;
    for (const listener of this.#emitter.listeners(event)) {
      try {
        const result: unknown = Reflect.apply(listener, undefined, [payload]);
        if (result instanceof Promise) result.catch((error: unknown) => this.#complain(event, error));
      } catch (error) {
        this.#complain(event, error);
      }
    }
  }

  #complain(event: string, error: unknown): void {
    this.#logger.error({ event, error: errorText(error) }, 'a listener of the payments router threw');
  }
}
