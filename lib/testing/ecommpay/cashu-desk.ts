import type { Request, Response } from 'express';
import { sendPage } from '../send-page.ts';
import { formOf, queryOf } from './form-of.ts';
import { cashuPage } from './pages/cashu-page.ts';
import type { EcommpayPayment } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { languageOf, wayOut } from './payment-page-desk.ts';
import { PAYER_ACTIONS, type Platform } from './platform.ts';

/** CashU's own pages. */
export class CashuDesk {
  readonly #platform: Platform;
  readonly #ledger: PaymentLedger;

  constructor(platform: Platform, ledger: PaymentLedger) {
    this.#platform = platform;
    this.#ledger = ledger;
  }

  /** The form that a site sends its payer with. From here on the payer has an address that can be reloaded. */
  enter(request: Request, response: Response): void {
    const { transactionCode } = this.#ledger.byTransactionCode(formOf(request).get('Transaction_Code') ?? '');
    response.redirect(303, `${request.baseUrl}/cashu/wallet?code=${transactionCode}`);
  }

  showWallet(request: Request, response: Response): void {
    const payment = this.#ledger.byTransactionCode(queryOf(request).get('code') ?? '');
    if (payment.status !== 'awaiting redirect result') {
      leave(request, response, payment);
      return;
    }
    const language = payment.language ?? languageOf(request);
    sendPage(response, cashuPage({ base: request.baseUrl, language, payment, leaveTo: whole(request, wayOut(payment)) }), {
      formsLeadAway: true,
    });
  }

  /** A second click finds a payment that does not wait any more, and goes on. */
  takeAction(request: Request, response: Response): void {
    const form = formOf(request);
    const payment = this.#ledger.byTransactionCode(form.get('code') ?? '');
    const action = PAYER_ACTIONS.find((each) => each === form.get('action'));
    const isWaiting = payment.status === 'awaiting redirect result' && action !== undefined;
    leave(request, response, isWaiting ? this.#platform.act(payment.id, action) : payment);
  }
}

function leave(request: Request, response: Response, payment: EcommpayPayment): void {
  response.redirect(303, whole(request, wayOut(payment)));
}

function whole({ baseUrl }: Request, address: string): string {
  return address.startsWith('/') ? `${baseUrl}${address}` : address;
}
