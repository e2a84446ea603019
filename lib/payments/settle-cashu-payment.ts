import type { CashuPayment } from '../domain/cashu-payment.ts';
import { PaymentsError } from '../domain/errors.ts';
import { isPositive } from '../domain/money.ts';
import { isOwnPaymentId, type PaymentReport } from '../providers/ecommpay/index.ts';
import type { CashuRecord } from '../storage/cashu-rows.ts';
import { settleCashu } from '../storage/settle-cashu.ts';
import type { CashuContext } from './cashu-context.ts';
import { cashuTransaction } from './cashu-transaction.ts';
import { type CashuEvent, type CashuFold, foldReport } from './fold-cashu.ts';
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

/** Ends a review: the payment is handed over with the sum that was really paid. Throws `PaymentsError`. */
export async function approveCashuPayment(paymentId: string, context: CashuContext): Promise<void> {
  const fold = await settleAndTell(paymentId, context, ({ payment, isOrderPaid }) => {
    const { status, paidSum: sum, paidCurrency: currency, refundedSum, orderId } = payment;
    if (status !== 'review' || sum === undefined || currency === undefined)
      throw new PaymentsError('ERR_PAYMENTS_STATE', `CashU payment ${paymentId} is not in review.`);
    if (!isPositive(sum))
      throw new PaymentsError(
        'ERR_PAYMENTS_STATE',
        `What was paid for CashU payment ${paymentId} cannot be kept in the tables: see cloudpayments_http_log.`,
      );
    if (refundedSum !== '0.00')
      throw new PaymentsError('ERR_PAYMENTS_STATE', `Of CashU payment ${paymentId} something was refunded: there is nothing to approve.`);
    const transaction = cashuTransaction(payment, { sum, currency, at: payment.paidAt?.getTime() ?? Date.now(), receivedAt: Date.now() });
    const delivery = paymentDelivery(transaction, context.plan);
    return {
      payment: { status: 'success', review: undefined } as const,
      transaction: {
        insert: transaction,
        deliveries: delivery === undefined ? [] : [delivery],
        isCompleted: delivery === undefined,
        paidOrder: isOrderPaid ? undefined : orderId,
        applied: new Map<string, string>(),
      },
      events: [
        { kind: 'status', status: 'success', operationCode: undefined },
        { kind: 'payment', transaction },
      ] as const,
      mustAsk: false,
    };
  });
  if (fold === undefined) throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `There is no CashU payment ${paymentId}.`);
}
