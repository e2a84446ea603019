import { PaymentsError } from '../../domain/errors.ts';
import type { EcommpayOperation, EcommpayPayment } from './payment.ts';

/** The stand-in's books, in memory; oldest first. */
export class PaymentLedger {
  readonly #payments = new Map<string, EcommpayPayment>();

  put(payment: EcommpayPayment): EcommpayPayment {
    this.#payments.set(keyOf(payment.id), payment);
    return payment;
  }

  find(id: string): EcommpayPayment | undefined {
    return this.#payments.get(keyOf(id));
  }

  /** Throws when there is no such payment. */
  get(id: string): EcommpayPayment {
    return this.find(id) ?? unknown(`payment "${id}"`);
  }

  /** Throws when no payment has this code. */
  byTransactionCode(code: string): EcommpayPayment {
    return this.list().find(({ transactionCode }) => transactionCode === code) ?? unknown('payment with this code');
  }

  change(id: string, change: Partial<EcommpayPayment>): EcommpayPayment {
    return this.put({ ...this.get(id), ...change, changedAt: Date.now() });
  }

  /** Changes one operation, and the payment with it. */
  changeOperation(id: string, operation: EcommpayOperation, change: Partial<EcommpayPayment> = {}): EcommpayPayment {
    const operations = this.get(id).operations.map((each) => (each.id === operation.id ? operation : each));
    return this.change(id, { ...change, operations });
  }

  hasRefund(merchantRefundId: string): boolean {
    return this.list().some(({ operations }) => operations.some((operation) => operation.merchantRefundId === merchantRefundId));
  }

  list(): readonly EcommpayPayment[] {
    return [...this.#payments.values()];
  }
}

/** `order_1` is `Order_1` to ECommPay. */
function keyOf(id: string): string {
  return id.toLowerCase();
}

function unknown(what: string): never {
  throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `The stand-in knows no ${what}.`);
}
