import { createHmac } from 'node:crypto';
import { OptionsError } from '../domain/errors.ts';

const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The key in a Standard Webhooks secret: base64 of 24 to 64 bytes, with or without the prefix `whsec_`.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function decodeWebhookSecret(secret: string): Uint8Array {
  const encoded = secret.replace(/^whsec_/, '');
  const key = BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) {
    throw new OptionsError(
      'ERR_PAYMENTS_OPTIONS',
      `Option "webhook.secret" must be "whsec_" and base64 of ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes. Make one with: node -e "console.log('whsec_' + require('node:crypto').randomBytes(32).toString('base64'))"`,
    );
  }
  return key;
}

/** One `v1,…` signature over `${id}.${timestamp}.${body}`; `timestamp` in seconds since the epoch. */
export function signWebhook(key: Uint8Array, message: { readonly id: string; readonly timestamp: number; readonly body: string }): string {
  const { id, timestamp, body } = message;
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`;
}
