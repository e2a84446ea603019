import type { RequestHandler, Response } from 'express';

const KEPT_MS = 3_600_000;

/**
 * One successful request for each `X-Request-ID`: repeats within the hour get the same answer and do nothing.
 * Source: https://developers.cloudpayments.ru/#printsip-raboty
 */
export function idempotent(): RequestHandler {
  const answers = new Map<string, { readonly at: number; readonly body: unknown }>();
  return function answerRepeats(request, response, next) {
    const id = request.get('x-request-id');
    if (id === undefined) return next();
    const known = answers.get(id);
    if (known !== undefined && Date.now() - known.at < KEPT_MS) return void response.json(known.body);
    rememberSuccess(response, (body) => answers.set(id, { at: Date.now(), body }));
    next();
  };
}

function rememberSuccess(response: Response, remember: (body: unknown) => void): void {
  const json = response.json.bind(response);
  response.json = (body: unknown) => {
    if (typeof body === 'object' && body !== null && 'Success' in body && body.Success === true) remember(body);
    return json(body);
  };
}
