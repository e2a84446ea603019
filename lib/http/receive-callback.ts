import type { Request, Response } from 'express';
import { HttpError, SignatureError } from '../domain/errors.ts';
import type { CashuContext } from '../payments/cashu-context.ts';
import { applyReport } from '../payments/settle-cashu-payment.ts';
import { ACKNOWLEDGED, type Callback, isOwnPaymentId, parseCallback, readJson } from '../providers/ecommpay/index.ts';
import { answerError, toHttpError } from './answer-error.ts';
import { httpLogRow } from './http-log.ts';
import { isParsedByHost, readJsonBody } from './read-json-body.ts';
import type { RequestLog } from './request-log.ts';

export interface CallbackContext {
  readonly cashu: CashuContext;
  readonly requestLog: RequestLog;
  readonly maxBodyBytes: number;
}

/** `POST /cashu/callback`: the body, verified, read, applied, answered. */
export async function receiveCallback(request: Request, response: Response, context: CallbackContext): Promise<void> {
  const { cashu, requestLog, maxBodyBytes } = context;
  const receivedAt = Date.now();
  let raw: Uint8Array = Buffer.alloc(0);
  const log = async (status: number, error?: string) =>
    await requestLog.write(httpLogRow(request, raw, { status, error }, { maxBodyBytes, receivedAt }));
  try {
    const body = await readBody(request);
    raw = body;
    const { secrets, projectId } = cashu.config;
    await apply(parseCallback(readJson(body.toString('utf8')), { secrets, projectId }), cashu);
    await log(200);
    response.status(200).set('Cache-Control', 'no-store').json(ACKNOWLEDGED);
  } catch (cause) {
    const error = explain(toHttpError(cause, cashu.logger), request);
    cashu.logger.warn({ code: error.code, status: error.status, message: error.message }, 'a callback of ECommPay was refused');
    cashu.emitter.emit('refused', { code: error.code, url: request.path });
    await log(error.status, error.code);
    answerError(response, error);
  }
}

/** What a parser in front has made of large or odd numbers is not what was signed. */
function explain(error: HttpError, request: Request): HttpError {
  if (error.code !== 'ERR_PAYMENTS_SIGNATURE_WRONG' || !isParsedByHost(request)) return error;
  const hint = 'Or a body parser in front of the payments router has changed a number: mount the router before it.';
  return new HttpError(error.status, error.code, `${error.message} ${hint}`, { cause: error });
}

async function readBody(request: Request): Promise<Buffer> {
  try {
    return await readJsonBody(request);
  } catch (error) {
    // By the contract with ECommPay whatever cannot be verified is a 400.
    if (error instanceof SignatureError) throw new HttpError(400, error.code, error.message, { cause: error });
    throw error;
  }
}

async function apply(callback: Callback, cashu: CashuContext): Promise<void> {
  if (callback.kind === 'other') return;
  const isKnown = callback.kind === 'report' ? await applyReport(callback.report, cashu) : await askAbout(callback.paymentId, cashu);
  if (!isKnown) throw new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is no such payment here.');
}

/** What it says cannot be trusted: ECommPay is asked instead. */
async function askAbout(id: string, { store, logger, wakeWatcher }: CashuContext): Promise<boolean> {
  const paymentId = id.toLowerCase();
  if (!isOwnPaymentId(paymentId) || (await store.find(paymentId)) === undefined) return false;
  logger.warn({ paymentId }, 'a callback holds a semicolon in a value; ECommPay is asked for the status instead');
  await store.checkPaymentNow(paymentId);
  wakeWatcher();
  return true;
}
