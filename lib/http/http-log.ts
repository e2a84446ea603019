import type { Request } from 'express';
import { redactHeaders, redactText } from '../domain/redact.ts';
import { storableText } from '../domain/storable-text.ts';
import type { HttpLogRow } from '../storage/rows.ts';

/** How a request ended, for its log row. */
export interface Ending {
  readonly status: number;
  readonly error?: string | undefined;
}

/** What is redacted at the edge must be whole. */
const CUT_MARGIN = 256;
const MAX_URL_LENGTH = 8_192;

/** The log row of a request; `body` as far as it was read. Nothing that opens a door or pays is in it. */
export function httpLogRow(
  request: Request,
  body: Uint8Array,
  { status, error }: Ending,
  options: { readonly maxBodyBytes: number; readonly receivedAt: number },
): HttpLogRow {
  // Cut before it is looked through: who is not known yet must not be able to make that expensive.
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, options.maxBodyBytes + CUT_MARGIN)).toString('utf8');
  return {
    ip: request.ip === undefined ? null : storableText(request.ip).slice(0, 64),
    url: redactText(request.originalUrl).slice(0, MAX_URL_LENGTH),
    method: request.method.slice(0, 16),
    headers: redactHeaders(request.headers),
    body: cutToBytes(redactText(text), options.maxBodyBytes),
    responseStatus: status,
    error: error ?? null,
    createdAt: options.receivedAt,
  };
}

/** Whole characters only. */
function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= maxBytes
    ? text
    : bytes
        .subarray(0, maxBytes)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}
