import { randomUUID } from 'node:crypto';
import { ApiError, PaymentsError } from '../domain/errors.ts';
import { compareAmounts, fromScaled, isPositive, parseAmount, toScaled } from '../domain/money.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { RefundOptions, RefundReceipt } from '../payments-router.ts';
import type { CloudPaymentsApi } from '../providers/cloudpayments/index.ts';

/**
 * Asks CloudPayments to give money back. The transaction changes when the notification of the refund comes, which is also how
 * refunds made in the merchant cabinet become known.
 */
export async function refundByApi(
  transaction: Transaction,
  api: CloudPaymentsApi | undefined,
  options: RefundOptions,
): Promise<RefundReceipt> {
  if (transaction.provider !== 'cloudpayments')
    throw new PaymentsError('ERR_PAYMENTS_STATE', `Transaction ${transaction.id} was paid with CashU: use payments.cashu.refund.`);
  if (api === undefined) throw new PaymentsError('ERR_PAYMENTS_MISSING_SECRET', 'A refund needs "cloudpayments.apiSecret".');
  if (transaction.state !== 'paid' && transaction.state !== 'partially_refunded') {
    throw new PaymentsError('ERR_PAYMENTS_STATE', `Transaction ${transaction.id} is ${transaction.state}: there is nothing to refund.`);
  }
  const rest = fromScaled(toScaled(transaction.sum) - toScaled(transaction.refundedSum));
  const amount = options.amount === undefined ? rest : parseAmount(String(options.amount));
  if (amount === undefined || !isPositive(amount))
    throw new PaymentsError('ERR_PAYMENTS_STATE', 'The amount of a refund must be a positive decimal number.');
  if (compareAmounts(amount, rest) > 0)
    throw new PaymentsError('ERR_PAYMENTS_STATE', `Of transaction ${transaction.id} only ${rest} ${transaction.currency} are left.`);
  const requestId = options.requestId ?? randomUUID();
  try {
    return { refundCode: await api.refund(transaction.code, amount, requestId), amount, requestId };
  } catch (error) {
    if (!(error instanceof ApiError) || error.answered) throw error;
    throw new ApiError(`${error.message} Repeat it with requestId "${requestId}".`, false, { cause: error });
  }
}
