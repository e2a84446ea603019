import { OPERATION_CODES } from '../../providers/ecommpay/index.ts';
import type { EcommpayOperation, EcommpayPayment } from './payment.ts';
import { wireSum } from './sums.ts';

/** A part of a message, before it is signed. */
export type WirePart = Readonly<Record<string, unknown>>;

const CASHU_PROVIDER = 1870;

/** `payment` of callbacks and statuses; `description` is the payment's or that of the refund that is spoken of. */
export function paymentPart(payment: EcommpayPayment, description: string): WirePart {
  return {
    id: payment.id,
    type: 'purchase',
    status: payment.status,
    date: wireDate(payment.changedAt),
    method: 'CashU',
    sum: wireSum(payment.rest, payment.currency),
    description,
  };
}

/** `operation` of callbacks, and one of the `operations` of statuses. */
export function operationPart(operation: EcommpayOperation, currency: string): WirePart {
  const sum = wireSum(operation.amount, currency);
  return {
    id: operation.id,
    type: operation.type,
    status: operation.status,
    date: wireDate(operation.changedAt),
    created_date: wireDate(operation.createdAt),
    request_id: operation.requestId,
    sum_initial: sum,
    sum_converted: sum,
    code: operation.code,
    message: OPERATION_CODES[operation.code] ?? '',
    provider: { id: CASHU_PROVIDER, payment_id: operation.providerPaymentId, auth_code: '' },
  };
}

/** `2020-01-14T08:27:24+0000` */
function wireDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}
