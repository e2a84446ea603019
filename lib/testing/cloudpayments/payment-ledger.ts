import { PaymentsError } from '../../domain/errors.ts';
import type { StandInPayment } from './payment.ts';

/** The stand-in's books, in memory; oldest first. */
export class PaymentLedger {
  readonly #payments = new Map<number, StandInPayment>();

  add(payment: StandInPayment): StandInPayment {
    this.#payments.set(payment.transactionId, payment);
    return payment;
  }

  /** Throws when there is no such operation. */
  get(transactionId: number): StandInPayment {
    const payment = this.#payments.get(transactionId);
    if (payment !== undefined) return payment;
    throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `The stand-in knows no transaction ${transactionId}.`);
  }

  change(transactionId: number, change: Partial<StandInPayment>): StandInPayment {
    return this.add({ ...this.get(transactionId), ...change });
  }

  list(): readonly StandInPayment[] {
    return [...this.#payments.values()];
  }
}
