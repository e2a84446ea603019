import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'vectors', 'cloudpayments');

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
