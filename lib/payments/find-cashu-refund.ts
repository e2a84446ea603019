import { createHash } from 'node:crypto';
import { compareAmounts } from '../domain/money.ts';
import type { ReportedOperation } from '../providers/ecommpay/index.ts';
import type { CashuRefundRow } from '../storage/cashu-rows.ts';

const MAX_REFUND_ID = 64;

/** The refund that an operation is about: by the operation, by our number, by the request; one of ours whose answer was lost by its sum. */
export function findCashuRefund(
  known: readonly CashuRefundRow[],
  operation: ReportedOperation,
  amount: string | undefined,
): CashuRefundRow | undefined {
  const { merchantRefundId, id, requestId } = operation;
  const byNumber =
    known.find((refund) => isOf(refund, operation)) ??
    known.find((refund) => refund.refundId === merchantRefundId) ??
    known.find((refund) => requestId !== undefined && refund.requestId === requestId);
  // Without any number it would be taken for the next one when it is told of again.
  if (byNumber !== undefined || merchantRefundId !== undefined || (id ?? requestId) === undefined) return byNumber;
  return known.find(
    (refund) =>
      refund.isOurs &&
      refund.status === 'pending' &&
      refund.operationId === undefined &&
      (refund.requestId === undefined || requestId === undefined) &&
      (amount === undefined || compareAmounts(refund.amount, amount) === 0),
  );
}

/** ECommPay's own examples give one number to two operations: the request tells them apart. */
function isOf(refund: CashuRefundRow, { id, requestId }: ReportedOperation): boolean {
  const isContradicted = requestId !== undefined && refund.requestId !== undefined && requestId !== refund.requestId;
  return id !== undefined && refund.operationId === id && !isContradicted;
}

/** The refund has an operation already, and this is another one: what was found by its sum was one of the same sum. */
export function isOfAnother({ operationId }: CashuRefundRow, { id }: ReportedOperation): boolean {
  return operationId !== undefined && id !== undefined && operationId !== id;
}

/** Our number of a refund that was not started here. Unique over all payments, also where the numbers of operations are not. */
export function foreignRefundId(known: readonly CashuRefundRow[], { id, requestId }: ReportedOperation, paymentId: string): string {
  const refundId = `ecommpay-${id ?? requestId}-${paymentId.slice(0, 8)}`;
  if (refundId.length <= MAX_REFUND_ID && !known.some((refund) => refund.refundId === refundId)) return refundId;
  const digest = createHash('sha256').update(`${id} ${requestId} ${paymentId}`).digest('hex');
  return `ecommpay-${digest}`.slice(0, MAX_REFUND_ID);
}
