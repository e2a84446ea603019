/**
 * - `paid`: the money is there
 * - `declined`: over; another attempt needs another payment
 * - `returned`: it was paid, and some or all of it went back
 * - `pending`: under way
 * - `unclear`: nothing can be concluded, ask for the status
 */
export type PaymentVerdict = 'paid' | 'declined' | 'returned' | 'pending' | 'unclear';

/** Both spellings of cancelled occur. Sources: ECommPay's PHP and WooCommerce libraries; https://developers.ecommpay.com/en/en_PP_Callbacks.html */
const VERDICTS: Readonly<Record<string, PaymentVerdict>> = {
  success: 'paid',
  decline: 'declined',
  error: 'declined',
  canceled: 'declined',
  cancelled: 'declined',
  refunded: 'returned',
  reversed: 'returned',
  'partially refunded': 'returned',
  'partially reversed': 'returned',
  processing: 'pending',
  'external processing': 'pending',
};

/** What the status of a payment means. One that is not known is neither paid nor failed. */
export function judgePayment(status: string | undefined): PaymentVerdict {
  if (status === undefined) return 'unclear';
  if (Object.hasOwn(VERDICTS, status)) return VERDICTS[status] ?? 'unclear';
  return status.startsWith('awaiting ') ? 'pending' : 'unclear';
}

const REFUSED: ReadonlySet<string> = new Set(['decline', 'error', 'canceled', 'cancelled', 'expired']);

/** What the status of an operation means. An error inside of ECommPay or CashU says nothing about the money. */
export function judgeOperation(status: string): 'done' | 'refused' | 'pending' {
  if (status === 'success') return 'done';
  return REFUSED.has(status) ? 'refused' : 'pending';
}

/** Money that goes back: a reversal is a refund on the day of the payment. */
export function isRefund({ type }: { readonly type: string }): boolean {
  return type === 'refund' || type === 'reversal';
}
