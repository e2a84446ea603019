import type { Request, Response } from 'express';
import { NotificationError } from '../domain/errors.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import type { Logger } from '../domain/logger.ts';
import type { Notification, NotificationType } from '../domain/notification.ts';
import { answerCheck, type CheckRules } from '../payments/answer-check.ts';
import { notificationRow, type RecordingContext, recordNotification } from '../payments/record-notification.ts';
import {
  ACKNOWLEDGED,
  checkAnswer,
  formatOf,
  parseNotification,
  readFields,
  type SignedMessage,
  verifySignature,
} from '../providers/cloudpayments/index.ts';
import { answerError, toHttpError } from './answer-error.ts';
import { type Ending, httpLogRow } from './http-log.ts';
import { readRawBody } from './read-raw-body.ts';
import type { RequestLog } from './request-log.ts';

export interface ReceivingContext {
  readonly secrets: readonly string[];
  readonly allowUnsigned: boolean;
  readonly checkRules: CheckRules;
  readonly recording: RecordingContext;
  readonly requestLog: RequestLog;
  readonly emitter: PaymentsEmitter;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
}

/** A request on its way, with what is known of it so far. */
interface Arrival {
  readonly request: Request;
  readonly receivedAt: number;
  raw: Uint8Array;
}

/** The way of a notification: the bytes as sent, verified, read, stored, answered. */
export async function receiveNotification(
  type: NotificationType,
  request: Request,
  response: Response,
  context: ReceivingContext,
): Promise<void> {
  const arrival: Arrival = { request, receivedAt: Date.now(), raw: Buffer.alloc(0) };
  try {
    const message = await receive(arrival);
    verifySignature(message, context.secrets, context.allowUnsigned);
    const notification = parseNotification(type, readFields(message.raw, message.format));
    const answer = type === 'check' ? await check(notification, arrival, context) : await acknowledge(notification, arrival, context);
    // Not by `json`, which may answer 304 without a body: only 200 with this text counts as delivered.
    response
      .status(200)
      .set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(answer));
  } catch (cause) {
    await refuse(cause, arrival, response, context);
  }
}

async function receive(arrival: Arrival): Promise<SignedMessage> {
  const { request } = arrival;
  const isGet = request.method === 'GET';
  arrival.raw = isGet ? Buffer.alloc(0) : await readRawBody(request);
  const raw = isGet ? queryBytes(request.originalUrl) : arrival.raw;
  return { raw, format: formatOf(raw), contentHmac: request.get('content-hmac'), xContentHmac: request.get('x-content-hmac') };
}

/** Node gives the bytes of the request line as Latin-1. */
function queryBytes(url: string): Buffer {
  const at = url.indexOf('?');
  return at < 0 ? Buffer.alloc(0) : Buffer.from(url.slice(at + 1), 'latin1');
}

async function check(notification: Notification, arrival: Arrival, context: ReceivingContext): Promise<object> {
  const code = await answerCheck(notification, context.checkRules);
  const log = logRow(arrival, { status: 200 }, context);
  const outcome = await context.recording.recorder.record({
    log,
    notification: notificationRow(notification, log, true, `answered ${code}`),
  });
  if (outcome.notification !== 'none') context.emitter.emit('notification', { notification, outcome: outcome.notification });
  return checkAnswer(code);
}

async function acknowledge(notification: Notification, arrival: Arrival, context: ReceivingContext): Promise<object> {
  await recordNotification(notification, logRow(arrival, { status: 200 }, context), context.recording);
  return ACKNOWLEDGED;
}

async function refuse(cause: unknown, arrival: Arrival, response: Response, context: ReceivingContext): Promise<void> {
  const error = toHttpError(cause, context.logger);
  const url = arrival.request.path;
  context.logger.warn({ code: error.code, status: error.status, url, message: error.message }, 'a notification was refused');
  context.emitter.emit('refused', { code: error.code, url });
  if (cause instanceof NotificationError) context.logger.debug({ field: cause.field }, 'the field that could not be used');
  await context.requestLog.write(logRow(arrival, { status: error.status, error: error.code }, context));
  answerError(response, error);
}

function logRow({ request, receivedAt, raw }: Arrival, ending: Ending, { maxBodyBytes }: ReceivingContext): ReturnType<typeof httpLogRow> {
  return httpLogRow(request, raw, ending, { maxBodyBytes, receivedAt });
}
