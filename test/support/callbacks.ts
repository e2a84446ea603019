import { createHmac } from 'node:crypto';

/** JSON as ECommPay sends it. */
export type Message = Readonly<Record<string, unknown>>;

export const PROJECT_ID = 112;
export const PROJECT_SECRET = 'project-secret-of-the-tests';

export interface SigningOptions {
  readonly secret?: string;
  /** Where the signature stands: at top level, or in `general`. */
  readonly place?: 'top' | 'general';
}

/**
 * What ECommPay signs: every value with its path, sorted, joined by semicolons. Written anew and not taken from the package, so that a
 * mistake of its signer does not cancel out.
 */
function signedText(data: unknown): string {
  return pathsOf(data, [])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([path, value]) => `${path}:${value}`)
    .join(';');
}

function pathsOf(value: unknown, path: readonly string[]): [path: string, value: string][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => (name === 'signature' ? [] : pathsOf(inner, [...path, name])));
  const text = value === null ? '' : typeof value === 'boolean' ? String(Number(value)) : String(value);
  return [[path.join(':'), text]];
}

export function signatureOf(data: unknown, secret: string = PROJECT_SECRET): string {
  return createHmac('sha512', secret).update(signedText(data)).digest('base64');
}

/** The same with its signature. */
export function signed(data: Message, { secret = PROJECT_SECRET, place = 'top' }: SigningOptions = {}): Message {
  const signature = signatureOf(data, secret);
  return place === 'top' ? { ...data, signature } : { ...data, general: { ...Object(data['general']), signature } };
}

export interface OperationValues {
  readonly type?: string;
  readonly status?: string;
  /** Minor units; null: no sum at all. */
  readonly amount?: number | null;
  readonly currency?: string;
  readonly id?: number | null;
  readonly requestId?: string | null;
  readonly code?: string;
  readonly message?: string;
  readonly date?: string;
}

const DATE = '2026-01-14T08:27:24+0000';
/** The same moment. */
export const OPERATION_TIME: number = Date.UTC(2026, 0, 14, 8, 27, 24);

/** One operation: the sale, unless said otherwise. */
export function operation(values: OperationValues = {}): Message {
  const { type = 'sale', status = 'success', amount = 1_000, currency = 'USD', id = 1_028, requestId = 'request-1' } = values;
  const { code = '0', message = 'Success', date = DATE } = values;
  const sum = { amount, currency };
  return {
    ...(id !== null && { id }),
    ...{ type, status, date, created_date: date },
    ...(requestId !== null && { request_id: requestId }),
    ...(amount !== null && { sum_initial: sum, sum_converted: sum }),
    ...{ code, message, provider: { id: 1870, payment_id: '5e1d7b4bc3c305e1d7b4bc3c8815789904118019', auth_code: '' } },
  };
}

export interface PaymentValues {
  readonly status?: string;
  /** Minor units of what is there now; null: no sum at all. */
  readonly amount?: number | null;
  readonly currency?: string;
  readonly description?: string;
  readonly merchantRefundId?: string;
}

function paymentPart(id: string, { status = 'success', amount = 1_000, currency = 'USD', ...more }: PaymentValues): Message {
  return {
    ...{ id, type: 'purchase', status, date: DATE, method: 'CashU' },
    ...(amount !== null && { sum: { amount, currency } }),
    description: more.description ?? 'CashU sale',
    ...(more.merchantRefundId !== undefined && { merchant_refund_id: more.merchantRefundId }),
  };
}

/** A callback about the sale; `status` is that of the payment and of its operation. */
export function saleCallback(paymentId: string, values: PaymentValues & OperationValues = {}): Message {
  return {
    project_id: PROJECT_ID,
    payment: paymentPart(paymentId, values),
    customer: { id: 'user-1' },
    operation: operation(values),
  };
}

export interface RefundValues extends OperationValues {
  /** Minor units that are left of the payment. Default 0. */
  readonly left?: number;
  readonly merchantRefundId?: string;
  /** Status of the payment. Default `refunded`, or `partially refunded` where something is left, or `success` where it was declined. */
  readonly paymentStatus?: string;
}

/** A callback about a refund, done unless said otherwise. */
export function refundCallback(paymentId: string, values: RefundValues = {}): Message {
  const { left = 0, merchantRefundId, status = 'success', currency = 'USD' } = values;
  const paymentStatus = values.paymentStatus ?? (status === 'success' ? (left === 0 ? 'refunded' : 'partially refunded') : 'success');
  const payment = { status: paymentStatus, amount: left, currency, ...(merchantRefundId !== undefined && { merchantRefundId }) };
  return {
    project_id: PROJECT_ID,
    payment: paymentPart(paymentId, payment),
    customer: { id: 'user-1' },
    operation: operation({ id: 1_026, requestId: 'refund-request-1', ...values, type: values.type ?? 'refund' }),
  };
}

/** The callback of the Gate flow that tells where the payer goes on to CashU. */
export function redirectCallback(paymentId: string, redirect: Message = {}): Message {
  const status = 'awaiting redirect result';
  const target = { method: 'POST', body: { Transaction_Code: 'test123' }, encrypted: [], url: 'https://example.cashu.com/pcashu.cgi' };
  return { ...saleCallback(paymentId, { status }), redirect_data: { ...target, ...redirect } };
}

/** What `/v2/payment/status` answers, before it is signed. */
export function statusReport(paymentId: string, values: PaymentValues = {}, operations: readonly Message[] = [operation(values)]): Message {
  return { project_id: PROJECT_ID, payment: paymentPart(paymentId, values), operations, customer: { id: 'user-1' } };
}
