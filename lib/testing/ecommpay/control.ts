import { parseAmount } from '../../domain/money.ts';
import type { EcommpayCallback } from './callback-log.ts';
import type { CallbackSender } from './callback-sender.ts';
import { oneOf } from './one-of.ts';
import { type EcommpayOutcome, type EcommpayRefundOutcome, OUTCOMES, REFUND_OUTCOMES } from './outcomes.ts';
import type { EcommpayOperation, EcommpayPayment } from './payment.ts';
import { type PaymentPage, pageParameters } from './payment-page.ts';
import { nextStep, wayOut } from './payment-page-desk.ts';
import { PAYER_ACTIONS, type PayerAction, type Platform, type PlatformParts } from './platform.ts';
import type { RefundDesk } from './refund-desk.ts';
import { invalidValue } from './refusal-error.ts';
import { wireSum } from './sums.ts';

/** What waits for the next payment and for the next refund that the site asks for. */
export interface EcommpayPlans {
  readonly payment: EcommpayOutcome;
  readonly refund: EcommpayRefundOutcome;
}

/**
 * The hand of a test or a person on the stand-in. Amounts are decimal text; unknown payments and impossible acts throw `PaymentsError`
 * (`ERR_PAYMENTS_NOT_FOUND`, `ERR_PAYMENTS_STATE`). Addresses are whole once the stand-in knows its own: by its option `publicUrl`, by a
 * request, or by the address in `confirmPaymentPage`; before that they are paths below the mounted router.
 */
export interface EcommpayControl {
  /** All payments, oldest first. */
  payments(): readonly EcommpayPayment[];
  payment(id: string): EcommpayPayment;
  /** What becomes of the next payment; used up by one. `success` takes it back. */
  setNext(outcome: EcommpayOutcome): void;
  /** What becomes of the next refund that the site asks for. */
  setNextRefund(outcome: EcommpayRefundOutcome): void;
  planned(): EcommpayPlans;
  /**
   * The payer chooses CashU on the Payment Page: registers the payment and returns where the browser goes next, mostly CashU's page.
   * Takes the address to which the site sends the payer, or the parameters. Throws what the Payment Page would show as an error.
   */
  confirmPaymentPage(parameters: string | Readonly<Record<string, string>>): string;
  /**
   * The payer presses a button on CashU's page; returns where the browser goes then. A payment of the Gate waits for it only after its
   * redirect data were sent: await `settled()`.
   */
  act(paymentId: string, action: PayerAction): string;
  /** The payer's time is over (603). */
  expire(paymentId: string): EcommpayPayment;
  /** A refund that the site did not ask for: all that is left, or a part. */
  refundFromDashboard(paymentId: string, amount?: string): EcommpayOperation;
  /** Sends the last callback of a payment once more, byte for byte; also one that was lost. */
  resend(paymentId: string): void;
  /** Sends an intermediate callback, status `processing`, whatever has become of the payment. */
  sendProcessing(paymentId: string): void;
  /** The newest 500 callbacks with every attempt, oldest first; of one payment or of all. */
  callbacks(paymentId?: string): readonly EcommpayCallback[];
  /** Resolves when nothing is under way, late or waits for a repeat any more. A payment that waits for its payer does not count. */
  settled(): Promise<void>;
}

interface ControlParts extends PlatformParts {
  readonly sender: CallbackSender;
  readonly platform: Platform;
  readonly refunds: RefundDesk;
  readonly page: PaymentPage;
}

export function createControl(parts: ControlParts): EcommpayControl {
  const { agenda, desk, ledger, plans, platform, sender, whereabouts } = parts;
  return {
    payments: () => ledger.list(),
    payment: (id) => ledger.get(id),
    setNext: (outcome) => {
      plans.payment = oneOf(OUTCOMES, outcome);
    },
    setNextRefund: (outcome) => {
      plans.refund = oneOf(REFUND_OUTCOMES, outcome);
    },
    planned: () => ({ payment: plans.payment, refund: plans.refund }),
    confirmPaymentPage: (parameters) => confirm(parts, parameters),
    act: (id, action) => whereabouts.whole(wayOut(platform.act(id, oneOf(PAYER_ACTIONS, action)))),
    expire: (id) => platform.expire(id),
    refundFromDashboard: (id, amount) => refundFromDashboard(parts, id, amount),
    resend: (id) => desk.resend(ledger.get(id).id),
    sendProcessing: (id) => platform.sendProcessing(id),
    callbacks: (id) => sender.log.list().filter(({ paymentId }) => id === undefined || paymentId === ledger.get(id).id),
    settled: () => agenda.settled(),
  };
}

function confirm({ page, whereabouts }: ControlParts, parameters: Parameters<EcommpayControl['confirmPaymentPage']>[0]): string {
  if (typeof parameters === 'string' && URL.canParse(parameters)) whereabouts.learnFromPaymentPage(parameters);
  const payment = page.confirm(pageParameters(parameters));
  return whereabouts.whole(nextStep(payment));
}

function refundFromDashboard({ ledger, refunds }: ControlParts, id: string, amount: string | undefined): EcommpayOperation {
  const payment = ledger.get(id);
  const canonical = amount === undefined ? undefined : requireAmount(amount, payment.currency);
  const order = { paymentId: payment.id, amount: canonical, currency: payment.currency, description: 'Refund in the Dashboard' };
  return refunds.open({ ...order, merchantRefundId: undefined, callbackUrl: undefined }, 'success');
}

function requireAmount(text: string, currency: string): string {
  const amount = parseAmount(text);
  if (amount !== undefined && wireSum(amount, currency).amount > 0) return amount;
  throw invalidValue('amount', `"${text}" is no amount above 0 in ${currency}`);
}
