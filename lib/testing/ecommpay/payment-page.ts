import { PaymentsError } from '../../domain/errors.ts';
import type { SaleOrder } from './new-payment.ts';
import type { EcommpayPayment } from './payment.ts';
import type { Platform, PlatformParts } from './platform.ts';
import { readPaymentPage } from './read-payment-page.ts';
import { RefusalError } from './refusal-error.ts';

/** What an address of the Payment Page leads to. */
export interface PaymentPageVisit {
  readonly order: SaleOrder;
  /** Undefined as long as the payer has not confirmed. */
  readonly payment: EcommpayPayment | undefined;
}

/** The Payment Page without its looks. */
export class PaymentPage {
  readonly #parts: PlatformParts;
  readonly #platform: Platform;

  constructor(parts: PlatformParts, platform: Platform) {
    this.#parts = parts;
    this.#platform = platform;
  }

  /** Nothing is registered. Throws `RefusalError`. */
  open(parameters: URLSearchParams): PaymentPageVisit {
    const order = readPaymentPage(parameters, this.#parts.config);
    const payment = this.#parts.ledger.find(order.id);
    if (payment === undefined || payment.status === 'error') return { order, payment: undefined };
    const isSame = payment.via === 'payment-page' && payment.amount === order.amount && payment.currency === order.currency;
    if (!isSame) throw new RefusalError('3041', { field: 'payment_id', detail: `${order.id}, for something else` });
    return { order, payment };
  }

  /** The payer chooses CashU: registers the payment, once. Throws `RefusalError`. */
  confirm(parameters: URLSearchParams): EcommpayPayment {
    const { order, payment } = this.open(parameters);
    if (payment !== undefined) return payment;
    if (this.#parts.plans.takeUnavailable('payment')) throw new RefusalError('314', { httpStatus: 503 });
    return this.#platform.register(order);
  }
}

/** Parameters as a test has them: an address, a query or a form's text, or names and values. */
export function pageParameters(given: string | Readonly<Record<string, string>>): URLSearchParams {
  if (typeof given !== 'string') return new URLSearchParams(given);
  const query = given.slice(given.indexOf('?') + 1);
  if (query === '') throw new PaymentsError('ERR_PAYMENTS_STATE', 'The address of the Payment Page has no parameters.');
  return new URLSearchParams(query);
}
