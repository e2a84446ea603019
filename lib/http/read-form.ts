import type { Request } from 'express';
import { HttpError } from '../domain/errors.ts';
import { readRawBody } from './read-raw-body.ts';

/** A form's parameters as a query string, also where a body parser in front has read them. Throws `HttpError`. */
export async function readForm(request: Request): Promise<{ readonly raw: Uint8Array; readonly query: string }> {
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/x-www-form-urlencoded *(;|$)/i.test(type))
    throw new HttpError(415, 'ERR_PAYMENTS_BODY_ENCODING', 'Send the parameters as application/x-www-form-urlencoded.');
  const parsed: unknown = Reflect.get(request, 'body');
  if (request.readableDidRead && isObject(parsed)) {
    const query = String(new URLSearchParams(Object.entries(parsed).flatMap(pairsOf)));
    return { raw: Buffer.from(query), query };
  }
  const raw = await readRawBody(request);
  return { raw, query: raw.toString('utf8') };
}

/** A value that came twice is a list; what is no text has no place in these forms. */
function pairsOf([name, value]: [string, unknown]): [string, string][] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => [isObject(item) ? `${name}[]` : name, String(item)]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}
