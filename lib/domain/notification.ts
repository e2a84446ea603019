/** What CloudPayments calls us for; the type is the last part of the address, it stands nowhere in the message. */
export const NOTIFICATION_TYPES = ['check', 'pay', 'fail', 'confirm', 'refund', 'cancel', 'recurrent', 'receipt'] as const;

export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

export type Provider = 'cloudpayments' | 'cashu';

/** A notification after its signature was verified and its parameters were read. */
export interface Notification {
  readonly provider: Provider;
  readonly type: NotificationType;
  /** What makes two notifications of one type the same: the TransactionId, or a digest where there is none. */
  readonly externalId: string;
  /** The payment it speaks of (for a refund: the payment that is refunded); undefined for subscriptions. */
  readonly paymentCode: string | undefined;
  /** Canonical decimal text. */
  readonly amount: string | undefined;
  readonly currency: string | undefined;
  /** `Completed`, `Authorized`, … as sent. */
  readonly status: string | undefined;
  readonly account: string | undefined;
  readonly invoiceId: string | undefined;
  readonly subscriptionId: string | undefined;
  readonly description: string | undefined;
  readonly email: string | undefined;
  readonly isTest: boolean;
  /** The operation's own time, milliseconds since the epoch; undefined when none or none that can be read was sent. */
  readonly occurredAt: number | undefined;
  /** Every parameter with content, by its name; names that this version does not know are kept. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Fields whose change makes a repeat a contradiction: a notification that comes again says the same of money.
 */
export function notificationDigest(notification: Notification): string {
  return [notification.amount ?? '', notification.currency ?? '', notification.status ?? ''].join(' ').slice(0, 128);
}
