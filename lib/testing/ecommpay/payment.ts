import type { Language } from '../../http/choose-language.ts';
import type { EcommpayOutcome } from './outcomes.ts';

/** Source of the names: https://developers.ecommpay.com/en/en_PP_Callbacks.html */
export type EcommpayPaymentStatus = EcommpayOperationStatus | 'partially refunded' | 'refunded';

export type EcommpayOperationStatus = 'processing' | 'awaiting redirect result' | 'external processing' | 'success' | 'decline' | 'error';

/** The sale of a payment, or a refund. */
export interface EcommpayOperation {
  readonly id: number;
  readonly type: 'sale' | 'refund';
  readonly status: EcommpayOperationStatus;
  /** Decimal text in the payment's currency; of a refund what goes back. */
  readonly amount: string;
  readonly requestId: string;
  /** Of a refund that named one. */
  readonly merchantRefundId: string | undefined;
  readonly description: string;
  /** Operation code, "0" for success; "9999" while it is under way. */
  readonly code: string;
  /** CashU's own number. */
  readonly providerPaymentId: string;
  /** Where its callbacks go. */
  readonly callbackUrl: string;
  /** Milliseconds since the Unix epoch, as the one below. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** A payment in the books of the stand-in. */
export interface EcommpayPayment {
  /** `payment_id` as the site wrote it. ECommPay does not tell upper from lower case. */
  readonly id: string;
  readonly via: 'payment-page' | 'gate';
  readonly status: EcommpayPaymentStatus;
  readonly outcome: EcommpayOutcome;
  /** What was ordered: decimal text, "25.00". */
  readonly amount: string;
  /** Decimal text: what is there now, less than was paid after refunds. Callbacks carry it as `payment.sum`. */
  readonly rest: string;
  readonly currency: string;
  readonly customerId: string;
  readonly description: string;
  /** Oldest first. */
  readonly operations: readonly EcommpayOperation[];
  /** Opens CashU's page, `Transaction_Code`. */
  readonly transactionCode: string;
  readonly waysBack: WaysBack;
  /** The payer's, where the site has named it. */
  readonly language: Language | undefined;
  /** Milliseconds since the Unix epoch, as the two below. */
  readonly createdAt: number;
  readonly changedAt: number;
  /** When it is declined by itself if the payer has done nothing. */
  readonly expiresAt: number;
}

/** Where the payer goes afterwards. */
export interface WaysBack {
  readonly success: WayBack;
  readonly decline: WayBack;
  /** While there is no result. */
  readonly open: WayBack;
}

export interface WayBack {
  readonly address: string | undefined;
  /** By itself, else by a button on the result page. */
  readonly isAutomatic: boolean;
}

/** The sale that counts: after the status `error` the same payment may have a second one. */
export function saleOf(payment: EcommpayPayment): EcommpayOperation {
  const sale = payment.operations.findLast(({ type }) => type === 'sale');
  if (sale === undefined) throw new TypeError(`payment ${payment.id} has no sale`);
  return sale;
}

const OPEN: ReadonlySet<EcommpayPaymentStatus> = new Set(['processing', 'awaiting redirect result', 'external processing']);

/** Whether the result is still to come. */
export function isOpen({ status }: EcommpayPayment): boolean {
  return OPEN.has(status);
}

/** Whether there was a success, refunded since or not. */
export function isPaid({ status }: EcommpayPayment): boolean {
  return status === 'success' || status === 'partially refunded' || status === 'refunded';
}

export function wayBackOf(payment: EcommpayPayment): WayBack {
  const { success, decline, open } = payment.waysBack;
  if (isOpen(payment)) return open;
  return isPaid(payment) ? success : decline;
}
