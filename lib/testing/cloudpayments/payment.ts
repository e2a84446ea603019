/** `Authorized` is reserved money; source of the names: https://developers.cloudpayments.ru/#statusy-operatsiy */
export type PaymentStatus = 'AwaitingAuthentication' | 'Authorized' | 'Completed' | 'Cancelled' | 'Declined';

/** The card of a payment as far as others may know it. */
export interface PaymentCard {
  readonly id: string;
  readonly firstSix: string;
  readonly lastFour: string;
  readonly brand: string;
  /** `MM/YY`. */
  readonly expiry: string;
}

/** An operation in the books of the stand-in: a payment or a refund. */
export interface StandInPayment {
  readonly transactionId: number;
  readonly operation: 'Payment' | 'Refund';
  /** Of a refund: the payment that it refunds. */
  readonly originalTransactionId: number | undefined;
  readonly status: PaymentStatus;
  /** `Dual` reserves the money until it is confirmed. */
  readonly schema: 'Single' | 'Dual';
  /** Decimal text, "25.00"; of a confirmed reservation what was captured. */
  readonly amount: string;
  /** Decimal text: the sum of all refunds. */
  readonly refunded: string;
  readonly currency: string;
  readonly card: PaymentCard;
  readonly invoiceId: string | undefined;
  readonly accountId: string | undefined;
  readonly email: string | undefined;
  readonly description: string | undefined;
  /** The widget's `metadata` as JSON text. */
  readonly data: string | undefined;
  readonly ipAddress: string;
  /** `ru-RU` or `en-US`. */
  readonly culture: string;
  /** 0, or the code of the decline. */
  readonly reasonCode: number;
  readonly authCode: string | undefined;
  readonly token: string | undefined;
  /** Milliseconds since the Unix epoch, as the two below. */
  readonly createdAt: number;
  readonly authorizedAt: number | undefined;
  readonly confirmedAt: number | undefined;
}
