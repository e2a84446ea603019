import { ApiError, errorText } from '../../domain/errors.ts';
import { storableText } from '../../domain/storable-text.ts';
import { type HttpAnswer, postJson } from './http-client.ts';
import { numberText } from './parse.ts';
import { readAnswer } from './read-answer.ts';
import { readReport } from './read-report.ts';
import type { PaymentReport } from './report.ts';
import { isSignatureGenuine, signData } from './signature.ts';

export interface GateCredentials {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly projectId: number;
  /** The first signs; answers may be signed with any. */
  readonly secrets: readonly string[];
}

/** A payment that is to be made with CashU; amounts in minor units. */
export interface GateSale {
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string;
  readonly customer: Readonly<Record<string, string>>;
  readonly returnUrl: string;
  readonly callbackUrl: string | undefined;
  readonly bestBefore: string;
}

export interface GateRefund {
  readonly paymentId: string;
  /** ECommPay carries out one of several requests with the same. */
  readonly refundId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string;
  readonly ip: string;
  readonly callbackUrl: string | undefined;
}

/** `accepted`: received and sound; whether money moves is told later. `refused`: nothing will happen. */
export type GateAnswer =
  | { readonly kind: 'accepted'; readonly requestId: string | undefined }
  /** A request with the same number was received before: what a repeated one gets. Its outcome is told as ever. */
  | { readonly kind: 'known'; readonly message: string }
  | { readonly kind: 'refused'; readonly code: string | undefined; readonly message: string };

/** It answers within 100 ms as a rule, and a payer waits. */
const TIMEOUT_MS = 5_000;
const MAX_TEXT = 1_000;
/** Duplicate of a payment, of a refund. */
const ALREADY_RECEIVED: ReadonlySet<string> = new Set(['3041', '3230']);
/** No payment of this number. It may still come: that is no refusal. */
const NOT_KNOWN = '3061';
/** There is one, and nothing can be told of it yet. */
const NO_DETAILS_YET = '3062';

type Json = Readonly<Record<string, unknown>>;

/**
 * ECommPay's Gate. Each method throws `ApiError`; with `answered: false` what became of the request is unknown, and the same request may be
 * sent again. Source: https://api-developers.ecommpay.com
 */
export class EcommpayGate {
  readonly #credentials: GateCredentials;

  constructor(credentials: GateCredentials) {
    this.#credentials = credentials;
  }

  /** `/v2/payment/wallet/cashu/sale` */
  async sale(sale: GateSale, signal?: AbortSignal): Promise<GateAnswer> {
    const { paymentId, amount, currency, description, customer, returnUrl, callbackUrl, bestBefore } = sale;
    const answer = await this.#post('/v2/payment/wallet/cashu/sale', signal, {
      general: { ...this.#general(paymentId), ...(callbackUrl !== undefined && { merchant_callback_url: callbackUrl }) },
      customer,
      payment: { amount, currency, description, best_before: bestBefore },
      return_url: { success: returnUrl, decline: returnUrl, return: returnUrl },
    });
    return readAcceptance(answer);
  }

  /** `/v2/payment/wallet/cashu/refund` */
  async refund(refund: GateRefund, signal?: AbortSignal): Promise<GateAnswer> {
    const { paymentId, refundId, amount, currency, description, ip, callbackUrl } = refund;
    const answer = await this.#post('/v2/payment/wallet/cashu/refund', signal, {
      general: { ...this.#general(paymentId), ...(callbackUrl !== undefined && { merchant_callback_url: callbackUrl }) },
      customer: { ip_address: ip },
      payment: { description, amount, currency, merchant_refund_id: refundId },
    });
    return readAcceptance(answer);
  }

  /** `/v2/payment/status`. Undefined while ECommPay knows no such payment. */
  async status(paymentId: string, signal?: AbortSignal): Promise<PaymentReport | undefined> {
    const answer = await this.#post('/v2/payment/status', signal, { general: this.#general(paymentId) });
    const data = readAnswer(answer.text);
    const code = data && errorCode(data);
    if (code === NOT_KNOWN) return undefined;
    if (code === NO_DETAILS_YET) return withoutDetails(paymentId);
    if (data === undefined || answer.status >= 500) throw new ApiError(`ECommPay answered with HTTP ${answer.status}.`, false);
    if (code !== undefined || answer.status !== 200)
      throw new ApiError(`ECommPay refused to give the status: ${errorMessage(data, answer.status)}`, true);
    if (!isSignatureGenuine(data, this.#credentials.secrets)) throw new ApiError('The signature of ECommPay’s answer is wrong.', true);
    const report = readStatus(data);
    const isOurs = report?.projectId === undefined || report.projectId === String(this.#credentials.projectId);
    if (report === undefined || !isOurs || report.paymentId.toLowerCase() !== paymentId.toLowerCase())
      throw new ApiError('ECommPay answered about another payment.', true);
    return report;
  }

  #general(paymentId: string): Record<string, string | number> {
    return { project_id: this.#credentials.projectId, payment_id: paymentId };
  }

  async #post(path: string, signal: AbortSignal | undefined, body: Readonly<Record<string, object>>): Promise<HttpAnswer> {
    const signature = signData(body, this.#credentials.secrets[0] ?? '');
    const signed = { ...body, general: { ...body['general'], signature } };
    return await postJson(`${this.#credentials.baseUrl}${path}`, signed, { timeoutMs: TIMEOUT_MS, signal });
  }
}

function withoutDetails(paymentId: string): PaymentReport {
  const nothing = { projectId: undefined, status: undefined, sum: undefined, redirect: undefined } as const;
  return { source: 'status', paymentId, ...nothing, mayBeTriedAgain: false, operations: [] };
}

function readStatus(data: Json): PaymentReport | undefined {
  try {
    return readReport(data, 'status');
  } catch (cause) {
    throw new ApiError(`ECommPay’s answer cannot be read: ${errorText(cause)}`, true, { cause });
  }
}

/** An acceptance may be unsigned, and decides nothing: the worst that a forged one does is that the payer waits. */
function readAcceptance(answer: HttpAnswer): GateAnswer {
  const data = readAnswer(answer.text);
  const code = data && errorCode(data);
  if (code !== undefined && ALREADY_RECEIVED.has(code)) return { kind: 'known', message: errorMessage(data ?? {}, answer.status) };
  if (answer.status === 200 && data?.['status'] === 'success') return { kind: 'accepted', requestId: textOf(data['request_id']) };
  if (!isRefusal(answer, data)) throw new ApiError(`ECommPay answered with HTTP ${answer.status} and nothing that can be used.`, false);
  return { kind: 'refused', code: code ?? textOf(data?.['code']), message: errorMessage(data ?? {}, answer.status) };
}

/** An answer in JSON that is no acceptance: a page of something in between tells nothing about the request. */
function isRefusal({ status }: HttpAnswer, data: Json | undefined): boolean {
  if (data === undefined || status === 408 || status === 429 || status >= 500) return false;
  return status >= 400 || errorCode(data) !== undefined;
}

/** `{"status":"error","code":"3261","message":…}`, or `{"errors":[{"code":2004,"message":…}]}` with or without `status`. */
function errorCode(data: Json): string | undefined {
  const [first] = errorsOf(data);
  if (data['status'] !== 'error' && first === undefined) return undefined;
  return textOf(data['code']) ?? textOf(first?.['code']) ?? 'unknown';
}

function errorMessage(data: Json, status: number): string {
  const [first] = errorsOf(data);
  const code = errorCode(data);
  const message = textOf(data['message']) ?? textOf(first?.['message']) ?? textOf(first?.['description']) ?? 'without a reason';
  const field = textOf(first?.['field']);
  return `${code === undefined ? `HTTP ${status}` : `code ${code}`}, ${message}${field === undefined ? '' : ` (${field})`}`;
}

/** A payment that failed lists its errors too: only without a payment they are about the request. */
function errorsOf(data: Json): readonly Json[] {
  const errors = data['errors'];
  if (!Array.isArray(errors) || data['payment'] !== undefined) return [];
  return errors.filter((error) => typeof error === 'object' && error !== null);
}

/** Of text and numbers; empty counts as absent. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? storableText(value).slice(0, MAX_TEXT) : numberText(value);
}
