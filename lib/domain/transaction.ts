import type { Provider } from './notification.ts';

/**
 * - `authorized`: money is reserved (two-stage payment)
 * - `paid`: money was taken
 * - `cancelled`: the reservation was given up
 * - `partially_refunded`, `refunded`: some or all of the money went back
 */
export type TransactionState = 'authorized' | 'paid' | 'cancelled' | 'partially_refunded' | 'refunded';

/** Why a payment is kept back instead of being handed over; a person decides. */
export type ReviewReason =
  | 'test_payment'
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'account_mismatch'
  | 'order_mismatch'
  | 'binding_invalid'
  | 'unknown_order'
  | 'order_already_paid'
  | 'captured_more_than_authorized';

/** A payment as the tables have it: one row of `cloudpayments_transaction`. */
export interface Transaction {
  /** The row's number, as text: a bigint does not fit into a JavaScript number. */
  readonly id: string;
  readonly provider: Provider;
  /** CloudPayments' TransactionId; for CashU the payment_id. */
  readonly code: string;
  readonly account: string;
  /** Canonical decimal text, e.g. "25.00": what was paid; for a reservation what is reserved. */
  readonly sum: string;
  /** ISO 4217 alpha-3. */
  readonly currency: string;
  readonly state: TransactionState;
  /** True once the merchant's back-end has taken the payment over (column `status` = 1). */
  readonly isCompleted: boolean;
  readonly refundedSum: string;
  readonly isTest: boolean;
  /** Set while the payment waits for a person, see `ReviewReason`. */
  readonly review: ReviewReason | undefined;
  readonly invoiceId: string | undefined;
  readonly subscriptionId: string | undefined;
  readonly description: string | undefined;
  /** Reference of our own payment page, where the payment was started there. */
  readonly reference: string | undefined;
  /** The operation's own time (UTC). */
  readonly createdAt: Date;
  /** When its first notification reached us (UTC). */
  readonly receivedAt: Date;
}

/** What a new row of `cloudpayments_transaction` is made of. */
export type NewTransaction = Omit<Transaction, 'id' | 'isCompleted' | 'refundedSum' | 'createdAt' | 'receivedAt'> & {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly receivedAt: number;
};

/** Money was taken, and nothing stands against handing it over. */
export function isDue(transaction: Pick<Transaction, 'state' | 'review'>): boolean {
  return transaction.state !== 'authorized' && transaction.state !== 'cancelled' && transaction.review === undefined;
}
