import { OPERATION_CODES } from '../../providers/ecommpay/index.ts';
import { UNDER_WAY } from './new-payment.ts';
import type { EcommpayOperation, EcommpayPayment } from './payment.ts';
import type { WirePart } from './payment-parts.ts';
import type { OperationsQuery } from './read-operations-query.ts';
import { wireSum } from './sums.ts';
import { formatLocalTime } from './time-zone.ts';

interface Entry {
  readonly payment: EcommpayPayment;
  readonly operation: EcommpayOperation;
}

/** The operations that a query of the Data API finds, by the time of their end, one page of them. */
export function operationRows(payments: readonly EcommpayPayment[], projectId: number, query: OperationsQuery): readonly WirePart[] {
  return payments
    .flatMap((payment) => payment.operations.map((operation) => ({ payment, operation })))
    .filter((entry) => isWanted(entry, query))
    .toSorted((a, b) => a.operation.changedAt - b.operation.changedAt)
    .slice(query.offset, query.offset + query.limit)
    .map((entry) => selected(row(entry, projectId, query), query.fields));
}

/** Times on the wire have whole seconds, so the last second of the interval counts. */
function isWanted({ payment, operation }: Entry, query: OperationsQuery): boolean {
  const second = Math.floor(operation.changedAt / 1000) * 1000;
  return (
    operation.code !== UNDER_WAY &&
    second >= query.from &&
    second <= query.to &&
    (query.types?.includes(operation.type) ?? true) &&
    (query.statuses?.includes(operation.status) ?? true) &&
    (query.customerIds?.includes(payment.customerId) ?? true)
  );
}

function row({ payment, operation }: Entry, projectId: number, { zone }: OperationsQuery): WirePart {
  const sum = wireSum(operation.amount, payment.currency);
  return {
    project_id: String(projectId),
    operation_id: String(operation.id),
    payment_id: payment.id,
    operation_type: operation.type,
    operation_status: operation.status,
    account_number: '',
    customer_id: payment.customerId,
    customer_ip: '',
    payment_method_name: 'CashU',
    payment_method_type: 'wallet',
    payment_description: operation.description,
    operation_created_at: formatLocalTime(operation.createdAt, zone),
    operation_completed_at: formatLocalTime(operation.changedAt, zone),
    provider_date: '',
    shipment_date: '',
    sum_initial: sum,
    sum_converted: sum,
    arn: '',
    rrn: '',
    payment_provider_code: operation.code,
    payment_provider_message: OPERATION_CODES[operation.code] ?? '',
  };
}

/** `sum_initial.amount` keeps that member of it. */
function selected(whole: WirePart, fields: readonly string[] | undefined): WirePart {
  if (fields === undefined) return whole;
  const kept = Object.entries(whole).flatMap(([name, value]) => {
    if (fields.includes(name)) return [[name, value] as const];
    const inner = Object.entries(Object(value)).filter(([part]) => fields.includes(`${name}.${part}`));
    return inner.length === 0 ? [] : [[name, Object.fromEntries(inner)] as const];
  });
  return Object.fromEntries(kept);
}
