import type { Request, Response } from 'express';
import { chooseLanguage, type Language } from '../../http/choose-language.ts';
import { sendPage } from '../send-page.ts';
import { formOf, queryOf } from './form-of.ts';
import { orderPage } from './pages/order-page.ts';
import { problemPage } from './pages/problem-page.ts';
import { resultPage } from './pages/result-page.ts';
import { type EcommpayPayment, wayBackOf } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import type { PaymentPage } from './payment-page.ts';
import { RefusalError } from './refusal-error.ts';

/** The payer's way over the Payment Page; each step is a page, so that a test can walk it without a browser. */
export class PaymentPageDesk {
  readonly #page: PaymentPage;
  readonly #ledger: PaymentLedger;

  constructor(page: PaymentPage, ledger: PaymentLedger) {
    this.#page = page;
    this.#ledger = ledger;
  }

  showOrder(request: Request, response: Response): void {
    const parameters = request.method === 'GET' ? queryOf(request) : formOf(request);
    this.#visit(request, response, parameters, () => {
      const { order, payment } = this.#page.open(parameters);
      if (payment !== undefined) return response.redirect(303, `${request.baseUrl}${nextStep(payment)}`);
      const language = order.language ?? languageOf(request);
      sendPage(response, orderPage({ base: request.baseUrl, language, order, parameters }));
    });
  }

  confirmOrder(request: Request, response: Response): void {
    const parameters = formOf(request);
    this.#visit(request, response, parameters, () => {
      const payment = this.#page.confirm(parameters);
      if (payment.outcome === 'unanswered') request.socket.destroy();
      else response.redirect(303, `${request.baseUrl}${nextStep(payment)}`);
    });
  }

  showResult(request: Request, response: Response): void {
    const payment = this.#ledger.byTransactionCode(queryOf(request).get('code') ?? '');
    const language = payment.language ?? languageOf(request);
    sendPage(response, resultPage({ base: request.baseUrl, language, payment }));
  }

  #visit(request: Request, response: Response, parameters: URLSearchParams, show: () => void): void {
    try {
      show();
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      const language = chooseLanguage(parameters.get('language_code') ?? undefined, request.get('accept-language'));
      sendPage(response.status(error.httpStatus), problemPage({ base: request.baseUrl, language, error, parameters }));
    }
  }
}

/** Path of what comes next for the payer inside of the stand-in. */
export function nextStep({ status, transactionCode }: EcommpayPayment): string {
  const page = status === 'awaiting redirect result' ? '/cashu/wallet' : '/payment/result';
  return `${page}?code=${transactionCode}`;
}

/** Where the payer goes from CashU's page: the site's address, or a path of the stand-in. */
export function wayOut(payment: EcommpayPayment): string {
  const { address, isAutomatic } = wayBackOf(payment);
  return isAutomatic && address !== undefined ? address : `/payment/result?code=${payment.transactionCode}`;
}

export function languageOf(request: Request): Language {
  return chooseLanguage(queryOf(request).get('lang') ?? undefined, request.get('accept-language'));
}
