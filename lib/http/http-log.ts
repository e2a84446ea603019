import type { Request } from 'express';
import { storableText } from '../domain/storable-text.ts';
import type { HttpLogRow } from '../storage/rows.ts';
import { redactHeaders, redactText } from './redact.ts';

/** How a request ended, for its log row. */
export interface Ending {
  readonly status: number;
  readonly error?: string;
}

const MAX_URL_LENGTH = 8_192;

/** The log row of a request; `body` as far as it was read. Nothing that opens a door or pays is in it. */
export function httpLogRow(
  request: Request,
  body: Uint8Array,
  { status, error }: Ending,
  options: { readonly maxBodyBytes: number; readonly receivedAt: number },
): HttpLogRow {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
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
