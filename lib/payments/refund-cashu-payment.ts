import type { CashuRefund } from '../domain/cashu-payment.ts';
import { currencyDecimals } from '../domain/currencies.ts';
import { ApiError, DatabaseError, errorText, PaymentsError } from '../domain/errors.ts';
import { compareAmounts, decimalsOf, fromScaled, isPositive, parseAmount, toScaled } from '../domain/money.ts';
import { storableText } from '../domain/storable-text.ts';
import type { CashuRefundOptions } from '../payments-cashu.ts';
import { makePaymentId, toMinorUnits } from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuRecord, CashuRefundRow, CashuRefundUpdate, NewCashuRefund } from '../storage/cashu-rows.ts';
import type { CashuContext } from './cashu-context.ts';
import type { CashuEvent } from './cashu-fold.ts';
import { settleAndTell } from './settle-cashu-payment.ts';
import { MAX_TEXT, signableText } from './signable-text.ts';

/** `checks`: how often it was looked after; 0 when it is sent for the first time. */
type Sent = Pick<CashuRefundRow, 'refundId' | 'paymentId' | 'amount' | 'description' | 'checks'>;

/** So long nobody else sends it; then whoever watches does. */
const SEND_LEASE_MS = 30_000;
const FIRST_RESULT_CHECK_MS = 60_000;
const FIRST_REPEAT_MS = 10_000;
const LONGEST_PAUSE_MS = 3_600_000;
const REFUND_ID = /^(?!ecommpay-)[A-Za-z0-9_-]{1,64}$/;

/**
 * Gives money of a CashU payment back: the row is stored first, never for more than the rest, then ECommPay is asked. The result comes by a
 * callback, or by the watcher's questions. Throws `PaymentsError`, or `ApiError` with `answered: true` when ECommPay refuses it.
 */
export async function refundCashuPayment(request: CashuRefundOptions, context: CashuContext): Promise<CashuRefund> {
  const { refundId = makePaymentId(), paymentId, description, amount } = request;
  if (typeof refundId !== 'string' || !REFUND_ID.test(refundId))
    throw wrong('refund_id has to be 1 to 64 letters, digits, - and _, and must not begin with "ecommpay-".');
  if (description !== undefined && typeof description !== 'string') throw wrong('description has to be text.');
  if (amount !== undefined && typeof amount !== 'string' && typeof amount !== 'number')
    throw wrong('amount has to be a decimal number, as text or number.');
  const stored = await context.store.findRefund(refundId);
  if (stored !== undefined) return repeated(stored, request);
  const { refund, payment } = await storeRefund({ ...request, refundId }, context);
  if (payment === undefined) return refund;
  // From here on the refund is under way: whoever is told otherwise would ask for it again.
  const { refusal } = await sendRefund({ ...refund, checks: 0 }, payment, context).catch((error: unknown) => {
    context.logger.error(
      { paymentId, refundId, error: errorText(error) },
      'what became of a refund could not be stored; it is looked after again',
    );
    return { refusal: undefined };
  });
  const row = (await context.store.findRefund(refundId).catch(() => undefined)) ?? refund;
  // A callback may have told otherwise meanwhile.
  if (refusal !== undefined && row.status === 'decline') throw new ApiError(`ECommPay refused the refund: ${refusal}`, true);
  return row;
}

/** `payment` is undefined where the refund was there already. */
async function storeRefund(
  request: CashuRefundOptions & { readonly refundId: string },
  context: CashuContext,
): Promise<{ readonly refund: CashuRefund; readonly payment: CashuPaymentRow | undefined }> {
  const { refundId, paymentId } = request;
  let found: { readonly refund: CashuRefund; readonly payment: CashuPaymentRow | undefined } | undefined;
  try {
    await settleAndTell(paymentId, context, (record) => {
      const known = record.refunds.find((refund) => refund.refundId === refundId);
      const made = known === undefined ? newRefund(record, request, context) : undefined;
      if (made !== undefined)
        found = { refund: { ...made, createdAt: new Date(made.createdAt), finishedAt: undefined }, payment: record.payment };
      else if (known !== undefined) found = { refund: repeated(known, request), payment: undefined };
      return { newRefunds: made === undefined ? [] : [made], events: [], mustAsk: false, transaction: undefined };
    });
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const other = await context.store.findRefund(refundId).catch(() => undefined);
    if (other !== undefined) return { refund: repeated(other, request), payment: undefined };
    const text = `The database gave no answer, or refused it. Whether refund ${refundId} was stored is not known: repeat the request with refund_id "${refundId}".`;
    throw new PaymentsError(error.code, text, { cause: error });
  }
  if (found === undefined) throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `There is no CashU payment ${paymentId}.`);
  return found;
}

function repeated(stored: CashuRefundRow, { paymentId, amount }: CashuRefundOptions): CashuRefund {
  const isSame = stored.paymentId === paymentId && (amount === undefined || parseAmount(String(amount)) === stored.amount);
  if (!isSame) throw new PaymentsError('ERR_PAYMENTS_STATE', `The refund ${stored.refundId} exists, of another payment or amount.`);
  return stored;
}

/** Under the lock of the payment: what others have asked for meanwhile counts. */
function newRefund(
  { payment, refunds }: CashuRecord,
  request: CashuRefundOptions & { refundId: string },
  { currencies }: CashuContext,
): NewCashuRefund {
  const { paymentId, status, paidSum, paidCurrency, refundedSum } = payment;
  const canBeRefunded = status === 'success' || status === 'partially_refunded' || status === 'review';
  if (!canBeRefunded || paidSum === undefined || paidCurrency === undefined)
    throw new PaymentsError('ERR_PAYMENTS_STATE', `CashU payment ${paymentId} is "${status}": there is nothing to refund.`);
  const pending = refunds.filter((refund) => refund.status === 'pending').reduce((sum, refund) => sum + toScaled(refund.amount), 0n);
  const left = toScaled(paidSum) - toScaled(refundedSum) - pending;
  const rest = fromScaled(left > 0n ? left : 0n);
  const amount = request.amount === undefined ? rest : readAmount(request.amount, paidCurrency, currencyDecimals(currencies, paidCurrency));
  if (left <= 0n || compareAmounts(amount, rest) > 0)
    throw new PaymentsError(
      'ERR_PAYMENTS_STATE',
      `Of CashU payment ${paymentId} only ${rest} ${paidCurrency} are left to refund; refunds that are pending count.`,
    );
  return {
    ...{ refundId: request.refundId, paymentId, amount, status: 'pending', isOurs: true, isAccepted: false },
    description: storableText(
      [request.description, payment.description].find((text) => text !== undefined && text.trim() !== '') ?? 'Refund',
    ),
    ...{ requestId: undefined, operationId: undefined, operationCode: undefined, operationMessage: undefined },
    ...{ createdAt: Date.now(), finishedAt: undefined, checkInMs: SEND_LEASE_MS },
  };
}

function readAmount(given: string | number, currency: string, decimals: number): string {
  const amount = parseAmount(String(given));
  if (amount === undefined || !isPositive(amount)) throw wrong('amount has to be a decimal number above 0, such as "10.00".');
  if (decimalsOf(amount) > decimals) throw wrong(`amount has more decimals than ${currency} has (${decimals}).`);
  return amount;
}

/**
 * Asks ECommPay for a refund that is stored; asking again for the same is safe. `refusal` says why it was refused. Only the refusal of the
 * first request ends it: one that is repeated may be refused because the money has gone back already.
 */
export async function sendRefund(
  refund: Sent,
  payment: CashuPaymentRow,
  context: CashuContext,
  signal?: AbortSignal,
): Promise<{ readonly refusal?: string | undefined; readonly operationCode?: string | undefined }> {
  const { refundId, paymentId } = refund;
  const currency = payment.paidCurrency ?? payment.currency;
  const amount = toMinorUnits(refund.amount, currencyDecimals(context.currencies, currency));
  if (amount === undefined) throw new Error(`refund ${refundId} has an amount that ECommPay cannot take`);
  try {
    const description = signableText(refund.description, MAX_TEXT);
    const { callbackUrl } = context.config;
    const answer = await context.api.refund({ refundId, paymentId, amount, currency, description, ip: payment.ip, callbackUrl }, signal);
    if (answer.kind === 'refused') {
      if (refund.checks === 0) await declineRefund(refund, answer, context);
      return { refusal: answer.message, operationCode: answer.code };
    }
    const requestId = answer.kind === 'accepted' ? answer.requestId : undefined;
    await change(refund, context, { isAccepted: true, ...(requestId !== undefined && { requestId }), checkInMs: FIRST_RESULT_CHECK_MS });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    context.logger.warn({ paymentId, refundId, error: error.message }, 'ECommPay gave no answer to a refund; it is asked again');
    await context.store.checkRefundIn(refundId, refundPause(FIRST_REPEAT_MS, refund.checks));
  }
  return {};
}

/** The refund will not be made. */
async function declineRefund(
  refund: Sent,
  { code, message }: { code: string | undefined; message: string },
  context: CashuContext,
): Promise<void> {
  const ending = { operationCode: code ?? '', operationMessage: message, finishedAt: Date.now(), checkInMs: null } as const;
  await change(refund, context, { status: 'decline', ...ending });
}

/** How long to wait before a refund is looked after again. */
export function refundPause(firstMs: number, checks: number): number {
  return Math.min(firstMs * 2 ** Math.min(checks, 20), LONGEST_PAUSE_MS);
}

/** Unless a callback was faster. */
async function change(
  { refundId, paymentId, amount }: Sent,
  context: CashuContext,
  update: Omit<CashuRefundUpdate, 'refundId'>,
): Promise<void> {
  await settleAndTell(paymentId, context, ({ refunds }) => {
    const known = refunds.find((refund) => refund.refundId === refundId);
    const isPending = known?.status === 'pending' && !(update.status === 'decline' && known.isAccepted);
    const events: CashuEvent[] = isPending && update.status === 'decline' ? [{ kind: 'refund', refundId, amount, status: 'decline' }] : [];
    return { refunds: isPending ? [{ refundId, ...update }] : [], events, mustAsk: false, transaction: undefined };
  });
}

function wrong(message: string): PaymentsError {
  return new PaymentsError('ERR_PAYMENTS_REQUEST', message);
}
