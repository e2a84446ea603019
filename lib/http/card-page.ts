import type { Request, Response } from 'express';
import { currencyDecimals } from '../domain/currencies.ts';
import { HttpError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { Transaction } from '../domain/transaction.ts';
import { BINDING_NAME, makeReference, sealBinding } from '../payments/binding.ts';
import type { CloudPaymentsConfig } from '../payments-config.ts';
import { toHttpError } from './answer-error.ts';
import { formatSum } from './format-sum.ts';
import { httpLogRow } from './http-log.ts';
import { answerPageError, type Exchange, pageLanguage, pageQuery } from './page-request.ts';
import { type OrderRules, type PageOrder, readOrder } from './read-order.ts';
import { type CardPageModel, renderPage } from './render-page.ts';
import type { RequestLog } from './request-log.ts';
import { pageNonce } from './security-headers.ts';

export interface CardPageContext {
  readonly cloudpayments: CloudPaymentsConfig;
  readonly rules: OrderRules;
  /** Signs what the page promises. */
  readonly bindingKey: Uint8Array;
  readonly requestLog: RequestLog;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  findByReference(reference: string): Promise<Transaction | undefined>;
}

const REFERENCE = /^[A-Za-z0-9_-]{22}$/;
const NO_BODY = Buffer.alloc(0);

/** `GET /pub/card`: the payment page, or the page (JSON for programs) that names what is wrong with the address. */
export async function showCardPage(request: Request, response: Response, context: CardPageContext): Promise<void> {
  const receivedAt = Date.now();
  const log = (status: number, error?: string) =>
    context.requestLog.write(
      httpLogRow(
        request,
        NO_BODY,
        { status, error },
        {
          maxBodyBytes: context.maxBodyBytes,
          receivedAt,
        },
      ),
    );
  try {
    const order = readOrder(pageQuery(request), context.rules);
    const page = renderPage('card', cardPageModel(order, { request, response }, context));
    await log(200);
    response.status(200).type('html').send(page);
  } catch (cause) {
    const error = toHttpError(cause, context.logger);
    await log(error.status, error.code);
    answerPageError(error, { request, response });
  }
}

/** `GET /pub/card/:reference`: what the page waits for. */
export async function answerCardStatus(request: Request, response: Response, context: CardPageContext): Promise<void> {
  const reference = String(request.params['reference']);
  response.set('Cache-Control', 'no-store');
  if (!REFERENCE.test(reference)) throw new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is no such payment.');
  const transaction = await context.findByReference(reference);
  const receivedAt = Date.now();
  await context.requestLog.write(httpLogRow(request, NO_BODY, { status: 200 }, { maxBodyBytes: context.maxBodyBytes, receivedAt }));
  response.json({ status: statusOf(transaction) });
}

function statusOf(transaction: Transaction | undefined): 'pending' | 'review' | 'authorized' | 'declined' | 'paid' {
  if (transaction === undefined) return 'pending';
  if (transaction.review !== undefined) return 'review';
  if (transaction.state === 'authorized') return 'authorized';
  return transaction.state === 'cancelled' ? 'declined' : 'paid';
}

/** The widget's parameters are made here and not in the browser; what they promise comes back signed with each notification. */
function cardPageModel(order: PageOrder, { request, response }: Exchange, context: CardPageContext): CardPageModel {
  const lang = pageLanguage(request);
  const { publicId, widgetUrl, currencies, paymentSchema } = context.cloudpayments;
  const { account, sum, currency, description, orderId, expiresAt, successUrl, failUrl } = order;
  const reference = makeReference(context.bindingKey);
  const metadata = { [BINDING_NAME]: sealBinding(context.bindingKey, { reference, account, sum, currency, orderId, expiresAt }) };
  const invoiceId = orderId ?? reference;
  // The widget takes a number; the notification's own text is what is compared.
  const amount = Number(sum);
  const culture = lang === 'ru' ? 'ru-RU' : 'en-US';
  const isDual = paymentSchema === 'dual';
  return {
    ...{ lang, nonce: pageNonce(response), account, description, currency, widgetUrl, successUrl, failUrl },
    sum: formatSum(sum, currency, currencyDecimals(currencies, currency), lang),
    // Relative, so that it holds behind a proxy that cuts off a prefix.
    statusUrl: request.path.endsWith('/') ? reference : `card/${reference}`,
    intent: {
      ...{ publicTerminalId: publicId, amount, currency, culture, description, metadata },
      paymentSchema: isDual ? 'Dual' : 'Single',
      externalId: invoiceId,
      userInfo: { accountId: account },
    },
    legacy: {
      method: isDual ? 'auth' : 'charge',
      options: { publicId, amount, currency, description, invoiceId, accountId: account, data: metadata },
    },
  };
}
