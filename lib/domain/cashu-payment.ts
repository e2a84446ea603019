import type { ReviewReason } from './transaction.ts';

/**
 * - `created`: stored, nothing known from ECommPay
 * - `pending`: ECommPay is at work, or a status that is not known
 * - `redirect`: the way to CashU is known, the payer is on it
 * - `success`: paid
 * - `decline`: refused
 * - `expired`: not paid in time
 * - `partially_refunded`, `refunded`: some or all of the money went back
 * - `review`: paid, but not what was ordered; a person decides
 */
export type CashuStatus =
  | 'created'
  | 'pending'
  | 'redirect'
  | 'success'
  | 'decline'
  | 'expired'
  | 'partially_refunded'
  | 'refunded'
  | 'review';

/** How a payer comes to CashU: by ECommPay's Payment Page, or by our own progress page (Gate). */
export type CashuFlow = 'payment-page' | 'gate';

export type CashuRefundStatus = 'pending' | 'success' | 'decline';

/** A payment with CashU: one row of `cloudpayments_cashu_payment`. When it succeeds, a transaction with the same code is made. */
export interface CashuPayment {
  /** Unguessable; ECommPay's `payment_id`. */
  readonly paymentId: string;
  readonly account: string;
  /** What was ordered; canonical decimal text. */
  readonly sum: string;
  /** ISO 4217 alpha-3. */
  readonly currency: string;
  readonly description: string;
  readonly status: CashuStatus;
  readonly flow: CashuFlow;
  /** Why it is in review. */
  readonly review: ReviewReason | undefined;
  /** What was really paid, once it was. */
  readonly paidSum: string | undefined;
  readonly paidCurrency: string | undefined;
  readonly refundedSum: string;
  /** The merchant's own order number, from a signed link. */
  readonly orderId: string | undefined;
  /** ECommPay's last word on the sale: to be shown and logged, nothing is decided by it. */
  readonly operationCode: string | undefined;
  readonly operationMessage: string | undefined;
  /** UTC. */
  readonly createdAt: Date;
  /** The time of the operation that paid it (UTC). */
  readonly paidAt: Date | undefined;
}

/** Money of a CashU payment that goes back, or did. */
export interface CashuRefund {
  /** Ours to choose (ECommPay's `merchant_refund_id`); of refunds that were not started here it begins with `ecommpay-` and the number of the operation. */
  readonly refundId: string;
  readonly paymentId: string;
  /** Canonical decimal text, in the currency of the payment. */
  readonly amount: string;
  readonly status: CashuRefundStatus;
  readonly description: string;
  /** Started here, and not in ECommPay's Dashboard. */
  readonly isOurs: boolean;
  readonly operationCode: string | undefined;
  readonly operationMessage: string | undefined;
  /** UTC. */
  readonly createdAt: Date;
  /** When it succeeded or was refused (UTC). */
  readonly finishedAt: Date | undefined;
}

/** Nothing final is known yet. */
export function isOpen({ status }: Pick<CashuPayment, 'status'>): boolean {
  return status === 'created' || status === 'pending' || status === 'redirect';
}

/** Money came, whatever became of it. */
export function isPaid({ status }: Pick<CashuPayment, 'status'>): boolean {
  return status === 'success' || status === 'partially_refunded' || status === 'refunded' || status === 'review';
}
