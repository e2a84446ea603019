import type { CashuPayment, CashuRefund } from './domain/cashu-payment.ts';
import { PaymentsError } from './domain/errors.ts';
import { storableText } from './domain/storable-text.ts';
import type { CashuContext } from './payments/cashu-context.ts';
import { reconcileCashu } from './payments/reconcile-cashu.ts';
import { refundCashuPayment } from './payments/refund-cashu-payment.ts';
import { approveCashuPayment } from './payments/settle-cashu-payment.ts';
import type { CashuPaymentWithRefunds, CashuRefundOptions, CashuVerbs, TimeSpan } from './payments-cashu.ts';
import { EcommpayDataApi } from './providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuRefundRow } from './storage/cashu-rows.ts';
import { pageLimit, type Run } from './verbs.ts';

/** `payments.cashu` */
export function createCashuVerbs(context: CashuContext | undefined, run: Run): CashuVerbs {
  const act = async <T>(work: (cashu: CashuContext) => Promise<T>): Promise<T> => {
    if (context === undefined) throw notConfigured('payments.cashu needs option "cashu".');
    return await run(() => work(context));
  };
  return {
    get: async (paymentId) => await act((cashu) => find(paymentId, cashu)),
    list: async (options = {}) =>
      await act(async ({ store }) => {
        const beforePaymentId = options.beforePaymentId === undefined ? undefined : numberOf(options.beforePaymentId);
        const rows = await store.list({ ...options, beforePaymentId, limit: pageLimit(options.limit) });
        return rows.map(publicPayment);
      }),
    refund: async (options) => await act(async (cashu) => publicRefund(await refundCashuPayment(refundRequest(options), cashu))),
    approve: async (paymentId) =>
      await act(async (cashu) => {
        await approveCashuPayment(numberOf(paymentId), cashu);
        const payment = await find(paymentId, cashu);
        if (payment === undefined) throw new Error('the payment that was approved is gone');
        return payment;
      }),
    operations: async (span) =>
      await act((cashu) => {
        const checked = checkSpan(span);
        return createDataApi(cashu).operations(checked);
      }),
    reconcile: async (span) =>
      await act((cashu) => {
        const { from, to } = checkSpan(span);
        return reconcileCashu({ from: from.getTime(), to: to.getTime() }, createDataApi(cashu), cashu.store);
      }),
  };
}

function createDataApi({ config: { dataApi, projectId }, currencies }: CashuContext): EcommpayDataApi {
  if (dataApi === undefined)
    throw notConfigured('ECommPay’s Data API needs option "cashu.dataApi" with token and secret from its Dashboard.');
  return new EcommpayDataApi({ ...dataApi, projectId, currencies });
}

async function find(paymentId: string, { store }: CashuContext): Promise<CashuPaymentWithRefunds | undefined> {
  const payment = await store.find(numberOf(paymentId));
  return payment && { ...publicPayment(payment), refunds: (await store.refundsOf([payment.paymentId])).map(publicRefund) };
}

/** A name that is not known may be a misspelt one: nobody wants all given back where a part was meant. */
function refundRequest(options: CashuRefundOptions | undefined): CashuRefundOptions {
  const names = ['paymentId', 'amount', 'description', 'refundId'];
  const unknown = Object.keys(options ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new PaymentsError('ERR_PAYMENTS_REQUEST', `cashu.refund has no option "${unknown}". Known: ${names.join(', ')}.`);
  return { ...options, paymentId: numberOf(options?.paymentId) };
}

/** ECommPay does not tell upper from lower case. */
function numberOf(paymentId: unknown): string {
  if (typeof paymentId === 'string') return storableText(paymentId).toLowerCase();
  throw new PaymentsError('ERR_PAYMENTS_REQUEST', 'paymentId has to be text.');
}

function checkSpan(span: Partial<TimeSpan> | undefined): TimeSpan {
  const { from, to } = span ?? {};
  const isUsable = from instanceof Date && to instanceof Date && from.getTime() < to.getTime();
  if (!isUsable) throw new PaymentsError('ERR_PAYMENTS_REQUEST', 'from and to have to be dates, and from the earlier one.');
  return { from, to };
}

/** Without what only the pages and the watcher need. */
function publicPayment(row: CashuPaymentRow): CashuPayment {
  const { paymentId, account, sum, currency, description, status, flow, review, paidSum, paidCurrency } = row;
  const { refundedSum, orderId, operationCode, operationMessage, createdAt, paidAt } = row;
  return {
    ...{ paymentId, account, sum, currency, description, status, flow, review, paidSum, paidCurrency },
    ...{ refundedSum, orderId, operationCode, operationMessage, createdAt, paidAt },
  };
}

function publicRefund(row: CashuRefund | CashuRefundRow): CashuRefund {
  const { refundId, paymentId, amount, status, description, isOurs, operationCode, operationMessage, createdAt, finishedAt } = row;
  return { refundId, paymentId, amount, status, description, isOurs, operationCode, operationMessage, createdAt, finishedAt };
}

function notConfigured(message: string): PaymentsError {
  return new PaymentsError('ERR_PAYMENTS_NOT_CONFIGURED', message);
}
