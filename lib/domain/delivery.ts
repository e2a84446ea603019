/** What the merchant is told of. */
export type DeliveryEvent = 'payment' | 'refund';

export type DeliveryStatus = 'pending' | 'delivered' | 'cancelled';

/** One hand-over that is owed to the merchant. */
export interface Delivery {
  readonly id: string;
  readonly transactionId: string;
  readonly event: DeliveryEvent;
  /** The same on every attempt: header `webhook-id`. */
  readonly webhookId: string;
  readonly status: DeliveryStatus;
  /** When it is due, or (while an attempt is under way) when its lease ends. */
  readonly dueAt: Date;
  /** True while an instance works on it. */
  readonly isLeased: boolean;
  /** Attempts since the last success of any kind. */
  readonly failures: number;
  /** How often the instance that worked on it died, in a row. */
  readonly lostLeases: number;
  /** HTTP status of the last answer. */
  readonly lastStatus: number | undefined;
  readonly lastError: string | undefined;
  readonly deliveredAt: Date | undefined;
  readonly createdAt: Date;
}

/** The payment as the merchant gets it: the members of the webhook's JSON, in this order. */
export interface WebhookPayload {
  /** Number of the row in `cloudpayments_transaction`. */
  readonly id: string;
  readonly account: string;
  /** CloudPayments' TransactionId; for CashU the payment_id. Use it (or `webhook-id`) to notice repeats. */
  readonly code: string;
  readonly sum: number;
  /** `YYYY-MM-DD HH:MM:SS` in the configured time zone. */
  readonly created_at: string;
  readonly type: DeliveryEvent;
  readonly provider: string;
  readonly currency: string;
  /** The sum as exact decimal text. */
  readonly amount: string;
  readonly test: boolean;
  readonly invoice_id?: string;
  readonly subscription_id?: string;
  readonly description?: string;
  /** For refunds: number of the refund at the provider. */
  readonly refund_code?: string;
}
