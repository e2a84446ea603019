import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { CashuPayment, CashuRefund } from '../domain/cashu-payment.ts';
import { ApiError, DatabaseError, HttpError, PaymentsError } from '../domain/errors.ts';
import { storableText } from '../domain/storable-text.ts';
import type { CashuContext } from '../payments/cashu-context.ts';
import { refundCashuPayment } from '../payments/refund-cashu-payment.ts';
import { isOwnPaymentId, numberText, readJson } from '../providers/ecommpay/index.ts';
import { answerError, toHttpError } from './answer-error.ts';
import { httpLogRow } from './http-log.ts';
import type { Exchange } from './page-request.ts';
import { readJsonBody } from './read-json-body.ts';
import type { RequestLog } from './request-log.ts';

export interface MerchantContext {
  readonly cashu: CashuContext;
  /** Undefined: the routes do not exist. */
  readonly httpAuth: { readonly username: string; readonly password: string } | undefined;
  readonly requestLog: RequestLog;
  readonly maxBodyBytes: number;
}

type Answer = { readonly status: number; readonly body: object };
type Step = (raw: { body: Uint8Array }) => Promise<Answer>;

/** `POST /cashu/refund` */
export async function answerRefund(request: Request, response: Response, context: MerchantContext): Promise<void> {
  await answer({ request, response }, context, async (raw) => {
    raw.body = await readJsonBody(request);
    const refund = await refundCashuPayment(readRefundRequest(raw.body), context.cashu);
    return { status: 202, body: { refund_id: refund.refundId, status: refund.status } };
  });
}

/** `GET /cashu/payments/:payment_id` */
export async function answerPayment(request: Request, response: Response, context: MerchantContext): Promise<void> {
  await answer({ request, response }, context, async () => {
    const paymentId = String(request.params['payment_id']).toLowerCase();
    const { store, plan } = context.cashu;
    const payment = isOwnPaymentId(paymentId) ? await store.find(paymentId) : undefined;
    if (payment === undefined) throw new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is no such payment.');
    return { status: 200, body: paymentJson(payment, await store.refundsOf([paymentId]), (ms) => plan.formatTime(ms)) };
  });
}

/** The refund id of the caller makes a repeated request harmless. */
function readRefundRequest(body: Uint8Array): Parameters<typeof refundCashuPayment>[0] {
  const data = readJson(Buffer.from(body).toString('utf8'));
  const unknown = Object.keys(data).find((name) => !REFUND_MEMBERS.includes(name));
  if (unknown !== undefined) throw wrong(`There is no member "${unknown.slice(0, 64)}". Known: ${REFUND_MEMBERS.join(', ')}.`);
  const paymentId = readText(data, 'payment_id');
  if (paymentId === undefined) throw wrong('payment_id is missing.');
  const amount = numberText(data['amount']) ?? data['amount'] ?? undefined;
  if (amount !== undefined && typeof amount !== 'string') throw wrong('amount has to be a decimal number, as text or number.');
  return {
    paymentId: paymentId.toLowerCase(),
    amount,
    description: readText(data, 'description'),
    refundId: readText(data, 'refund_id'),
  };
}

const REFUND_MEMBERS: readonly string[] = ['payment_id', 'amount', 'description', 'refund_id'];

function readText(data: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(`${name} has to be text.`);
  return storableText(value);
}

async function answer(exchange: Exchange, context: MerchantContext, step: Step): Promise<void> {
  const { request, response } = exchange;
  const { requestLog, maxBodyBytes } = context;
  const receivedAt = Date.now();
  const raw = { body: Buffer.alloc(0) as Uint8Array };
  const log = async (status: number, error?: string) =>
    await requestLog.write(httpLogRow(request, raw.body, { status, error }, { maxBodyBytes, receivedAt }));
  try {
    authenticate(exchange, context.httpAuth);
    const { status, body } = await step(raw);
    await log(status);
    response.status(status).set('Cache-Control', 'no-store').json(body);
  } catch (cause) {
    const error = toHttpError(toAnswer(cause), context.cashu.logger);
    await log(error.status, error.code);
    answerError(response, error);
  }
}

const STATUSES: Readonly<Partial<Record<PaymentsError['code'], number>>> = {
  ERR_PAYMENTS_NOT_FOUND: 404,
  ERR_PAYMENTS_STATE: 409,
  ERR_PAYMENTS_REQUEST: 400,
  ERR_PAYMENTS_DATABASE: 503,
};

function toAnswer(cause: unknown): unknown {
  if (cause instanceof HttpError || cause instanceof DatabaseError || !(cause instanceof PaymentsError)) return cause;
  const status = cause instanceof ApiError ? (cause.answered ? 409 : 503) : STATUSES[cause.code];
  return status === undefined ? cause : new HttpError(status, cause.code, cause.message, { cause });
}

/** HTTP Basic. Compared by digest, so that the time tells neither length nor content. */
function authenticate({ request, response }: Exchange, httpAuth: MerchantContext['httpAuth']): void {
  if (httpAuth === undefined)
    throw new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is nothing at this address: option "httpAuth" is not set.');
  const [, encoded = ''] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(request.get('authorization') ?? '') ?? [];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`${httpAuth.username}:${httpAuth.password}`);
  if (timingSafeEqual(digest(Buffer.from(encoded, 'base64').toString('utf8')), expected)) return;
  response.set('WWW-Authenticate', 'Basic realm="payments", charset="UTF-8"');
  throw new HttpError(401, 'ERR_PAYMENTS_UNAUTHORIZED', 'User name and password (HTTP Basic) are missing or wrong.');
}

function paymentJson(payment: CashuPayment, refunds: readonly CashuRefund[], formatTime: (ms: number) => string): object {
  const { paymentId, status, account, sum, currency, description, createdAt } = payment;
  return {
    ...{ payment_id: paymentId, status, account, sum, currency, description, created_at: formatTime(createdAt.getTime()) },
    refunds: refunds.map((refund) => ({
      ...{ refund_id: refund.refundId, amount: refund.amount, status: refund.status, created_at: formatTime(refund.createdAt.getTime()) },
    })),
  };
}

function wrong(message: string): HttpError {
  return new HttpError(400, 'ERR_PAYMENTS_REQUEST', message);
}
