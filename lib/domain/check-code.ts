/**
 * Answers that CloudPayments understands at Check.
 * Source: https://developers.cloudpayments.ru/#check and #kody-obrabotki-otvetov-na-check-uvedomlenie
 */
export const CheckCode = {
  /** The payment may proceed. */
  accept: 0,
  unknownOrder: 10,
  unknownAccount: 11,
  wrongAmount: 12,
  /** Cannot be accepted now; the payer may try later. */
  notNow: 13,
  /** The order has expired. */
  expired: 20,
} as const;

export type CheckCode = (typeof CheckCode)[keyof typeof CheckCode];
