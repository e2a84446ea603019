import type { CashuPayment } from '../domain/cashu-payment.ts';
import { PaymentsError } from '../domain/errors.ts';
import { fromScaled, isPositive, toScaled } from '../domain/money.ts';
import { isOwnPaymentId, type PaymentReport } from '../providers/ecommpay/index.ts';
import type { CashuRecord } from '../storage/cashu-rows.ts';
import { settleCashu } from '../storage/settle-cashu.ts';
import type { CashuContext } from './cashu-context.ts';
import type { CashuEvent, CashuFold } from './cashu-fold.ts';
import { cashuTransaction } from './cashu-transaction.ts';
import { foldReport } from './fold-cashu.ts';
import { paymentDelivery } from './plan-delivery.ts';

/** Applies what a callback says of a payment, and tells of it after the commit. False when there is no such payment. */
export async function applyReport(report: PaymentReport, context: CashuContext): Promise<boolean> {
  const paymentId = report.paymentId.toLowerCase();
  if (!isOwnPaymentId(paymentId)) return false;
  const { currencies, plan } = context;
  const fold = await settleAndTell(paymentId, context, (record) => foldReport(record, report, { currencies, plan, now: Date.now() }));
  return fold !== undefined;
}

/** Decides under the payment's lock, writes, and tells of it. Undefined when there is no such payment. */
export async function settleAndTell<S extends Pick<CashuFold, 'events' | 'mustAsk' | 'transaction'>>(
  paymentId: string,
  context: CashuContext,
  decide: (record: CashuRecord) => S,
): Promise<S | undefined> {
  let payment: CashuPayment | undefined;
  const fold = await context.gate.run(() =>
    settleCashu(context.database, paymentId, (record) => {
      payment = record.payment;
      return decide(record);
    }),
  );
  if (fold === undefined || payment === undefined) return undefined;
  for (const event of fold.events) tell(event, payment, context);
  if ((fold.transaction?.deliveries.length ?? 0) > 0) context.wake();
  if (fold.mustAsk) context.wakeWatcher();
  return fold;
}

function tell(event: CashuEvent, payment: CashuPayment, { emitter, logger }: CashuContext): void {
  const { paymentId, account } = payment;
  switch (event.kind) {
    case 'status':
      emitter.emit('cashu.status', {
        ...{ paymentId, account, status: event.status },
        operationCode: event.operationCode ?? payment.operationCode,
      });
      break;
    case 'payment': {
      const { provider, code, sum, currency, isTest } = event.transaction;
      emitter.emit('payment', { provider, code, account, sum, currency, isTest });
      break;
    }
    case 'review':
      logger.warn({ paymentId, reason: event.reason }, 'a CashU payment is kept back for review');
      emitter.emit('review', { provider: 'cashu', code: paymentId, account, reason: event.reason });
      break;
    case 'refund':
      tellRefund(event, paymentId, emitter);
      break;
    case 'conflict':
      logger.warn({ paymentId, reason: event.reason }, 'ECommPay contradicts what is known of a CashU payment');
      emitter.emit('cashu.conflict', { paymentId, reason: event.reason });
      break;
  }
}

function tellRefund(event: Extract<CashuEvent, { kind: 'refund' }>, paymentId: string, emitter: CashuContext['emitter']): void {
  const { refundId, amount, status } = event;
  emitter.emit('cashu.refund', { paymentId, refundId, amount, status });
  if (status === 'success') emitter.emit('refund', { provider: 'cashu', code: paymentId, refundCode: refundId, amount });
}

/**
 * Ends a review: what was really paid is handed over, less what was refunded meanwhile. Throws `PaymentsError`.
 */
export async function approveCashuPayment(paymentId: string, context: CashuContext): Promise<void> {
  const fold = await settleAndTell(paymentId, context, (record) => approval(record, context));
  if (fold === undefined) throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `There is no CashU payment ${paymentId}.`);
}

function approval({ payment, refunds, isOrderPaid }: CashuRecord, { currencies, plan }: CashuContext): CashuFold {
  const { paymentId, status, paidSum: sum, paidCurrency: currency, refundedSum, orderId, paidAt } = payment;
  if (status !== 'review' || sum === undefined || currency === undefined)
    throw new PaymentsError('ERR_PAYMENTS_STATE', `CashU payment ${paymentId} is not in review.`);
  if (!Object.hasOwn(currencies, currency))
    throw new PaymentsError(
      'ERR_PAYMENTS_STATE',
      `CashU payment ${paymentId} was paid in ${currency}, whose decimals are not known: add them with "cashu.currencies".`,
    );
  if (!isPositive(sum))
    throw new PaymentsError(
      'ERR_PAYMENTS_STATE',
      `What was paid for CashU payment ${paymentId} is not known: see cloudpayments_http_log and ECommPay's Dashboard.`,
    );
  if (refunds.some((refund) => refund.status === 'pending'))
    throw new PaymentsError('ERR_PAYMENTS_STATE', `A refund of CashU payment ${paymentId} is pending: wait for its result.`);
  const isRefunded = refundedSum !== '0.00';
  const transaction = cashuTransaction(payment, { sum, currency, at: paidAt?.getTime() ?? Date.now(), receivedAt: Date.now() });
  // What went back already is not handed over.
  const owed = { ...transaction, sum: fromScaled(toScaled(sum) - toScaled(refundedSum)) };
  const delivery = paymentDelivery(owed, plan);
  const next = isRefunded ? 'partially_refunded' : 'success';
  return {
    payment: { status: next, review: undefined },
    transaction: {
      insert: transaction,
      update: isRefunded ? { refundedSum, state: 'partially_refunded' } : undefined,
      deliveries: delivery === undefined ? [] : [delivery],
      isCompleted: delivery === undefined,
      paidOrder: isOrderPaid ? undefined : orderId,
      applied: new Map(),
    },
    events: [
      { kind: 'status', status: next, operationCode: undefined },
      { kind: 'payment', transaction: owed },
    ],
    mustAsk: false,
  };
}
