import { createHmac, timingSafeEqual } from 'node:crypto';
import { PaymentsError } from '../../domain/errors.ts';
import { canonicalString, canonicalStrings } from './canonical-string.ts';

/** What ECommPay sends is a few kilobytes; anybody may send more, and sorting it costs time. */
const MAX_SIGNED_BYTES = 262_144;
/** 64 bytes in base64. */
const HMAC_SHA512_BASE64 = /^[A-Za-z0-9+/]{86}==$/;

/**
 * The signature of a request. Throws for a semicolon in any value or name, and for a colon in a name: the signed text would read in more
 * than one way, and what a payer writes could pass for a callback.
 * Source: https://developers.ecommpay.com/en/en_platform_signature.html
 */
export function signData(data: object, secret: string): string {
  refuseAmbiguous(data);
  return hmac(canonicalString(data), secret).toString('base64');
}

function refuseAmbiguous(value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (/[;:]/.test(name)) throw ambiguous();
      refuseAmbiguous(item);
    }
  } else if (typeof value === 'string' && value.includes(';')) throw ambiguous();
}

function ambiguous(): PaymentsError {
  return new PaymentsError('ERR_PAYMENTS_INTERNAL', 'What would be signed for ECommPay holds a semicolon, or a colon in a name.');
}

/**
 * Whether one of the secrets made the signature of what was received, in any of the orders in which ECommPay's libraries sort. The
 * signature stands at top level, else in `general`, and nowhere else. False for whatever is no signed object, or larger than `maxBytes` as a text to sign; never throws.
 */
export function isSignatureGenuine(data: unknown, secrets: readonly string[], maxBytes: number = MAX_SIGNED_BYTES): boolean {
  const given = signatureOf(data);
  if (given === undefined) return false;
  let isGenuine = false;
  for (const text of signedTexts(data, maxBytes)) {
    for (const secret of secrets) {
      // No early exit: the time must not tell which secret or order matched.
      if (timingSafeEqual(hmac(text, secret), given)) isGenuine = true;
    }
  }
  return isGenuine;
}

function signedTexts(data: unknown, maxBytes: number): readonly string[] {
  try {
    return canonicalStrings(data, maxBytes);
  } catch {
    // Nested too deeply, or too large: nobody signs that.
    return [];
  }
}

function signatureOf(data: unknown): Buffer | undefined {
  const own = ownMember(data, 'signature');
  const signature = own === undefined ? ownMember(ownMember(data, 'general'), 'signature') : own;
  return typeof signature === 'string' && HMAC_SHA512_BASE64.test(signature) ? Buffer.from(signature, 'base64') : undefined;
}

function ownMember(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name) ? Reflect.get(data, name) : undefined;
}

function hmac(text: string, secret: string): Buffer {
  return createHmac('sha512', secret).update(text, 'utf8').digest();
}
