import type { Request, Response } from 'express';
import { type HttpError, PageParametersError } from '../domain/errors.ts';
import { chooseLanguage, type Language } from './choose-language.ts';
import { messages } from './messages.ts';
import type { PageError } from './page-error-messages.ts';
import { renderPage } from './render-page.ts';
import { pageNonce } from './security-headers.ts';

/** A page load on its way. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** The parameters of a page, as they stand in its address. */
export function pageQuery(request: Request): string {
  const at = request.originalUrl.indexOf('?');
  return at < 0 ? '' : request.originalUrl.slice(at + 1);
}

/** `parameters` are those of the address, or of the form that was sent. */
export function pageLanguage(request: Request, parameters: string = pageQuery(request)): Language {
  return chooseLanguage(new URLSearchParams(parameters).get('lang') ?? undefined, request.get('accept-language'));
}

/** Programs get JSON, people a page in their language; `parameters` as for `pageLanguage`. */
export function answerPageError(error: HttpError, { request, response }: Exchange, parameters?: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const lang = pageLanguage(request, parameters);
  if (error.status === 413 || error.status === 408) response.set('Connection', 'close');
  response.status(error.status);
  const problems = error instanceof PageParametersError ? error.problems : [];
  if (request.accepts(['html', 'json']) === 'json') {
    response.json({ error: { code: error.code, message: error.message, ...(problems.length > 0 && { problems }) } });
    return;
  }
  const texts = messages[lang];
  const { title, text } = texts.errors[pageErrorOf(error)];
  const page = renderPage('problem', {
    ...{ lang, nonce: pageNonce(response), title, lead: text },
    problems: problems.map(({ parameter, reason }) => ({ parameter, message: texts.problems[reason] })),
  });
  response.type('html').send(page);
}

function pageErrorOf(error: HttpError): PageError {
  if (error instanceof PageParametersError) return 'wrong-link';
  if (error.code === 'ERR_PAYMENTS_ORDER_PAID') return 'already-paid';
  if (error.status === 410) return 'expired';
  return error.status === 404 ? 'not-found' : 'unavailable';
}
