import { isOpen } from '../domain/cashu-payment.ts';
import { ApiError, errorText } from '../domain/errors.ts';
import type { PaymentReport } from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuPaymentUpdate, CashuRecord, CashuRefundRow } from '../storage/cashu-rows.ts';
import type { CashuContext } from './cashu-context.ts';
import { type CashuFold, foldReport } from './fold-cashu.ts';
import { refundPause, sendRefund } from './refund-cashu-payment.ts';
import { settleAndTell } from './settle-cashu-payment.ts';

const AT_ONCE = 10;
const LEASE_MS = 60_000;
const FIRST_REFUND_PAUSE_MS = 60_000;
/** A payment that nobody could be asked about for a day is asked about hourly. */
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** After its expiry a payment that ECommPay was at work on is asked about a few times more: its callback may have been lost. */
const LATE_CHECKS_MS = [HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;

/** Asks ECommPay about every payment and refund whose time has come. Resolves when none is due any more, or `signal` is aborted. */
export async function watchCashuPayments(context: CashuContext, signal: AbortSignal): Promise<void> {
  const { store } = context;
  for (;;) {
    const payments = await store.claimPayments(AT_ONCE, LEASE_MS);
    const refunds = await store.claimRefunds(AT_ONCE, LEASE_MS);
    const work = [
      ...payments.map((payment) => checkPayment(payment, context, signal)),
      ...refunds.map((refund) => checkRefund(refund, context, signal)),
    ];
    const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
    // One that fails must not hold up the others; its lease brings it back.
    if (failed !== undefined) throw failed.reason;
    if (work.length === 0 || signal.aborted) return;
  }
}

async function checkPayment(payment: CashuPaymentRow, context: CashuContext, signal: AbortSignal): Promise<void> {
  const answer = await ask(payment.paymentId, context, signal);
  if (answer.kind === 'none') await context.store.checkPaymentIn(payment.paymentId, signal.aborted ? 0 : pauseBefore(payment, context));
  else
    await settleAndTell(payment.paymentId, context, (record) => withNextCheck(foldAnswer(record, answer.report, context), record, context));
}

async function checkRefund(refund: CashuRefundRow, context: CashuContext, signal: AbortSignal): Promise<void> {
  const { store } = context;
  const payment = await store.find(refund.paymentId);
  if (payment === undefined) throw new Error(`refund ${refund.refundId} has no payment`);
  if (!refund.isAccepted) {
    await sendRefund(refund, payment, context, signal);
    return;
  }
  const answer = await ask(refund.paymentId, context, signal);
  if (answer.kind === 'told') await settleAndTell(refund.paymentId, context, (record) => foldAnswer(record, answer.report, context));
  await store.checkRefundIn(refund.refundId, signal.aborted ? 0 : refundPause(FIRST_REFUND_PAUSE_MS, refund.checks));
}

type Answer = { readonly kind: 'told'; readonly report: PaymentReport | undefined } | { readonly kind: 'none' };

async function ask(paymentId: string, { api, logger, emitter }: CashuContext, signal: AbortSignal): Promise<Answer> {
  try {
    return { kind: 'told', report: await api.status(paymentId, signal) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (signal.aborted) return { kind: 'none' };
    logger.warn({ paymentId, error: errorText(error) }, 'ECommPay could not be asked about a CashU payment');
    // An answer that is of no use is a matter of the set-up: secret, project, access.
    if (error.answered) emitter.emit('error', { error, context: `status of CashU payment ${paymentId}` });
    return { kind: 'none' };
  }
}

function foldAnswer(record: CashuRecord, report: PaymentReport | undefined, { currencies, plan }: CashuContext): CashuFold {
  if (report === undefined) return { events: [], mustAsk: false };
  return foldReport(record, report, { currencies, plan, now: Date.now() });
}

/** After an answer: closes what has had its time, and says when to ask again. */
function withNextCheck(fold: CashuFold, { payment }: CashuRecord, context: CashuContext): CashuFold {
  const status = fold.payment?.status ?? payment.status;
  const ageMs = Date.now() - payment.createdAt.getTime();
  const isKnown = payment.isKnown || fold.payment?.isKnown === true;
  const late = LATE_CHECKS_MS.find((ms) => ms > ageMs);
  const checkLate: CashuPaymentUpdate = { checkInMs: isKnown && late !== undefined ? late - ageMs : null };
  if (!isOpen({ status })) return { ...fold, payment: { ...fold.payment, ...(status === 'expired' ? checkLate : { checkInMs: null }) } };
  if (ageMs < context.config.watch.expireAfterMs)
    return { ...fold, payment: { ...fold.payment, checkInMs: pauseBefore(payment, context) } };
  const expired = { kind: 'status', status: 'expired', operationCode: undefined } as const;
  return { ...fold, payment: { ...fold.payment, status: 'expired', ...checkLate }, events: [...fold.events, expired] };
}

/** Doubling, but never past the moment at which the payment is to be closed. */
function pauseBefore({ createdAt, checks }: CashuPaymentRow, { config }: CashuContext): number {
  const { firstCheckMs, maxIntervalMs, expireAfterMs } = config.watch;
  const ageMs = Date.now() - createdAt.getTime();
  const pause = Math.min(firstCheckMs * 2 ** Math.min(Math.max(checks - 1, 0), 20), ageMs > DAY_MS ? HOUR_MS : maxIntervalMs);
  const leftMs = expireAfterMs - ageMs;
  return leftMs > 0 ? Math.min(pause, leftMs + 1) : pause;
}
