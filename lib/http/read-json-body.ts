import type { IncomingMessage } from 'node:http';
import { HttpError } from '../domain/errors.ts';
import { readRawBody } from './read-raw-body.ts';

/**
 * A JSON body as sent (a parser rounds long numbers); or, where a parser in front has left nothing else of it, as that parser has understood it. For bodies that are
 * signed by their values and not by their bytes, and for those that are not signed. Throws `HttpError`.
 */
export async function readJsonBody(request: IncomingMessage): Promise<Buffer> {
  const parsed: unknown = Reflect.get(request, 'body');
  return isParsedByHost(request) && typeof parsed === 'object' && parsed !== null
    ? Buffer.from(textOf(parsed))
    : await readRawBody(request);
}

/** Nothing is left of the body but what a parser in front has understood. */
export function isParsedByHost(request: IncomingMessage): boolean {
  const parsed: unknown = Reflect.get(request, 'body');
  const isObject = typeof parsed === 'object' && parsed !== null && !isBytes(parsed);
  return request.readableDidRead && isObject && !isBytes(Reflect.get(request, 'rawBody'));
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array || typeof value === 'string';
}

/** Parsers take what is nested so deeply that it cannot be written again. */
function textOf(parsed: object): string {
  try {
    return JSON.stringify(parsed);
  } catch (cause) {
    throw new HttpError(400, 'ERR_PAYMENTS_BODY_FORMAT', 'The body is nested too deeply.', { cause });
  }
}
