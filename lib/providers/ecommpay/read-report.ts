import { isLosslessNumber } from 'lossless-json';
import { NotificationError } from '../../domain/errors.ts';
import { storableText } from '../../domain/storable-text.ts';
import type { PaymentReport, RedirectData, ReportedOperation, ReportedSum } from './report.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The payment in a callback or an answer; undefined where it speaks of none, as callbacks of other products do. What is not used is not
 * looked at: the format can be set for each project. Throws `NotificationError` naming a member of the wrong kind.
 * Source: https://developers.ecommpay.com/en/en_PP_Callbacks.html
 */
export function readReport(data: Json, source: PaymentReport['source']): PaymentReport | undefined {
  const payment = readObject(data, 'payment');
  const paymentId = payment && readText(payment, 'id', 'payment.id');
  if (payment === undefined || paymentId === undefined) return undefined;
  const operations = readOperations(data);
  return {
    ...{ source, paymentId },
    projectId: readProjectId(data),
    status: readText(payment, 'status', 'payment.status')?.toLowerCase(),
    sum: readSum(payment, 'sum', 'payment.sum'),
    mayBeTriedAgain: isTrue(own(payment, 'is_new_attempts_available')),
    operations: withMerchantRefundId(operations, readText(payment, 'merchant_refund_id', 'payment.merchant_refund_id')),
    redirect: readRedirect(data),
  };
}

/** At top level in most formats, in `general` in some. */
export function readProjectId(data: Json): string | undefined {
  return readText(data, 'project_id', 'project_id') ?? readText(readObject(data, 'general') ?? {}, 'project_id', 'general.project_id');
}

/** It stands with the payment and belongs to the one refund that is spoken of. */
function withMerchantRefundId(operations: readonly ReportedOperation[], refundId: string | undefined): readonly ReportedOperation[] {
  const refunds = operations.filter((operation) => operation.type !== 'sale');
  if (refundId === undefined || refunds.length !== 1) return operations;
  return operations.map((operation) => (operation === refunds[0] ? { ...operation, merchantRefundId: refundId } : operation));
}

function readOperations(data: Json): readonly ReportedOperation[] {
  const list = own(data, 'operations');
  const single = readObject(data, 'operation');
  const listed = Array.isArray(list) ? list.filter(isObject).map(readOperation) : [];
  // No signature covers what is empty: an empty list, or an empty operation in it, must not hide the one that is told of.
  const typed = listed.filter(({ type }) => type !== '');
  return typed.length > 0 ? typed : single === undefined ? listed : [readOperation(single)];
}

function readOperation(operation: Json): ReportedOperation {
  return {
    id: readText(operation, 'id', 'operation.id'),
    type: (readText(operation, 'type', 'operation.type') ?? '').toLowerCase(),
    status: (readText(operation, 'status', 'operation.status') ?? '').toLowerCase(),
    requestId: readText(operation, 'request_id', 'operation.request_id'),
    merchantRefundId: readText(operation, 'merchant_refund_id', 'operation.merchant_refund_id'),
    sum: readSum(operation, 'sum_initial', 'operation.sum_initial') ?? readSum(operation, 'sum', 'operation.sum'),
    code: readShown(operation, 'code'),
    message: readShown(operation, 'message'),
    occurredAt: readDate(readShown(operation, 'date')),
  };
}

function readSum(holder: Json, name: string, path: string): ReportedSum | undefined {
  const sum = readObject(holder, name);
  if (sum === undefined) return undefined;
  const units = readText(sum, 'amount', `${path}.amount`);
  const currency = readText(sum, 'currency', `${path}.currency`)?.toUpperCase();
  if (units === undefined || currency === undefined) return undefined;
  if (!/^\d{1,15}$/.test(units)) throw wrong(`${path}.amount`, 'a whole number of minor units');
  return { units, currency };
}

function readRedirect(data: Json): RedirectData | undefined {
  const redirect = readObject(data, 'redirect_data') ?? readObject(data, 'redirectData');
  const url = redirect && readText(redirect, 'url', 'redirect_data.url');
  if (redirect === undefined || url === undefined) return undefined;
  const method = readText(redirect, 'method', 'redirect_data.method')?.toUpperCase();
  const body = own(redirect, 'body');
  return {
    url,
    method: method === 'GET' ? 'GET' : 'POST',
    // An empty list when there is nothing.
    body: isObject(body)
      ? Object.fromEntries(
          Object.entries(body).flatMap(([name, value]) => (isObject(value) || Array.isArray(value) ? [] : [[name, fieldText(value)]])),
        )
      : {},
  };
}

/** What a form would send. */
function fieldText(value: unknown): string {
  if (value === null) return '';
  return isLosslessNumber(value) ? value.value : String(value);
}

/** `2020-01-14T08:27:24+0000`; anything else counts as not sent. */
function readDate(text: string | undefined): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(Z|[+-]\d{2}):?(\d{2})?$/.exec(text ?? '');
  if (match === null) return undefined;
  const ms = Date.parse(`${match[1]}${match[2] === 'Z' ? 'Z' : `${match[2]}:${match[3] ?? '00'}`}`);
  // Outside of these years it is no time of a payment, and not every database takes it.
  return ms >= FIRST_DATE && ms < LAST_DATE ? ms : undefined;
}

const FIRST_DATE = Date.UTC(2000, 0);
const LAST_DATE = Date.UTC(2100, 0);

/** Signatures do not tell these apart. */
function isTrue(value: unknown): boolean {
  return value === true || (isLosslessNumber(value) ? value.value : value) === '1';
}

function readObject(holder: Json, name: string): Json | undefined {
  const value = own(holder, name);
  return isObject(value) ? value : undefined;
}

/** Text, or the text of a number: signatures do not tell them apart. Empty counts as absent. */
function readText(holder: Json, name: string, path: string): string | undefined {
  const value = own(holder, name);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return storableText(value);
  if (isLosslessNumber(value)) return value.value;
  if (typeof value === 'number') return String(value);
  throw wrong(path, 'text or a number');
}

/** Nothing is decided by it, so that money does not wait for it either: what is no text counts as not sent. */
function readShown(holder: Json, name: string): string | undefined {
  const value = own(holder, name);
  return typeof value === 'string' || isLosslessNumber(value) ? readText(holder, name, name) : undefined;
}

function own(holder: Json, name: string): unknown {
  return Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/** Neither a list nor a number that keeps its text. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function wrong(path: string, kind: string): NotificationError {
  return new NotificationError(`The member ${path} has to be ${kind}.`, path);
}
