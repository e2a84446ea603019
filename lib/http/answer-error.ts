import type { Response } from 'express';
import { DatabaseError, errorText, HttpError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';

/** Any error as the one that its caller gets: what is not theirs to know stays in the log. */
export function toHttpError(error: unknown, logger: Logger): HttpError {
  if (error instanceof HttpError) return error;
  // Express could not decode a part of the address.
  if (error instanceof URIError || (error instanceof Error && Reflect.get(error, 'status') === 400)) {
    return new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is nothing at this address of the payments router.', { cause: error });
  }
  if (error instanceof DatabaseError) {
    logger.warn({ code: error.code, error: errorText(error) }, 'a request could not be stored');
    const message =
      error.code === 'ERR_PAYMENTS_OVERLOADED'
        ? 'Too many requests wait for the database. Try again.'
        : 'The database of the site is away, or refused this request; the log of the site says which. Try again.';
    return new HttpError(503, error.code, message, { cause: error });
  }
  logger.error(
    { error: errorText(error), stack: error instanceof Error ? error.stack : undefined },
    'an unexpected error in the payments router',
  );
  return new HttpError(503, 'ERR_PAYMENTS_INTERNAL', 'Something went wrong here. Try again; the log of the site says what it was.', {
    cause: error,
  });
}

/** `{"error":{"code","message"}}`; a notification that gets this comes again. */
export function answerError(response: Response, error: HttpError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.status(error.status).set('Cache-Control', 'no-store');
  if (error.status === 413 || error.status === 408) response.set('Connection', 'close');
  response.json({ error: { code: error.code, message: error.message } });
}
