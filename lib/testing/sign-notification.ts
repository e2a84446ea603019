import { createHmac } from 'node:crypto';

/** The two headers with which CloudPayments signs a notification. */
export interface NotificationSignature {
  /** Over the text as it is sent. */
  readonly 'content-hmac': string;
  /** Over the same text with each part form-decoded; for a JSON body over the text as it is sent. */
  readonly 'x-content-hmac': string;
}

/**
 * Signs a notification: base64 of HMAC-SHA256 under the site's API secret.
 * `body` is the form or JSON body, for GET the query string without `?`.
 * Source: https://developers.cloudpayments.ru/#proverka-uvedomleniy
 */
export function signNotification({ body, secret }: { readonly body: string; readonly secret: string }): NotificationSignature {
  return { 'content-hmac': hmac(body, secret), 'x-content-hmac': hmac(decodedText(body), secret) };
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('base64');
}

function decodedText(body: string): string {
  const isJson = body.startsWith('{') || body.startsWith('[');
  return isJson ? body : body.split('&').map(decodePair).join('&');
}

function decodePair(pair: string): string {
  return pair.split('=').map(decodePart).join('=');
}

/** Bytes that are no UTF-8 become replacement characters, as in any form parser; `decodeURIComponent` would throw. */
function decodePart(part: string): string {
  const encoded = Buffer.from(part.replaceAll('+', ' '), 'utf8').toString('latin1');
  const bytes = encoded.replace(/%[0-9a-fA-F]{2}/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
