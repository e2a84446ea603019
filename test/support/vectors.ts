import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'vectors', 'cloudpayments');
const ECOMMPAY_FOLDER = join(import.meta.dirname, '..', 'vectors', 'ecommpay');

/** A notification of `notifications.json`. */
export interface NotificationVector {
  readonly id: string;
  readonly type: string;
  readonly file: string;
  readonly secret: string;
  readonly contentHmac: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** A signature of `hmac.json`. */
export interface HmacVector {
  readonly id: string;
  readonly method: string;
  readonly secret: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly query?: string;
  readonly message?: string;
  readonly expect: 'valid' | 'invalid';
  readonly contentHmac: string;
  readonly badContentHmac?: string;
  readonly decoded?: string;
  readonly xContentHmac?: string;
  readonly expectParsed?: Readonly<Record<string, string>>;
  readonly mustNotMatch?: Readonly<Record<string, string>>;
}

export interface AmbiguityVector {
  readonly id: string;
  readonly secret: string;
  readonly bodies: readonly string[];
  readonly xContentHmacBoth: string;
  readonly contentHmac: readonly string[];
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

export function notificationVectors(): readonly NotificationVector[] {
  const { notifications }: { notifications: readonly NotificationVector[] } = JSON.parse(read('notifications.json'));
  return notifications;
}

/** The body's bytes, as text. */
export function vectorBody(vector: NotificationVector): string {
  return read(vector.file);
}

export function hmacVectors(): { readonly vectors: readonly HmacVector[]; readonly decodedFormAmbiguity: readonly AmbiguityVector[] } {
  return JSON.parse(read('hmac.json'));
}

/** A callback of `callbacks.json`: the exact text that is posted. */
export interface CallbackVector {
  readonly id: string;
  readonly secret: string;
  readonly expect: 'valid' | 'invalid';
  readonly signatureAt: 'signature' | 'general.signature' | null;
  readonly body: string;
}

/** What ECommPay's own libraries sign, of `canonical.json`. */
export interface CanonicalVector {
  readonly id: string;
  readonly inputJson: string;
  readonly string: string;
  readonly secret?: string;
  readonly signature?: string;
}

/** Parameters of the Payment Page with their signature, of `signing.json`. */
export interface SigningVector {
  readonly id: string;
  readonly secret: string;
  readonly expect: 'valid' | 'invalid';
  readonly params: Readonly<Record<string, unknown>>;
  readonly signature: string;
  readonly url?: string;
}

/** Data on which ECommPay's libraries differ, of `sdk-differences.json`; an error where one of them fails. */
export interface DifferenceVector {
  readonly id: string;
  readonly secret: string;
  readonly inputJson: string;
  readonly bySdk: Readonly<Record<string, { readonly string?: string; readonly signature?: string; readonly error?: string }>>;
}

/** A body of `forgery.json` and what a strict receiver does with it. */
export interface ForgeryVector {
  readonly id: string;
  readonly raw: string;
  readonly expect: 'accept' | 'reject' | 'accept-but-field-is-untrusted' | 'accept-but-types-are-untrusted';
  readonly genuineRaw?: string;
  readonly genuinePaymentPageParams?: Readonly<Record<string, unknown>>;
}

/** An example of the documentation's CashU page; its signature is a placeholder and left out. */
export interface SeedExample {
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `a`, `b`, and the sign of their comparison. */
export type NaturalOrderPair = readonly [a: string, b: string, sign: -1 | 0 | 1];

function readEcommpay<T>(name: string): T {
  return JSON.parse(readFileSync(join(ECOMMPAY_FOLDER, name), 'utf8'));
}

export function callbackVectors(): readonly CallbackVector[] {
  return readEcommpay<{ callbacks: readonly CallbackVector[] }>('callbacks.json').callbacks;
}

export function canonicalVectors(): readonly CanonicalVector[] {
  return readEcommpay<{ cases: readonly CanonicalVector[] }>('canonical.json').cases;
}

export function signingVectors(): readonly SigningVector[] {
  return readEcommpay<{ signing: readonly SigningVector[] }>('signing.json').signing;
}

export function differenceVectors(): readonly DifferenceVector[] {
  return readEcommpay<{ cases: readonly DifferenceVector[] }>('sdk-differences.json').cases;
}

export function forgeryVectors(): { readonly secret: string; readonly cases: readonly ForgeryVector[] } {
  return readEcommpay('forgery.json');
}

export function seedExamples(): readonly SeedExample[] {
  return readEcommpay<{ examples: readonly SeedExample[] }>('seed-examples.json').examples;
}

export function naturalOrderPairs(): readonly NaturalOrderPair[] {
  return readEcommpay<{ pairs: readonly NaturalOrderPair[] }>('natural-order.json').pairs;
}

/** Every unified code of operations with its message. */
export function operationCodes(): { readonly count: number; readonly codes: Readonly<Record<string, string>> } {
  return readEcommpay('operation-codes.json');
}
