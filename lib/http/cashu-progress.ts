import type { Request, Response } from 'express';
import type { CashuStatus } from '../domain/cashu-payment.ts';
import { HttpError } from '../domain/errors.ts';
import { isOwnPaymentId, payerReason, type RedirectData } from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow } from '../storage/cashu-rows.ts';
import { type CashuState, cashuMessages } from './cashu-messages.ts';
import { answerPage, type CashuPageContext, shownPayment } from './cashu-page.ts';
import { chooseLanguage } from './choose-language.ts';
import { renderPage } from './render-page.ts';
import { pageNonce } from './security-headers.ts';

const STATES: Readonly<Record<CashuStatus, CashuState>> = {
  ...{ created: 'waiting', pending: 'waiting', redirect: 'waiting', success: 'paid', decline: 'declined', expired: 'expired' },
  ...{ partially_refunded: 'paid', refunded: 'refunded', review: 'review' },
};

/**
 * `GET /pub/cashu/:payment_id`: where a payment stands, by what is stored and never by the address; with the way to CashU known (Gate) it
 * sends the payer there. Programs, and the page itself, get JSON.
 */
export async function showCashuProgress(request: Request, response: Response, context: CashuPageContext): Promise<void> {
  await answerPage({ request, response }, context, {}, async (log) => {
    const paymentId = String(request.params['payment_id']).toLowerCase();
    const payment = isOwnPaymentId(paymentId) ? await context.cashu.store.find(paymentId) : undefined;
    if (payment === undefined) throw new HttpError(404, 'ERR_PAYMENTS_NOT_FOUND', 'There is no such payment.');
    const redirect = usableRedirect(payment, context);
    const hasReturned = request.query['returned'] !== undefined;
    const state = STATES[payment.status] === 'waiting' && hasReturned ? 'returned' : STATES[payment.status];
    await log(200);
    response.status(200);
    if (request.accepts(['html', 'json']) === 'json') response.json({ state, ...(redirect !== undefined && { go: true }) });
    else response.type('html').send(page(payment, { state, redirect, hasReturned }, { request, response }, context));
  });
}

interface Shown {
  readonly state: CashuState;
  readonly redirect: RedirectData | undefined;
  readonly hasReturned: boolean;
}

function page(
  payment: CashuPaymentRow,
  { state, redirect, hasReturned }: Shown,
  { request, response }: { request: Request; response: Response },
  { cashu }: CashuPageContext,
): string {
  const lang = chooseLanguage(payment.language, undefined);
  const model = { lang, nonce: pageNonce(response), ...shownPayment(payment, lang, cashu) };
  // Who has come back must not be sent there again.
  if (redirect !== undefined && !hasReturned) return renderPage('send-on', { ...model, ...sendOnModel(redirect) });
  const here = request.path.endsWith('/') ? '../' : '';
  const ownUrl = `${here}${payment.paymentId}`;
  const isOpen = state === 'waiting' || state === 'returned';
  return renderPage('cashu-progress', {
    ...{ ...model, state, successUrl: payment.successUrl, failUrl: payment.failUrl },
    ...(state === 'declined' && { reason: cashuMessages[lang].reasons[payerReason(payment.operationCode)] }),
    ...(isOpen && { statusUrl: hasReturned ? `${ownUrl}?returned=1` : ownUrl, reloadUrl: hasReturned ? `${ownUrl}?returned=1` : ownUrl }),
    ...(state === 'returned' && redirect !== undefined && { continueUrl: ownUrl }),
    ...((state === 'declined' || state === 'expired') && { retryUrl: `${here}../cashu?${payment.pageQuery}` }),
  });
}

function sendOnModel({ method, url, body }: RedirectData): {
  method: 'GET' | 'POST';
  url: string;
  fields: Readonly<Record<string, string>>;
} {
  return { method, url, fields: body };
}

/** The way to CashU while the payment is open; an address that is not https is never gone to. */
function usableRedirect(
  { paymentId, status, redirect }: CashuPaymentRow,
  { cashu, publicUrl }: CashuPageContext,
): RedirectData | undefined {
  if (status !== 'redirect' || redirect === undefined) return undefined;
  const data: RedirectData = JSON.parse(redirect);
  if (isUsableAddress(data.url, cashu.config.gateUrl, publicUrl)) return data;
  cashu.logger.warn({ paymentId, url: data.url }, 'the way to CashU is no https address; the payer is not sent there');
  return undefined;
}

/** Plain http only where the Gate is on the own machine, which is a sandbox: there, or on the site itself. */
function isUsableAddress(text: string, gateUrl: string, publicUrl: string | undefined): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, host, username, password } = new URL(text);
  // What stands before an @ looks like a host and is none.
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  const isOnSite = publicUrl !== undefined && host === new URL(publicUrl).host;
  return protocol === 'http:' && isLoopback(new URL(gateUrl).hostname) && (isLoopback(hostname) || isOnSite);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
