import type { CashuPayment, CashuRefund } from '../domain/cashu-payment.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Settlement } from './settle.ts';

/** A payment with what its pages and its watcher need. */
export interface CashuPaymentRow extends CashuPayment {
  /** Number of the row, as text. */
  readonly id: string;
  readonly ip: string;
  readonly language: string;
  readonly successUrl: string | undefined;
  readonly failUrl: string | undefined;
  /** The query of the payment page that it was begun on. */
  readonly pageQuery: string;
  /** JSON: where the payer goes on to CashU. */
  readonly redirect: string | undefined;
  /** ECommPay has told something of it. */
  readonly isKnown: boolean;
  /** What callbacks have left open, for ECommPay to answer. */
  readonly questions: number;
  /** How often it was asked about. */
  readonly checks: number;
}

/** What a payment begins with. */
export type NewCashuPayment = Pick<
  CashuPaymentRow,
  | 'paymentId'
  | 'account'
  | 'sum'
  | 'currency'
  | 'description'
  | 'flow'
  | 'orderId'
  | 'ip'
  | 'language'
  | 'successUrl'
  | 'failUrl'
  | 'pageQuery'
> & {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** A refund with what its watcher needs. */
export interface CashuRefundRow extends CashuRefund {
  /** ECommPay has confirmed that it received the request. */
  readonly isAccepted: boolean;
  readonly requestId: string | undefined;
  readonly operationId: string | undefined;
  readonly checks: number;
}

/** A refund that becomes known; times in milliseconds since the epoch. */
export type NewCashuRefund = Omit<CashuRefundRow, 'checks' | 'createdAt' | 'finishedAt'> & {
  readonly createdAt: number;
  readonly finishedAt: number | undefined;
  /** Milliseconds until it is looked after again. */
  readonly checkInMs: number | undefined;
};

/** Changed columns of a payment; `checkInMs: null` ends the watching. */
export type CashuPaymentUpdate = Partial<
  Pick<
    CashuPaymentRow,
    | 'status'
    | 'review'
    | 'paidSum'
    | 'paidCurrency'
    | 'refundedSum'
    | 'operationCode'
    | 'operationMessage'
    | 'redirect'
    | 'isKnown'
    | 'questions'
  >
> & { readonly paidAt?: number; readonly checkInMs?: number | null };

/** Changed columns of a refund. */
export type CashuRefundUpdate = Partial<
  Pick<CashuRefundRow, 'status' | 'amount' | 'isAccepted' | 'requestId' | 'operationId' | 'operationCode' | 'operationMessage'>
> & { readonly refundId: string; readonly finishedAt?: number; readonly checkInMs?: number | null };

/** All that is known of a payment, read under its lock. */
export interface CashuRecord {
  readonly payment: CashuPaymentRow;
  /** Oldest first. */
  readonly refunds: readonly CashuRefundRow[];
  readonly transaction: Transaction | undefined;
  /** True when its order number was paid by another transaction. */
  readonly isOrderPaid: boolean;
}

/** What is written together. */
export interface CashuSettlement {
  readonly payment?: CashuPaymentUpdate | undefined;
  readonly newRefunds?: readonly NewCashuRefund[] | undefined;
  readonly refunds?: readonly CashuRefundUpdate[] | undefined;
  /** What becomes of the transaction of the same code. */
  readonly transaction?: Settlement | undefined;
}
