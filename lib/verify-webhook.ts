import { timingSafeEqual } from 'node:crypto';
import { decodeWebhookSecret, signWebhook } from './dispatcher/sign-webhook.ts';
import { PaymentsError } from './domain/errors.ts';

/** A webhook as the merchant's back-end received it. */
export interface ReceivedWebhook {
  /** The body byte for byte as received (`express.raw({ type: 'application/json' })`), not a parsed object. */
  readonly body: string | Uint8Array;
  /** Headers with lower-case names, as Node gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** `whsec_…`, or a list while it is being changed. */
  readonly secret: string | readonly string[];
}

/** Older and newer ones are refused: who records a webhook cannot send it again later. */
const TOLERANCE_SECONDS = 300;

/**
 * For the merchant's back-end: gives the parsed body of a webhook whose signature is genuine (Standard Webhooks, `v1`).
 * Throws `PaymentsError` with code `ERR_PAYMENTS_WEBHOOK_SIGNATURE` for anything else; answer 400 then.
 */
export function verifyWebhook({ body, headers, secret }: ReceivedWebhook): unknown {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature');
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(Date.now() / 1000 - seconds) <= TOLERANCE_SECONDS))
    throw refuse('webhook-timestamp is too old, too new or no number. Is the clock right?');
  // A parser that did not run leaves undefined behind.
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw refuse("there is no body. Mount express.raw({ type: 'application/json' }) before the handler");
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const expected = [secret].flat().map((one) => Buffer.from(signWebhook(decodeWebhookSecret(one), { id, timestamp: seconds, body: text })));
  const given = signatures.split(' ').map((signature) => Buffer.from(signature));
  const isGenuine = given.some((one) => expected.some((other) => one.length === other.length && timingSafeEqual(one, other)));
  if (!isGenuine) throw refuse('the signature is wrong. Is it the same secret, and are these the bytes as received?');
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('it is genuine, but its body is no JSON');
  }
}

function header(headers: ReceivedWebhook['headers'], name: string): string {
  const value = [headers[name]].flat()[0];
  if (value === undefined || value === '') throw refuse(`the header ${name} is missing`);
  return value;
}

function refuse(reason: string): PaymentsError {
  return new PaymentsError('ERR_PAYMENTS_WEBHOOK_SIGNATURE', `The webhook is refused: ${reason}`);
}
