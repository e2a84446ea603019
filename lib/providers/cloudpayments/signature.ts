import { createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureError } from '../../domain/errors.ts';
import { decodeForm, type FormPair } from './decode-form.ts';

/** What a signature is computed over. */
export interface SignedMessage {
  /** The body of a POST, or the query string of a GET without `?`, byte for byte as sent. */
  readonly raw: Uint8Array;
  readonly format: 'form' | 'json';
  /** Header `Content-HMAC`. */
  readonly contentHmac: string | undefined;
  /** Header `X-Content-HMAC`. */
  readonly xContentHmac: string | undefined;
}

/** 32 bytes in base64. */
const HMAC_SHA256_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

const LIKELY_CAUSES =
  'Likely causes: the API secret is not the one of this site; a proxy or a body parser in front of the router changed the body; the encoding in the merchant cabinet is not UTF-8.';

/**
 * Throws `SignatureError` unless one of the secrets made the signature. `Content-HMAC` covers the bytes as sent and
 * is the only one looked at when it is there; `X-Content-HMAC` covers the decoded parameters.
 * Source: https://developers.cloudpayments.ru/#proverka-uvedomleniy
 */
export function verifySignature(message: SignedMessage, secrets: readonly string[], allowUnsigned = false): void {
  const { raw, format, contentHmac, xContentHmac } = message;
  if (contentHmac !== undefined) verifyHeader({ name: 'Content-HMAC', value: contentHmac, message: raw }, secrets, allowUnsigned);
  else if (xContentHmac !== undefined) {
    const text = format === 'json' ? raw : decodedText(raw);
    verifyHeader({ name: 'X-Content-HMAC', value: xContentHmac, message: text }, secrets, allowUnsigned);
  } else if (!allowUnsigned) {
    throw new SignatureError(
      'ERR_PAYMENTS_SIGNATURE_MISSING',
      'The notification has neither a Content-HMAC nor an X-Content-HMAC header. CloudPayments sends both: does a proxy remove them, or did somebody else send this?',
    );
  }
}

interface SignedHeader {
  readonly name: string;
  readonly value: string;
  readonly message: Uint8Array;
}

function verifyHeader({ name: header, value, message }: SignedHeader, secrets: readonly string[], allowUnsigned: boolean): void {
  if (!HMAC_SHA256_BASE64.test(value)) {
    throw new SignatureError('ERR_PAYMENTS_SIGNATURE_MALFORMED', `The header ${header} is not base64 of 32 bytes.`);
  }
  // Nothing to compare with, by the host's own choice.
  if (secrets.length === 0 && allowUnsigned) return;
  const given = Buffer.from(value, 'base64');
  let isGenuine = false;
  for (const secret of secrets) {
    // No early exit: the time must not tell which secret matched.
    if (timingSafeEqual(createHmac('sha256', secret).update(message).digest(), given)) isGenuine = true;
  }
  if (!isGenuine) throw new SignatureError('ERR_PAYMENTS_SIGNATURE_WRONG', `The signature in ${header} is wrong. ${LIKELY_CAUSES}`);
}

/**
 * The decoded line that `X-Content-HMAC` covers. Parameters that hold `&` or `=` after decoding could be cut in more than one
 * way under the same signature, so they cannot be trusted with this header alone.
 */
function decodedText(raw: Uint8Array): Uint8Array {
  const pairs = decodeForm(raw);
  if (pairs.some(isAmbiguous)) {
    throw new SignatureError(
      'ERR_PAYMENTS_SIGNATURE_AMBIGUOUS',
      'A parameter holds "&" or "=", for which X-Content-HMAC proves nothing, and Content-HMAC is missing. Does a proxy remove the header Content-HMAC?',
    );
  }
  return Buffer.from(pairs.map(([name, value]) => `${name}=${value}`).join('&'));
}

function isAmbiguous([name, value]: FormPair): boolean {
  return /[&=]/.test(name) || /[&=]/.test(value);
}
