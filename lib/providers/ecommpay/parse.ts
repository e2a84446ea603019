import { isLosslessNumber, parse as parseJson } from 'lossless-json';
import { HttpError, NotificationError } from '../../domain/errors.ts';
import { canonicalString } from './canonical-string.ts';
import { isObject, readProjectId, readReport } from './read-report.ts';
import type { PaymentReport } from './report.ts';
import { isSignatureGenuine } from './signature.ts';

type Json = Readonly<Record<string, unknown>>;

export interface CallbackRules {
  /** All are accepted. */
  readonly secrets: readonly string[];
  readonly projectId: number;
}

/** What a verified callback says. */
export type Callback =
  /** It speaks of no payment: of another product, and nothing is to be done. */
  | { readonly kind: 'other' }
  /** A value holds a semicolon, so that the same signature fits other cuts: it tells only which payment to ask about. */
  | { readonly kind: 'ambiguous'; readonly paymentId: string }
  | { readonly kind: 'report'; readonly report: PaymentReport };

const REFUSED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** The same key signs addresses of the Payment Page, which payers see: such a signature must not pass for a callback's. */
const PAYMENT_PAGE_NAMES = [
  ...['payment_amount', 'payment_currency', 'payment_id', 'payment_description', 'customer_id', 'force_payment_method', 'best_before'],
  ...['language_code', 'merchant_success_url', 'merchant_fail_url', 'merchant_return_url', 'redirect_success_url', 'redirect_fail_url'],
];
const MAX_DEPTH = 32;
const MAX_NAME_LENGTH = 256;

/** The text of a number that `readJson` has read. */
export function numberText(value: unknown): string | undefined {
  return isLosslessNumber(value) ? value.value : undefined;
}

/** JSON whose numbers keep their text. Throws `HttpError` 400 for anything but an object. */
export function readJson(text: string): Json {
  let data: unknown;
  try {
    data = parseJson(text);
  } catch (cause) {
    throw new HttpError(400, 'ERR_PAYMENTS_BODY_FORMAT', 'The body is no JSON, or names a member twice with different values.', { cause });
  }
  if (!isObject(data)) throw new HttpError(400, 'ERR_PAYMENTS_BODY_FORMAT', 'The body has to be a JSON object.');
  return data;
}

/** Verifies a callback and reads it. Throws `HttpError` 400. */
export function parseCallback(data: Json, { secrets, projectId }: CallbackRules): Callback {
  refuseNames(data, 0);
  if (!isSignatureGenuine(data, secrets)) throw wrongSignature(data);
  const misplaced = PAYMENT_PAGE_NAMES.find((name) => Object.hasOwn(data, name));
  if (misplaced !== undefined)
    throw new NotificationError(
      `The body has ${misplaced} at top level: these are parameters of the Payment Page, not a callback.`,
      misplaced,
    );
  const project = readProjectId(data);
  if (project !== undefined && project !== String(projectId))
    throw new NotificationError(`The callback is of project ${project}, not of ${projectId}.`, 'project_id');
  if (canonicalString(data) === '') throw new NotificationError('The body has a signature, and says nothing.');
  const report = readReport(data, 'callback');
  if (report === undefined) return { kind: 'other' };
  return hasSemicolon(data) ? { kind: 'ambiguous', paymentId: report.paymentId } : { kind: 'report', report };
}

/** A name with a colon signs like a nested one; the others would reach behind the object. */
function refuseNames(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return;
  if (depth > MAX_DEPTH) throw new HttpError(400, 'ERR_PAYMENTS_BODY_FORMAT', 'The body is nested too deeply.');
  for (const [name, item] of Object.entries(value)) {
    if (name.includes(':') || name.length > MAX_NAME_LENGTH || REFUSED_NAMES.has(name))
      throw new HttpError(
        400,
        'ERR_PAYMENTS_BODY_FORMAT',
        'A member of the body has a name that is not taken (with a colon, very long, or __proto__).',
      );
    refuseNames(item, depth + 1);
  }
}

function wrongSignature(data: Json): HttpError {
  const general = data['general'];
  const isSigned = Object.hasOwn(data, 'signature') || (isObject(general) && Object.hasOwn(general, 'signature'));
  return isSigned
    ? new HttpError(
        400,
        'ERR_PAYMENTS_SIGNATURE_WRONG',
        'The signature is wrong. Likely causes: the secret is not the one of this project, or the body was changed on its way.',
      )
    : new HttpError(400, 'ERR_PAYMENTS_SIGNATURE_MISSING', 'The body has no signature, neither at top level nor in "general".');
}

function hasSemicolon(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(';');
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return false;
  return Object.entries(value).some(([name, item]) => name.includes(';') || hasSemicolon(item));
}
