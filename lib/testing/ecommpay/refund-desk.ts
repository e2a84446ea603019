import { compareAmounts, fromScaled, isPositive, toScaled } from '../../domain/money.ts';
import { newOperation } from './new-payment.ts';
import type { EcommpayRefundOutcome } from './outcomes.ts';
import { type EcommpayOperation, type EcommpayPayment, isPaid, saleOf } from './payment.ts';
import type { PlatformParts } from './platform.ts';
import { RefusalError } from './refusal-error.ts';

/** What a refund asks for; checked as far as one can without the books. */
export interface RefundOrder {
  readonly paymentId: string;
  /** Decimal text; without it all that is left. */
  readonly amount: string | undefined;
  readonly currency: string | undefined;
  readonly description: string;
  readonly merchantRefundId: string | undefined;
  readonly callbackUrl: string | undefined;
}

const SUCCESS = '0';
const NOT_AVAILABLE = '20202';

/** Money on its way back. */
export class RefundDesk {
  readonly #parts: PlatformParts;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
  }

  /** Takes an order; the result follows. Throws `RefusalError`. */
  open(order: RefundOrder, outcome: EcommpayRefundOutcome): EcommpayOperation {
    const { ledger, agenda, config } = this.#parts;
    const payment = this.#refundable(order);
    const { description, merchantRefundId, callbackUrl = saleOf(payment).callbackUrl } = order;
    const amount = refundedAmount(payment, order.amount);
    const operation = newOperation({ type: 'refund', amount, description, merchantRefundId, callbackUrl }, payment.operations);
    ledger.put({ ...payment, operations: [...payment.operations, operation] });
    agenda.after(config.stepMs, () => this.#finish(payment.id, operation, outcome));
    return operation;
  }

  #refundable({ paymentId, currency, merchantRefundId }: RefundOrder): EcommpayPayment {
    const { ledger } = this.#parts;
    const payment = ledger.find(paymentId);
    if (payment === undefined) throw new RefusalError('3061', { field: 'general.payment_id', detail: paymentId });
    if (merchantRefundId !== undefined && ledger.hasRefund(merchantRefundId))
      throw new RefusalError('3230', { field: 'payment.merchant_refund_id', detail: merchantRefundId });
    if (!isPaid(payment) || !isPositive(restOf(payment)))
      throw new RefusalError('3060', { detail: `${payment.status}, with ${restOf(payment)} left` });
    if (currency !== undefined && currency !== payment.currency)
      throw new RefusalError('3284', { field: 'payment.currency', detail: `the payment has ${payment.currency}` });
    return payment;
  }

  #finish(paymentId: string, opened: EcommpayOperation, outcome: EcommpayRefundOutcome): void {
    const { ledger, desk } = this.#parts;
    const isRefused = outcome === 'refusal' || outcome === 'refusal-code-0';
    const code = outcome === 'refusal' ? NOT_AVAILABLE : SUCCESS;
    const operation = { ...opened, status: isRefused ? 'decline' : 'success', code, changedAt: Date.now() } as const;
    const before = ledger.get(paymentId);
    const payment = ledger.changeOperation(paymentId, operation, isRefused ? {} : afterRefund(before, operation.amount));
    desk.sendResult({ payment, operation, outcome });
  }
}

/** What is left when every refund that is under way is done. */
function restOf({ rest, operations }: EcommpayPayment): string {
  const underWay = operations.filter(({ type, status }) => type === 'refund' && status === 'processing');
  return fromScaled(underWay.reduce((left, { amount }) => left - toScaled(amount), toScaled(rest)));
}

function refundedAmount(payment: EcommpayPayment, asked: string | undefined): string {
  const rest = restOf(payment);
  if (asked === undefined) return rest;
  if (compareAmounts(asked, rest) <= 0) return asked;
  throw new RefusalError('3283', { field: 'payment.amount', detail: `${asked} of ${rest} ${payment.currency}` });
}

function afterRefund({ rest }: EcommpayPayment, amount: string): Pick<EcommpayPayment, 'rest' | 'status'> {
  const left = fromScaled(toScaled(rest) - toScaled(amount));
  return { rest: left, status: isPositive(left) ? 'partially refunded' : 'refunded' };
}
