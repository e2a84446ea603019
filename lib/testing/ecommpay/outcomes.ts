/**
 * What becomes of a payment.
 * - `success`: what the payer chooses on CashU's page
 * - `refusal`: CashU refuses it (20202), even where the payer pays
 * - `wrong-amount`: the payer pays another sum than was ordered
 * - `late`: the callback of the result comes 35 minutes late; the status is right at once
 * - `slow`: CashU itself tells its result 35 minutes late; until then the status is `external processing`
 * - `duplicate`: the callback of the result comes three times, the last with dates a second later
 * - `lost`: no callback at all; the status answers
 * - `error`: status `error` after the acceptance; the same payment id may be sent again
 * - `redirectless`: CashU never tells where the payer is to go
 * - `unanswered`: the request is taken, and the connection is cut off without an answer
 * - `unavailable`: HTTP 503, and nothing was taken
 */
export type EcommpayOutcome = (typeof OUTCOMES)[number];

/** What becomes of a refund that the site asks for; the names mean the same. `refusal-code-0` is a refusal whose operation code says 0, as in ECommPay's own example. */
export type EcommpayRefundOutcome = (typeof REFUND_OUTCOMES)[number];

export const OUTCOMES = [
  'success',
  'refusal',
  'wrong-amount',
  'late',
  'slow',
  'duplicate',
  'lost',
  'error',
  'redirectless',
  'unanswered',
  'unavailable',
] as const;

export const REFUND_OUTCOMES = ['success', 'refusal', 'refusal-code-0', 'late', 'duplicate', 'lost', 'unanswered', 'unavailable'] as const;

/** What waits for the next payment and for the next refund; each is used up by one. */
export class Plans {
  payment: EcommpayOutcome = 'success';
  refund: EcommpayRefundOutcome = 'success';

  takePayment(): EcommpayOutcome {
    const { payment } = this;
    this.payment = 'success';
    return payment;
  }

  takeRefund(): EcommpayRefundOutcome {
    const { refund } = this;
    this.refund = 'success';
    return refund;
  }

  /** Whether the request at hand is to find nobody there; that uses the plan up. */
  takeUnavailable(kind: 'payment' | 'refund'): boolean {
    if (this[kind] !== 'unavailable') return false;
    this[kind] = 'success';
    return true;
  }
}
