import type { Knex } from 'knex';
import type { CashuFlow, CashuRefundStatus, CashuStatus } from '../domain/cashu-payment.ts';
import type { ReviewReason } from '../domain/transaction.ts';
import type {
  CashuPaymentRow,
  CashuPaymentUpdate,
  CashuRefundRow,
  CashuRefundUpdate,
  NewCashuPayment,
  NewCashuRefund,
} from './cashu-rows.ts';
import { readAmount, readText } from './column-values.ts';
import type { Database } from './open-database.ts';

type Row = Readonly<Record<string, unknown>>;

export function paymentColumns({ knex, dialect }: Database): (string | Knex.Raw)[] {
  return [
    ...['id', 'payment_id', 'account', 'sum', 'currency', 'description', 'status', 'flow', 'review', 'paid_sum', 'paid_currency'],
    ...['refunded_sum', 'order_id', 'operation_code', 'operation_message', 'ip', 'language', 'success_url', 'fail_url', 'page_query'],
    ...['redirect', 'is_known', 'questions', 'checks'],
    knex.raw(`${dialect.epochMs('created_at')} AS created_ms`),
    knex.raw(`${dialect.epochMs('paid_at')} AS paid_ms`),
  ];
}

/** The columns hold what this package wrote, so that the closed sets of words need no check. */
export function readPayment(row: Row): CashuPaymentRow {
  return {
    id: String(row['id']),
    paymentId: String(row['payment_id']),
    account: String(row['account']),
    sum: readAmount(row['sum']),
    currency: String(row['currency']),
    description: String(row['description']),
    status: String(row['status']) as CashuStatus,
    flow: String(row['flow']) as CashuFlow,
    review: readText(row['review']) as ReviewReason | undefined,
    paidSum: row['paid_sum'] === null ? undefined : readAmount(row['paid_sum']),
    paidCurrency: readText(row['paid_currency']),
    refundedSum: readAmount(row['refunded_sum']),
    orderId: readText(row['order_id']),
    operationCode: readText(row['operation_code']),
    operationMessage: readText(row['operation_message']),
    ip: String(row['ip']),
    language: String(row['language']),
    successUrl: readText(row['success_url']),
    failUrl: readText(row['fail_url']),
    pageQuery: String(row['page_query']),
    redirect: readText(row['redirect']),
    isKnown: Number(row['is_known']) === 1,
    questions: Number(row['questions']),
    checks: Number(row['checks']),
    createdAt: new Date(Number(row['created_ms'])),
    paidAt: readMoment(row['paid_ms']),
  };
}

export function newPaymentColumns(payment: NewCashuPayment, { dialect }: Database): Record<string, unknown> {
  return {
    payment_id: payment.paymentId,
    account: payment.account,
    sum: payment.sum,
    currency: payment.currency,
    description: payment.description,
    status: 'created',
    flow: payment.flow,
    order_id: payment.orderId ?? null,
    ip: payment.ip,
    language: payment.language,
    success_url: payment.successUrl ?? null,
    fail_url: payment.failUrl ?? null,
    page_query: payment.pageQuery,
    created_at: dialect.time(payment.createdAt),
  };
}

export function paymentUpdateColumns(update: CashuPaymentUpdate, database: Database): Record<string, unknown> {
  const { paidAt, checkInMs } = update;
  return {
    ...given({ status: update.status, paid_sum: update.paidSum, paid_currency: update.paidCurrency, refunded_sum: update.refundedSum }),
    ...given({ operation_code: update.operationCode?.slice(0, 16), operation_message: update.operationMessage, redirect: update.redirect }),
    ...('review' in update && { review: update.review ?? null }),
    ...(update.isKnown !== undefined && { is_known: Number(update.isKnown) }),
    ...given({ questions: update.questions }),
    ...(paidAt !== undefined && { paid_at: database.dialect.time(paidAt) }),
    ...(checkInMs !== undefined && { check_at: unlessDue(checkInMs, database) }),
  };
}

export function refundColumns({ knex, dialect }: Database): (string | Knex.Raw)[] {
  return [
    ...['refund_id', 'payment_id', 'amount', 'status', 'description', 'is_ours', 'is_accepted', 'request_id', 'operation_id'],
    ...['operation_code', 'operation_message', 'checks'],
    knex.raw(`${dialect.epochMs('created_at')} AS created_ms`),
    knex.raw(`${dialect.epochMs('finished_at')} AS finished_ms`),
  ];
}

export function readRefund(row: Row): CashuRefundRow {
  return {
    refundId: String(row['refund_id']),
    paymentId: String(row['payment_id']),
    amount: readAmount(row['amount']),
    status: String(row['status']) as CashuRefundStatus,
    description: String(row['description']),
    isOurs: Number(row['is_ours']) === 1,
    isAccepted: Number(row['is_accepted']) === 1,
    requestId: readText(row['request_id']),
    operationId: readText(row['operation_id']),
    operationCode: readText(row['operation_code']),
    operationMessage: readText(row['operation_message']),
    checks: Number(row['checks']),
    createdAt: new Date(Number(row['created_ms'])),
    finishedAt: readMoment(row['finished_ms']),
  };
}

export function newRefundColumns(refund: NewCashuRefund, database: Database): Record<string, unknown> {
  const { dialect } = database;
  return {
    refund_id: refund.refundId,
    payment_id: refund.paymentId,
    amount: refund.amount,
    status: refund.status,
    description: refund.description,
    is_ours: Number(refund.isOurs),
    is_accepted: Number(refund.isAccepted),
    request_id: refund.requestId?.slice(0, 128) ?? null,
    operation_id: refund.operationId?.slice(0, 64) ?? null,
    operation_code: refund.operationCode?.slice(0, 16) ?? null,
    operation_message: refund.operationMessage ?? null,
    check_at: dueColumn(refund.checkInMs ?? null, database),
    created_at: dialect.time(refund.createdAt),
    finished_at: refund.finishedAt === undefined ? null : dialect.time(refund.finishedAt),
  };
}

export function refundUpdateColumns(update: CashuRefundUpdate, database: Database): Record<string, unknown> {
  const { finishedAt, checkInMs } = update;
  return {
    ...given({ status: update.status, amount: update.amount, operation_message: update.operationMessage }),
    ...given({ request_id: update.requestId?.slice(0, 128), operation_id: update.operationId?.slice(0, 64) }),
    ...given({ operation_code: update.operationCode?.slice(0, 16) }),
    ...(update.isAccepted !== undefined && { is_accepted: Number(update.isAccepted) }),
    ...(finishedAt !== undefined && { finished_at: database.dialect.time(finishedAt) }),
    ...(checkInMs !== undefined && { check_at: dueColumn(checkInMs, database) }),
  };
}

function dueColumn(inMs: number | null, { knex, dialect }: Database): Knex.Raw | null {
  return inMs === null ? null : dialect.dueIn(knex, inMs, Date.now());
}

/** A payment that is due stays due: somebody wants something asked that is not known yet. */
function unlessDue(checkInMs: number | null, { knex, dialect }: Database): Knex.Raw {
  const now = Date.now();
  const next = checkInMs === null ? knex.raw('NULL') : dialect.dueIn(knex, checkInMs, now);
  return knex.raw('CASE WHEN check_at <= ? THEN check_at ELSE ? END', [dialect.dueIn(knex, 0, now), next]);
}

function given(columns: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function readMoment(value: unknown): Date | undefined {
  return value === null || value === undefined ? undefined : new Date(Number(value));
}
