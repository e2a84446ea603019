import { isOpen } from '../domain/cashu-payment.ts';
import { ApiError, errorText } from '../domain/errors.ts';
import { judgePayment, type PaymentReport } from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuPaymentUpdate, CashuRecord, CashuRefundRow } from '../storage/cashu-rows.ts';
import type { CashuContext } from './cashu-context.ts';
import type { CashuFold } from './cashu-fold.ts';
import { foldReport } from './fold-cashu.ts';
import { refundPause, sendRefund } from './refund-cashu-payment.ts';
import { settleAndTell } from './settle-cashu-payment.ts';

const AT_ONCE = 20;
const LEASE_MS = 60_000;
const FIRST_REFUND_PAUSE_MS = 60_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** After its expiry a payment is asked about once more, and one that ECommPay was at work on a few times: its callback may have been lost. */
const LATE_CHECKS_MS = [HOUR_MS, 6 * HOUR_MS, DAY_MS] as const;
/** Nobody waits for an answer for ever: what ECommPay says nothing of for so long is given up, and reported. */
const PATIENCE_MS = 7 * DAY_MS;
const MIN_COMPLAINT_INTERVAL_MS = 60_000;

/** Asks ECommPay about every payment and refund whose time has come. Resolves when none is due any more, or `signal` is aborted. */
export async function watchCashuPayments(context: CashuContext, signal: AbortSignal): Promise<void> {
  const { store } = context;
  await Promise.all([
    workOff(
      () => store.claimPayments(AT_ONCE, LEASE_MS),
      (payment) => checkPayment(payment, context, signal),
      signal,
    ),
    workOff(
      () => store.claimRefunds(AT_ONCE, LEASE_MS),
      (refund) => checkRefund(refund, context, signal),
      signal,
    ),
  ]);
}

async function workOff<Row>(claim: () => Promise<readonly Row[]>, check: (row: Row) => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const rows = await claim();
    const failed = (await Promise.allSettled(rows.map(check))).find((result) => result.status === 'rejected');
    // One that fails must not hold up the others; its lease brings it back.
    if (failed !== undefined) throw failed.reason;
    if (rows.length === 0 || signal.aborted) return;
  }
}

async function checkPayment(payment: CashuPaymentRow, context: CashuContext, signal: AbortSignal): Promise<void> {
  const answer = await ask(payment.paymentId, context, signal);
  const isGivenUp = answer.kind === 'none' && !signal.aborted && ageOf(payment) > PATIENCE_MS;
  if (answer.kind === 'none' && !isGivenUp) {
    await context.store.checkPaymentIn(payment.paymentId, signal.aborted ? 0 : pauseBefore(payment, context));
    return;
  }
  const report = answer.kind === 'told' ? answer.report : undefined;
  await settleAndTell(payment.paymentId, context, (record) =>
    withNextCheck(foldAnswer(record, report, context), { record, report, claimed: payment }, context),
  );
}

async function checkRefund(refund: CashuRefundRow, context: CashuContext, signal: AbortSignal): Promise<void> {
  const { store } = context;
  const payment = await store.find(refund.paymentId);
  if (payment === undefined) throw new Error(`refund ${refund.refundId} has no payment`);
  const sent = refund.isAccepted ? {} : await sendRefund(refund, payment, context, signal);
  if (!refund.isAccepted && sent.refusal === undefined) return;
  const answer = await ask(refund.paymentId, context, signal);
  if (answer.kind === 'told' && answer.report !== undefined) {
    const { report } = answer;
    await settleAndTell(refund.paymentId, context, (record) =>
      withUnmade(foldAnswer(record, report, context), { record, refund, refusal: sent }),
    );
  }
  await store.checkRefundIn(refund.refundId, signal.aborted ? 0 : refundPause(FIRST_REFUND_PAUSE_MS, refund.checks));
}

type Answer = { readonly kind: 'told'; readonly report: PaymentReport | undefined } | { readonly kind: 'none' };

async function ask(paymentId: string, context: CashuContext, signal: AbortSignal): Promise<Answer> {
  try {
    return { kind: 'told', report: await context.api.status(paymentId, signal) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (signal.aborted) return { kind: 'none' };
    context.logger.warn({ paymentId, error: errorText(error) }, 'ECommPay could not be asked about a CashU payment');
    // An answer that is of no use is a matter of the set-up: secret, project, access. The same for all payments, so it is told of once in a while.
    if (error.answered && mayComplain(context)) context.emitter.emit('error', { error, context: `status of CashU payment ${paymentId}` });
    return { kind: 'none' };
  }
}

const complainedOn = new WeakMap<CashuContext, number>();

function mayComplain(context: CashuContext): boolean {
  if (performance.now() - (complainedOn.get(context) ?? Number.NEGATIVE_INFINITY) < MIN_COMPLAINT_INTERVAL_MS) return false;
  complainedOn.set(context, performance.now());
  return true;
}

function foldAnswer(record: CashuRecord, report: PaymentReport | undefined, { currencies, plan }: CashuContext): CashuFold {
  if (report === undefined) return { events: [], mustAsk: false };
  return foldReport(record, report, { currencies, plan, now: Date.now() });
}

/** A repeated request was refused, or nothing was ever heard of it, and ECommPay's whole answer knows no such refund: it was not made. */
function withUnmade(
  fold: CashuFold,
  {
    record,
    refund,
    refusal,
  }: { record: CashuRecord; refund: CashuRefundRow; refusal: { refusal?: string | undefined; operationCode?: string | undefined } },
): CashuFold {
  const { refundId, amount, isAccepted, createdAt } = refund;
  const known = record.refunds.find((row) => row.refundId === refundId);
  const isTold = known?.operationId !== undefined || fold.refunds?.some((update) => update.refundId === refundId) === true;
  const isGivenUp = isAccepted && Date.now() - createdAt.getTime() > PATIENCE_MS;
  if (known?.status !== 'pending' || isTold || !(refusal.refusal !== undefined || isGivenUp)) return fold;
  const message = refusal.refusal ?? 'ECommPay accepted the request and never told of a refund';
  const ending = {
    operationCode: refusal.operationCode ?? '',
    operationMessage: message,
    finishedAt: Date.now(),
    checkInMs: null,
  } as const;
  const declined = { kind: 'refund', refundId, amount, status: 'decline' } as const;
  return { ...fold, refunds: [...(fold.refunds ?? []), { refundId, status: 'decline', ...ending }], events: [...fold.events, declined] };
}

interface Asked {
  readonly record: CashuRecord;
  readonly report: PaymentReport | undefined;
  /** The payment when the question was put. */
  readonly claimed: CashuPaymentRow;
}

/** After an answer: closes what has had its time, and says when to ask again. */
function withNextCheck(fold: CashuFold, { record: { payment }, report, claimed }: Asked, context: CashuContext): CashuFold {
  const status = fold.payment?.status ?? payment.status;
  const { expireAfterMs } = context.config.watch;
  const ageMs = ageOf(payment);
  const isAnswered = report !== undefined && ANSWERS.has(judgePayment(report.status));
  // What came up while ECommPay was being asked is not answered by that.
  const questions = isAnswered && payment.questions === claimed.questions ? 0 : payment.questions;
  const update = { ...fold.payment, questions };
  const later: CashuPaymentUpdate = { checkInMs: questions > 0 && ageMs < PATIENCE_MS ? pauseBefore(payment, context) : null };
  if (!isOpen({ status }) && status !== 'expired') return { ...fold, payment: { ...update, ...later } };
  const isKnown = payment.isKnown || update.isKnown === true;
  const late = LATE_CHECKS_MS.find((ms) => ms + expireAfterMs > ageMs);
  const mayBeLate = late !== undefined && (isKnown || late === LATE_CHECKS_MS[0]);
  const checkLate = mayBeLate ? { checkInMs: late + expireAfterMs - ageMs } : later;
  if (status === 'expired') return { ...fold, payment: { ...update, ...checkLate } };
  if (ageMs < expireAfterMs) return { ...fold, payment: { ...update, checkInMs: pauseBefore(payment, context) } };
  return {
    ...fold,
    ...closed(fold, { update, payment, isSaidToBePaid: isAnswered && judgePayment(report?.status) !== 'declined', checkLate }),
  };
}

const ANSWERS: ReadonlySet<string> = new Set(['paid', 'declined', 'returned']);

/** What is said to be paid, and cannot be held against the order, is for a person to look at. */
function closed(
  { events }: CashuFold,
  {
    update,
    payment,
    isSaidToBePaid,
    checkLate,
  }: { update: CashuPaymentUpdate; payment: CashuPaymentRow; isSaidToBePaid: boolean; checkLate: CashuPaymentUpdate },
): Pick<CashuFold, 'payment' | 'events'> {
  if (!isSaidToBePaid) {
    const expired = { kind: 'status', status: 'expired', operationCode: undefined } as const;
    return { payment: { ...update, status: 'expired', ...checkLate }, events: [...events, expired] };
  }
  const paid = { review: 'amount_mismatch', paidSum: '0.00', paidCurrency: payment.currency, paidAt: Date.now() } as const;
  const review = [
    { kind: 'status', status: 'review', operationCode: undefined },
    { kind: 'review', reason: 'amount_mismatch' },
  ] as const;
  return { payment: { ...update, ...paid, status: 'review', checkInMs: null }, events: [...events, ...review] };
}

function ageOf({ createdAt }: CashuPaymentRow): number {
  return Date.now() - createdAt.getTime();
}

/** Doubling, but never past the moment at which the payment is to be closed. After a day it is an hour. */
function pauseBefore(payment: CashuPaymentRow, { config }: CashuContext): number {
  const { firstCheckMs, maxIntervalMs, expireAfterMs } = config.watch;
  const ageMs = ageOf(payment);
  const longest = ageMs > DAY_MS ? Math.max(HOUR_MS, maxIntervalMs) : maxIntervalMs;
  const pause = Math.min(firstCheckMs * 2 ** Math.min(Math.max(payment.checks - 1, 0), 20), longest);
  const leftMs = expireAfterMs - ageMs;
  return leftMs > 0 ? Math.min(pause, leftMs + 1) : pause;
}
