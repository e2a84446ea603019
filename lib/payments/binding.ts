import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What our page promised for a payment; it travels through the widget and comes back with each notification, signed by us. */
export interface Binding {
  /** Unguessable number of one showing of the page; its status route answers to it. */
  readonly reference: string;
  readonly account: string;
  /** Canonical decimal text. */
  readonly sum: string;
  readonly currency: string;
  /** The merchant's own order number: can be paid once. */
  readonly orderId: string | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number | undefined;
}

export type OpenedBinding =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'bound'; readonly binding: Binding };

/** Name under which it stands in the widget's metadata, and so in the notification's `Data`. */
export const BINDING_NAME = 'express_cloudpayments';

const VERSION = 'v1';

/** Keys for one purpose, made from the API secrets, so that no signature of ours is ever one of CloudPayments'. */
export function deriveKeys(secrets: readonly string[], purpose: 'binding' | 'card-link' | 'cashu-link'): readonly Uint8Array[] {
  return secrets.map((secret) => createHmac('sha256', secret).update(`express-cloudpayments ${purpose} ${VERSION}`).digest());
}

const REFERENCE_RANDOM_BYTES = 10;
const REFERENCE_MAC_BYTES = 6;

/** A new number for one showing of the page: nobody can guess it, and we know it again without having stored it. */
export function makeReference(key: Uint8Array): string {
  const random = randomBytes(REFERENCE_RANDOM_BYTES);
  return Buffer.concat([random, referenceMac(key, random)]).toString('base64url');
}

/** Whether an order number (InvoiceId) is a reference of our page. */
export function isOwnReference(keys: readonly Uint8Array[], text: string | undefined): boolean {
  if (text === undefined || !/^[A-Za-z0-9_-]{22}$/.test(text)) return false;
  const bytes = Buffer.from(text, 'base64url');
  const random = bytes.subarray(0, REFERENCE_RANDOM_BYTES);
  return keys.some((key) => timingSafeEqual(referenceMac(key, random), bytes.subarray(REFERENCE_RANDOM_BYTES)));
}

function referenceMac(key: Uint8Array, random: Uint8Array): Buffer {
  return createHmac('sha256', key).update('reference').update(random).digest().subarray(0, REFERENCE_MAC_BYTES);
}

/** Text for the widget's metadata. */
export function sealBinding(key: Uint8Array, binding: Binding): string {
  const { reference, account, sum, currency, orderId, expiresAt } = binding;
  const payload = Buffer.from(JSON.stringify([reference, account, sum, currency, orderId ?? null, expiresAt ?? null])).toString(
    'base64url',
  );
  return `${VERSION}.${payload}.${mac(key, payload).toString('base64url')}`;
}

/** Reads a binding out of a notification's `Data`. */
export function openBinding(keys: readonly Uint8Array[], data: string | undefined): OpenedBinding {
  const sealed = findSealed(data);
  if (sealed === undefined) return { kind: 'none' };
  const [version, payload, signature, ...rest] = sealed.split('.');
  if (version !== VERSION || payload === undefined || signature === undefined || rest.length > 0) return { kind: 'invalid' };
  const given = Buffer.from(signature, 'base64url');
  const isGenuine = keys.some((key) => given.length === 32 && timingSafeEqual(mac(key, payload), given));
  return isGenuine ? readPayload(payload) : { kind: 'invalid' };
}

function mac(key: Uint8Array, payload: string): Buffer {
  return createHmac('sha256', key).update(`${VERSION}.${payload}`).digest();
}

/** `Data` is JSON of anybody's making, or no JSON at all. */
function findSealed(data: string | undefined): string | undefined {
  if (data === undefined || !data.includes(BINDING_NAME)) return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const sealed: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, BINDING_NAME) : undefined;
    return sealed === undefined ? undefined : String(sealed);
  } catch {
    return undefined;
  }
}

function readPayload(payload: string): OpenedBinding {
  // The signature says that sealBinding wrote it.
  const [reference, account, sum, currency, orderId, expiresAt]: [string, string, string, string, string | null, number | null] =
    JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return {
    kind: 'bound',
    binding: { reference, account, sum, currency, orderId: orderId ?? undefined, expiresAt: expiresAt ?? undefined },
  };
}
