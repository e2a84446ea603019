import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { errorText, HttpError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import { NOTIFICATION_TYPES } from '../domain/notification.ts';
import type { CashuConfig } from '../payments-config.ts';
import type { HealthReport } from '../payments-router.ts';
import { answerError, toHttpError } from './answer-error.ts';
import { answerCardStatus, type CardPageContext, showCardPage } from './card-page.ts';
import { beginCashuPayment, type CashuPageContext, showCashuPage } from './cashu-page.ts';
import { showCashuProgress } from './cashu-progress.ts';
import { httpLogRow } from './http-log.ts';
import { answerPayment, answerRefund, type MerchantContext } from './merchant-routes.ts';
import { answerPageError } from './page-request.ts';
import { receiveCallback } from './receive-callback.ts';
import { type ReceivingContext, receiveNotification } from './receive-notification.ts';
import type { RequestLog } from './request-log.ts';
import { hasNonce, securityHeaders } from './security-headers.ts';

export interface RoutesContext {
  readonly basePaths: readonly string[];
  readonly logger: Logger;
  readonly requestLog: RequestLog;
  readonly maxBodyBytes: number;
  /** Undefined: there is no such provider, and its routes answer 404. */
  readonly cards: { readonly receiving: ReceivingContext; readonly page: CardPageContext } | undefined;
  readonly cashu: CashuRoutesContext | undefined;
  /** Resolves when requests can be served; throws `HttpError` 503 when they cannot. */
  admit(request: Request): Promise<void>;
  health(): Promise<HealthReport>;
}

export interface CashuRoutesContext {
  readonly page: CashuPageContext;
  readonly httpAuth: MerchantContext['httpAuth'];
}

type Step = (request: Request, response: Response) => Promise<void>;

/** All routes, below each base path. */
export function createRoutes(context: RoutesContext): Router {
  const routes = express.Router();
  if (context.cards !== undefined) addCardRoutes(routes, context, context.cards);
  if (context.cashu !== undefined) addCashuRoutes(routes, context, context.cashu);
  routes.all(
    '/health',
    allow('GET', 'HEAD'),
    step({ admit: (request) => admitToHealth(request, context) }, (request, response) => answerHealth(request, response, context)),
  );
  return mount(routes, context);
}

function addCardRoutes(routes: Router, context: RoutesContext, { receiving, page }: NonNullable<RoutesContext['cards']>): void {
  for (const type of NOTIFICATION_TYPES) {
    routes.all(
      `/${type}`,
      allow('GET', 'POST'),
      step(context, (request, response) => receiveNotification(type, request, response, receiving)),
    );
  }
  routes.all(
    '/pub/card',
    allow('GET', 'HEAD'),
    securityHeaders({ widgetUrl: page.cloudpayments.widgetUrl }),
    step(context, (request, response) => showCardPage(request, response, page)),
  );
  routes.all(
    '/pub/card/:reference',
    allow('GET'),
    step(context, (request, response) => answerCardStatus(request, response, page)),
  );
}

function addCashuRoutes(routes: Router, context: RoutesContext, { page, httpAuth }: CashuRoutesContext): void {
  const { cashu } = page;
  const { requestLog, maxBodyBytes } = context;
  const pageHeaders = securityHeaders({ extraSources: { 'form-action': formTargets(cashu.config) } });
  routes.all(
    '/pub/cashu',
    allow('GET', 'HEAD', 'POST'),
    pageHeaders,
    step(context, (request, response) =>
      request.method === 'POST' ? beginCashuPayment(request, response, page) : showCashuPage(request, response, page),
    ),
  );
  routes.all(
    '/pub/cashu/:payment_id',
    allow('GET', 'HEAD'),
    pageHeaders,
    step(context, (request, response) => showCashuProgress(request, response, page)),
  );
  routes.all(
    '/cashu/callback',
    allow('POST'),
    step(context, (request, response) => receiveCallback(request, response, { cashu, requestLog, maxBodyBytes })),
  );
  const merchant = { cashu, httpAuth, requestLog, maxBodyBytes };
  routes.all(
    '/cashu/refund',
    allow('POST'),
    step(context, (request, response) => answerRefund(request, response, merchant)),
  );
  routes.all(
    '/cashu/payments/:payment_id',
    allow('GET'),
    step(context, (request, response) => answerPayment(request, response, merchant)),
  );
}

/** Where the forms of the pages lead, besides https: ECommPay's page, and in a sandbox what is played on the own machine. */
function formTargets({ paymentPageUrl, gateUrl }: CashuConfig): readonly string[] {
  return [...new Set([new URL(paymentPageUrl).origin, new URL(gateUrl).origin])];
}

/** Below a path of our own nothing is left to the host; at the root everything else is the host's. */
function mount(routes: Router, context: RoutesContext): Router {
  const router = express.Router();
  for (const basePath of context.basePaths) {
    if (basePath === '') router.use(routes);
    else router.use(basePath, routes, step(context, refuseUnknown), answerThrown(context));
  }
  if (context.basePaths.includes('')) router.use(answerThrown(context));
  return router;
}

async function refuseUnknown(): Promise<void> {
  throw new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is nothing at this address of the payments router.');
}

/** HEAD would be answered like GET by Express: a probe must not look like a notification. */
function allow(...methods: readonly string[]): RequestHandler {
  return function allowMethods(request, response, next): void {
    const isAllowed = methods.includes(request.method);
    if (!isAllowed) response.set('Allow', methods.join(', '));
    next(isAllowed ? undefined : new HttpError(405, 'ERR_PAYMENTS_METHOD', `Use ${methods.join(' or ')} here.`));
  };
}

/** Express 4 does not see a rejected promise, Express 5 does: here both get the same. */
function step({ admit }: Pick<RoutesContext, 'admit'>, run: Step): RequestHandler {
  return function runStep(request, response, next): void {
    admit(request)
      .then(() => run(request, response))
      .catch(next);
  };
}

/** Only errors of our own routes come here. They stay with us, whatever error handler the host has: nobody is shown a stack. */
function answerThrown(context: RoutesContext): express.ErrorRequestHandler {
  return function answerThrownError(thrown, request, response, _next): void {
    const error = toHttpError(thrown, context.logger);
    const { maxBodyBytes } = context;
    const row = httpLogRow(request, Buffer.alloc(0), { status: error.status, error: error.code }, { maxBodyBytes, receivedAt: Date.now() });
    context.requestLog
      .write(row)
      .then(() => (hasNonce(response) ? answerPageError(error, { request, response }) : answerError(response, error)))
      .catch((cause: unknown) => {
        // Whatever keeps the page from being shown must not end the process.
        context.logger.error({ error: errorText(cause) }, 'an error page could not be shown');
        answerError(response, error);
      });
  };
}

/** A database that is not there yet is what a probe asks about: it gets the report, like any later. */
async function admitToHealth(request: Request, { admit }: RoutesContext): Promise<void> {
  await admit(request).catch((error: unknown) => {
    if (!(error instanceof HttpError) || error.code !== 'ERR_PAYMENTS_DATABASE') throw error;
  });
}

async function answerHealth(request: Request, response: Response, { health, requestLog, maxBodyBytes }: RoutesContext): Promise<void> {
  const report = await health();
  const status = report.status === 'ok' ? 200 : 503;
  const row = httpLogRow(request, Buffer.alloc(0), { status }, { maxBodyBytes, receivedAt: Date.now() });
  // A load balancer does not wait for a row.
  void requestLog.write(row);
  response.status(status).set('Cache-Control', 'no-store').json(report);
}
