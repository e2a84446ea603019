import type { CashuPayment, CashuRefund, CashuStatus } from './domain/cashu-payment.ts';

/** A CashU payment with its refunds, oldest first. */
export interface CashuPaymentWithRefunds extends CashuPayment {
  readonly refunds: readonly CashuRefund[];
}

/** A refund of a CashU payment that is asked for. */
export interface CashuRefundOptions {
  readonly paymentId: string;
  /** Decimal text or number. Default: the rest. */
  readonly amount?: string | number | undefined;
  /** What the payer may read. Default: the description of the payment. */
  readonly description?: string | undefined;
  /** Of two requests with the same id one refund is made: 1 to 64 letters, digits, - and _. Default: a new one. */
  readonly refundId?: string | undefined;
}

/** A span of time; `to` is not part of it. */
export interface TimeSpan {
  readonly from: Date;
  readonly to: Date;
}

/** CashU payments. Without option `cashu` each method throws `ERR_PAYMENTS_NOT_CONFIGURED`. */
export interface CashuVerbs {
  get(paymentId: string): Promise<CashuPaymentWithRefunds | undefined>;
  /** Newest first. */
  list(options?: {
    /** Rows at most, 1 to 1000. Default 100. */
    readonly limit?: number;
    /** Only payments older than this one: the last one of the page before. */
    readonly beforePaymentId?: string;
    readonly status?: CashuStatus;
    readonly account?: string;
  }): Promise<readonly CashuPayment[]>;
  /**
   * Gives money back, all that is left or a part. Resolves when the refund is stored and ECommPay was asked; how it ends is told by the
   * events `cashu.refund` and `refund`. Throws `PaymentsError`; `ApiError` when ECommPay refuses it.
   */
  refund(options: CashuRefundOptions): Promise<CashuRefund>;
  /** Ends a review: the payment is handed over with the sum that was really paid. */
  approve(paymentId: string): Promise<CashuPaymentWithRefunds>;
  /** ECommPay's own list of operations that were completed in a span of time. Needs `cashu.dataApi`. Throws `ApiError`. */
  operations(span: TimeSpan): Promise<readonly CashuOperation[]>;
  /** Compares that list with the tables. Reports, and changes nothing. */
  reconcile(span: TimeSpan): Promise<CashuReconciliation>;
}

/** One operation, as ECommPay's Data API lists it. */
export interface CashuOperation {
  readonly operationId: string;
  readonly paymentId: string;
  /** `sale`, `refund`, `reversal`, … */
  readonly type: string;
  readonly status: string;
  /** Canonical decimal text; undefined where ECommPay gives none that can be read. */
  readonly amount: string | undefined;
  readonly currency: string;
  /** Payment method as ECommPay names it; undefined where it does not. */
  readonly method: string | undefined;
  readonly createdAt: Date | undefined;
  readonly completedAt: Date | undefined;
}

/**
 * - `missing_here`: ECommPay has it, the tables do not
 * - `missing_there`: the tables have it, ECommPay does not
 * - `amount`: the sums or currencies differ
 * - `status`: both have it, and only one side says that money moved
 */
export type CashuDifferenceKind = 'missing_here' | 'missing_there' | 'amount' | 'status';

/** One side of a difference. */
export interface CashuReconciledSide {
  readonly amount: string | undefined;
  readonly currency: string;
  readonly status: string;
}

export interface CashuDifference {
  readonly kind: CashuDifferenceKind;
  readonly type: 'sale' | 'refund';
  readonly paymentId: string;
  /** Number of the operation at ECommPay, where it is known. */
  readonly operationId: string | undefined;
  readonly refundId: string | undefined;
  readonly here: CashuReconciledSide | undefined;
  readonly there: CashuReconciledSide | undefined;
}

export interface CashuReconciliation {
  readonly from: Date;
  readonly to: Date;
  /** Sales and refunds that agree. */
  readonly matched: number;
  readonly differences: readonly CashuDifference[];
}
