import type { NotificationAnswer } from '../send-notification.ts';

/** Reason of the decline for each code that a site may answer at Check. */
const REFUSALS: Readonly<Record<number, number>> = { 0: 0, 10: 3001, 11: 3002, 12: 3003, 13: 3008, 20: 3004 };
const FORMAT_ERROR = 3005;
const UNAVAILABLE = 3006;
const UNABLE_TO_CONNECT = 3007;
const NOT_CONNECTED = new Set([404, 504, 508]);

/** The numeric `code` of an answer; undefined for everything but HTTP 200 with such JSON. */
export function answerCode(answer: NotificationAnswer): number | undefined {
  if (answer.status !== 200) return undefined;
  try {
    const body: unknown = JSON.parse(answer.body);
    const code: unknown = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
    return typeof code === 'number' ? code : undefined;
  } catch {
    return undefined;
  }
}

/**
 * 0 when the payment may proceed, else the reason for which it is declined.
 * Source: https://developers.cloudpayments.ru/#kody-obrabotki-otvetov-na-check-uvedomlenie
 */
export function checkReason(answer: NotificationAnswer | Error): number {
  if (answer instanceof Error) return answer.name === 'TimeoutError' ? UNAVAILABLE : UNABLE_TO_CONNECT;
  if (answer.status !== 200) return NOT_CONNECTED.has(answer.status) ? UNABLE_TO_CONNECT : UNAVAILABLE;
  return REFUSALS[answerCode(answer) ?? -1] ?? FORMAT_ERROR;
}
