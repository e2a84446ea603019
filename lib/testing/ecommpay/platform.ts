import { PaymentsError } from '../../domain/errors.ts';
import type { Agenda } from './agenda.ts';
import { type CallbackDesk, LATE_MS } from './callback-desk.ts';
import { newPayment, type SaleOrder, UNDER_WAY } from './new-payment.ts';
import type { Plans } from './outcomes.ts';
import { type EcommpayPayment, type EcommpayPaymentStatus, isOpen, saleOf } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { RefusalError } from './refusal-error.ts';
import type { EcommpayConfig } from './stand-in-options.ts';
import { amountOf, wireSum } from './sums.ts';
import type { Whereabouts } from './whereabouts.ts';

/** What everything inside of the stand-in works with. */
export interface PlatformParts {
  readonly config: EcommpayConfig;
  readonly agenda: Agenda;
  readonly ledger: PaymentLedger;
  readonly desk: CallbackDesk;
  readonly plans: Plans;
  readonly whereabouts: Whereabouts;
}

/** What a payer does on CashU's page: pays, is refused (20202), has not enough money (20105), cancels (20301). */
export type PayerAction = (typeof PAYER_ACTIONS)[number];

export const PAYER_ACTIONS = ['pay', 'refuse', 'insufficient', 'cancel'] as const;

type SaleStatus = Extract<EcommpayPaymentStatus, 'success' | 'decline' | 'error'>;

const SUCCESS = '0';
const VALIDATION_ERROR = '502';
const AUTO_DECLINE = '603';
const NOT_AVAILABLE = '20202';
const DECLINES: Readonly<Record<Exclude<PayerAction, 'pay'>, string>> = { refuse: NOT_AVAILABLE, insufficient: '20105', cancel: '20301' };

/** Sales, from the order to the result: every change of a payment and the callback that follows from it. */
export class Platform {
  readonly #parts: PlatformParts;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
  }

  /** Takes an order. Throws `RefusalError` 3041 for an id that exists, unless it ended with the status `error`. */
  register(order: SaleOrder): EcommpayPayment {
    const { ledger, plans, config, agenda } = this.#parts;
    const before = ledger.find(order.id);
    if (before !== undefined && before.status !== 'error') throw new RefusalError('3041', { field: 'payment_id', detail: order.id });
    const { limitMs } = config;
    const callbackUrl = order.callbackUrl ?? config.callbackUrl;
    const payment = ledger.put(newPayment(order, { outcome: plans.takePayment(), callbackUrl, limitMs, before }));
    agenda.remind(payment.expiresAt - Date.now(), () => this.#expireIfOpen(payment));
    if (payment.via === 'payment-page') return this.#passToCashu(payment);
    agenda.after(config.stepMs, () => void this.#passToCashu(payment));
    return payment;
  }

  /** What the payer does on CashU's page. Throws `PaymentsError` unless the payment waits for it. */
  act(id: string, action: PayerAction): EcommpayPayment {
    const payment = this.#parts.ledger.get(id);
    if (payment.status !== 'awaiting redirect result')
      throw new PaymentsError('ERR_PAYMENTS_STATE', `Payment "${id}" is in state "${payment.status}" and does not wait for the payer.`);
    if (action !== 'pay') return this.#finish(payment, 'decline', DECLINES[action]);
    if (payment.outcome === 'refusal') return this.#finish(payment, 'decline', NOT_AVAILABLE);
    return payment.outcome === 'slow' ? this.#payLate(payment) : this.#pay(payment);
  }

  /** The time of the payer is over. Throws `PaymentsError` when the payment has ended. */
  expire(id: string): EcommpayPayment {
    const payment = this.#parts.ledger.get(id);
    if (!isOpen(payment)) throw new PaymentsError('ERR_PAYMENTS_STATE', `Payment "${id}" has ended: ${payment.status}.`);
    return this.#finish(payment, 'decline', AUTO_DECLINE);
  }

  /** An intermediate callback that comes after its time; nothing changes. */
  sendProcessing(id: string): void {
    const payment = this.#parts.ledger.get(id);
    const operation = { ...saleOf(payment), status: 'processing', code: UNDER_WAY } as const;
    this.#parts.desk.sendProgress({ payment: { ...payment, status: 'processing' }, operation, outcome: 'success' });
  }

  #passToCashu(payment: EcommpayPayment): EcommpayPayment {
    const { desk, whereabouts } = this.#parts;
    if (!this.#isCurrent(payment)) return payment;
    if (payment.outcome === 'error') return this.#finish(payment, 'error', VALIDATION_ERROR);
    if (payment.outcome === 'redirectless') {
      desk.sendProgress({ payment, operation: saleOf(payment), outcome: payment.outcome });
      return payment;
    }
    const waiting = this.#move(payment, 'awaiting redirect result');
    const redirect = { method: 'POST', body: { Transaction_Code: payment.transactionCode }, encrypted: [], url: whereabouts.cashuUrl };
    // On the Payment Page the redirect is its own business.
    if (payment.via === 'gate') {
      desk.sendProgress({ payment: waiting, operation: saleOf(waiting), outcome: payment.outcome, extra: { redirect_data: redirect } });
    }
    return waiting;
  }

  #pay(payment: EcommpayPayment): EcommpayPayment {
    if (payment.outcome !== 'wrong-amount') return this.#finish(payment, 'success', SUCCESS);
    const amount = otherAmount(payment);
    const operation = { ...saleOf(payment), amount };
    return this.#finish(this.#parts.ledger.changeOperation(payment.id, operation, { rest: amount }), 'success', SUCCESS);
  }

  #payLate(payment: EcommpayPayment): EcommpayPayment {
    const { agenda, config } = this.#parts;
    const waiting = this.#move(payment, 'external processing');
    agenda.after(LATE_MS / config.speed, () => {
      if (this.#isCurrent(payment)) this.#finish(waiting, 'success', SUCCESS);
    });
    return waiting;
  }

  /** Who has paid is not declined for being late. */
  #expireIfOpen(payment: EcommpayPayment): void {
    const { status } = this.#parts.ledger.get(payment.id);
    if (this.#isCurrent(payment) && status !== 'external processing') this.#finish(payment, 'decline', AUTO_DECLINE);
  }

  /** Whether the payment still is the one of its id, and open. */
  #isCurrent({ id, transactionCode }: EcommpayPayment): boolean {
    const now = this.#parts.ledger.get(id);
    return now.transactionCode === transactionCode && isOpen(now);
  }

  #move(payment: EcommpayPayment, status: 'awaiting redirect result' | 'external processing'): EcommpayPayment {
    const operation = { ...saleOf(payment), status, changedAt: Date.now() };
    return this.#parts.ledger.changeOperation(payment.id, operation, { status });
  }

  #finish({ id }: EcommpayPayment, status: SaleStatus, code: string): EcommpayPayment {
    const { ledger, desk } = this.#parts;
    const operation = { ...saleOf(ledger.get(id)), status, code, changedAt: Date.now() };
    const payment = ledger.changeOperation(id, operation, { status });
    const extra = status === 'error' ? { errors: [{ code, message: 'The data of the payment did not pass the checks' }] } : {};
    desk.sendResult({ payment, operation, outcome: payment.outcome, extra });
    return payment;
  }
}

/** Half of what was ordered. */
function otherAmount({ amount, currency }: EcommpayPayment): string {
  const units = wireSum(amount, currency).amount;
  return amountOf(String(units === 1 ? 2 : Math.floor(units / 2)), currency) ?? amount;
}
