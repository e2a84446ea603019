import express, { type Request, type RequestHandler } from 'express';

/** Takes forms as their text, so that a parameter that was sent twice is seen. */
export const takeForm: RequestHandler = express.text({ type: 'application/x-www-form-urlencoded', limit: '1mb' });

/** The form of a request; of a host that has parsed it already, what it left. */
export function formOf(request: Request): URLSearchParams {
  const body: unknown = request.body;
  if (typeof body === 'string') return new URLSearchParams(body);
  const pairs = Object.entries(Object(body)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
  );
  return new URLSearchParams(pairs);
}

export function queryOf(request: Request): URLSearchParams {
  return new URLSearchParams(request.url.split('?').slice(1).join('?'));
}
