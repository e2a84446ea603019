/** A sum in the smallest units of its currency, as ECommPay writes it. */
export interface ReportedSum {
  readonly units: string;
  /** ISO 4217 alpha-3, upper case. */
  readonly currency: string;
}

/** One operation of a payment: the sale, or a refund. */
export interface ReportedOperation {
  readonly id: string | undefined;
  /** `sale`, `refund`, `reversal`, … */
  readonly type: string;
  readonly status: string;
  readonly requestId: string | undefined;
  readonly merchantRefundId: string | undefined;
  /** What the operation is about; of a refund the sum that goes back. */
  readonly sum: ReportedSum | undefined;
  /** To be shown and logged; nothing is decided by it. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number | undefined;
}

/** Where the payer goes on to pay (Gate). */
export interface RedirectData {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: Readonly<Record<string, string>>;
}

/** What ECommPay says of a payment, by a callback (one operation) or as the answer to a question (all of them). */
export interface PaymentReport {
  readonly source: 'callback' | 'status';
  readonly paymentId: string;
  readonly projectId: string | undefined;
  /** As sent, see `judgePayment`. */
  readonly status: string | undefined;
  /** What is there now: after a refund the rest. */
  readonly sum: ReportedSum | undefined;
  /** The payer may try again in the same payment: nothing is final yet. */
  readonly mayBeTriedAgain: boolean;
  readonly operations: readonly ReportedOperation[];
  readonly redirect: RedirectData | undefined;
}
