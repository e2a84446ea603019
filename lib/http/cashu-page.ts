import { isIP } from 'node:net';
import type { Request, Response } from 'express';
import { currencyDecimals } from '../domain/currencies.ts';
import { HttpError } from '../domain/errors.ts';
import type { CashuContext } from '../payments/cashu-context.ts';
import { type CashuStart, payableUnits, startCashuPayment } from '../payments/start-cashu-payment.ts';
import { payerReason } from '../providers/ecommpay/index.ts';
import { toHttpError } from './answer-error.ts';
import { cashuMessages } from './cashu-messages.ts';
import type { Language } from './choose-language.ts';
import { formatSum } from './format-sum.ts';
import { httpLogRow } from './http-log.ts';
import { answerPageError, type Exchange, pageLanguage, pageQuery } from './page-request.ts';
import { readForm } from './read-form.ts';
import { type OrderRules, orderParameters, type PageOrder, readOrder } from './read-order.ts';
import { renderPage, type ShownPayment } from './render-page.ts';
import type { RequestLog } from './request-log.ts';
import { pageNonce } from './security-headers.ts';

export interface CashuPageContext {
  readonly cashu: CashuContext;
  readonly rules: OrderRules;
  /** Without a slash at the end; undefined: what the request says. */
  readonly publicUrl: string | undefined;
  readonly basePaths: readonly string[];
  readonly requestLog: RequestLog;
  readonly maxBodyBytes: number;
  isOrderPaid(orderId: string): Promise<boolean>;
}

/** Logs a page load when it is answered. */
export type PageLog = (status: number, error?: string) => Promise<void>;

/** `GET /pub/cashu`: what is to be paid, and one button. */
export async function showCashuPage(request: Request, response: Response, context: CashuPageContext): Promise<void> {
  const exchange = { request, response };
  await answerPage(exchange, context, {}, async (log) => {
    const query = pageQuery(request);
    const order = readOrder(query, context.rules);
    payableUnits(order, context.cashu);
    await refusePaidOrder(order, context);
    const lang = pageLanguage(request);
    const page = renderPage('cashu', {
      ...{ lang, nonce: pageNonce(response), failUrl: order.failUrl, ...shownPayment(order, lang, context.cashu) },
      action: request.path.endsWith('/') ? '../cashu' : 'cashu',
      fields: Object.fromEntries(orderParameters(query)),
    });
    await log(200);
    response.status(200).type('html').send(page);
  });
}

/** `POST /pub/cashu`: stores the payment and sends the payer on. */
export async function beginCashuPayment(request: Request, response: Response, context: CashuPageContext): Promise<void> {
  const exchange = { request, response };
  let form: Awaited<ReturnType<typeof readForm>>;
  try {
    form = await readForm(request);
  } catch (cause) {
    await answerPage(exchange, context, {}, () => Promise.reject(cause));
    return;
  }
  const { raw, query } = form;
  await answerPage(exchange, context, { raw, parameters: query }, async (log) => {
    const order = readOrder(query, context.rules);
    await refusePaidOrder(order, context);
    const language = pageLanguage(request, query);
    const { paymentId, next } = await startCashuPayment(
      { ...order, ip: payerAddress(request), language, pageQuery: String(orderParameters(query)) },
      (id) => `${pageAddress(request, context)}/${id}?returned=1`,
      context.cashu,
    );
    await sendOn(exchange, { order, lang: language, query, paymentId, next }, context, log);
  });
}

async function refusePaidOrder({ orderId }: PageOrder, { isOrderPaid }: CashuPageContext): Promise<void> {
  if (orderId !== undefined && (await isOrderPaid(orderId)))
    throw new HttpError(410, 'ERR_PAYMENTS_ORDER_PAID', 'This order has been paid already.');
}

interface Begun {
  readonly order: PageOrder;
  readonly lang: Language;
  readonly query: string;
  readonly paymentId: string;
  readonly next: CashuStart;
}

async function sendOn(
  { request, response }: Exchange,
  { order, lang, query, paymentId, next }: Begun,
  { cashu }: CashuPageContext,
  log: PageLog,
): Promise<void> {
  const model = { lang, nonce: pageNonce(response), ...shownPayment(order, lang, cashu) };
  if (next.kind === 'redirect' || next.kind === 'progress') {
    await log(303);
    // Relative, so that it holds behind a proxy that cuts off a prefix.
    const progress = request.path.endsWith('/') ? paymentId : `cashu/${paymentId}`;
    response
      .status(303)
      .set('Location', next.kind === 'redirect' ? next.url : progress)
      .end();
    return;
  }
  if (next.kind === 'form') {
    await log(200);
    response
      .status(200)
      .type('html')
      .send(renderPage('send-on', { ...model, method: 'POST', url: next.url, fields: next.fields }));
    return;
  }
  const isRefused = next.kind === 'refused';
  const status = isRefused ? 502 : 503;
  await log(status, isRefused ? `ECOMMPAY_${next.operationCode ?? 'REFUSED'}`.slice(0, 64) : 'ERR_PAYMENTS_API');
  response.status(status);
  if (request.accepts(['html', 'json']) === 'json') {
    response.json({
      error: { code: 'ERR_PAYMENTS_API', message: isRefused ? 'ECommPay refused the payment.' : 'ECommPay gave no answer.' },
    });
    return;
  }
  const group = isRefused ? payerReason(next.operationCode) : 'declined';
  // What the code does not tell is not CashU's refusal.
  const reason = group === 'declined' ? undefined : cashuMessages[lang].reasons[group];
  const retryUrl = `${request.path.endsWith('/') ? '../cashu' : 'cashu'}?${orderParameters(query)}`;
  response
    .type('html')
    .send(
      renderPage('cashu-progress', { ...model, state: isRefused ? 'refused' : 'unreachable', reason, retryUrl, failUrl: order.failUrl }),
    );
}

/** Runs the steps of a page; whatever they throw becomes a page too. */
export async function answerPage(
  exchange: Exchange,
  { cashu, requestLog, maxBodyBytes }: Pick<CashuPageContext, 'cashu' | 'requestLog' | 'maxBodyBytes'>,
  { raw = Buffer.alloc(0), parameters }: { readonly raw?: Uint8Array; readonly parameters?: string },
  steps: (log: PageLog) => Promise<void>,
): Promise<void> {
  const receivedAt = Date.now();
  const log: PageLog = (status, error) =>
    requestLog.write(httpLogRow(exchange.request, raw, { status, error }, { maxBodyBytes, receivedAt }));
  try {
    await steps(log);
  } catch (cause) {
    const error = toHttpError(cause, cashu.logger);
    await log(error.status, error.code);
    answerPageError(error, exchange, parameters);
  }
}

/** What every CashU page shows of the payment. */
export function shownPayment(
  { account, description, sum, currency }: Pick<PageOrder, 'account' | 'description' | 'sum' | 'currency'>,
  lang: Language,
  { currencies }: Pick<CashuContext, 'currencies'>,
): ShownPayment {
  return { account, description, currency, sum: formatSum(sum, currency, currencyDecimals(currencies, currency), lang) };
}

/** The absolute address of the page that was asked for, without its query. What "publicUrl" says stands for what the router is mounted at. */
function pageAddress(request: Request, { publicUrl, basePaths }: Pick<CashuPageContext, 'publicUrl' | 'basePaths'>): string {
  const whole = request.originalUrl.split('?', 1)[0] ?? '';
  const basePath = basePaths.filter((path) => request.baseUrl.endsWith(path)).sort((a, b) => b.length - a.length)[0] ?? '';
  const path = (publicUrl === undefined ? whole : `${basePath}${request.path}`).replace(/\/+$/, '');
  const origin = publicUrl ?? `${request.protocol}://${request.get('host') ?? ''}`;
  const url = URL.canParse(`${origin}${path}`) ? new URL(`${origin}${path}`) : undefined;
  if (url === undefined)
    throw new HttpError(400, 'ERR_PAYMENTS_REQUEST', 'The request has no usable Host header, and "publicUrl" is not set.');
  return `${url.origin}${url.pathname}`;
}

/** ECommPay wants the address of the payer; behind a proxy that needs Express's `trust proxy`. */
function payerAddress({ ip = '', socket }: Request): string {
  const given = [ip, socket.remoteAddress ?? ''].map((address) => address.replace(/^::ffff:(?=\d+\.)/i, ''));
  // Whoever trusts every proxy gets here what anybody writes into a header.
  return given.find((address) => isIP(address) !== 0) ?? '127.0.0.1';
}
