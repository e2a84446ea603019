import type { Request, Response } from 'express';
import { errorText, PaymentsError } from '../../domain/errors.ts';
import { sendPage } from '../send-page.ts';
import type { Acquirer } from './acquirer.ts';
import { cardDigits, cardFormProblems, readCardForm } from './card-form.ts';
import { cardPage } from './pages/card-page.ts';
import { MESSAGES } from './pages/messages.ts';
import { resultPage, unusablePage } from './pages/result-page.ts';
import { threeDsPage } from './pages/three-ds-page.ts';
import type { StandInPayment } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { intentLanguage, parseWidgetIntent, type WidgetIntent } from './widget-intent.ts';

/** The payer's way through the frame: card form, 3-D Secure, result; each step is a page, so that a test can walk it without a browser. */
export class WidgetDesk {
  readonly #publicId: string;
  readonly #ledger: PaymentLedger;
  readonly #acquirer: Acquirer;
  /** The intent of each payment as it came, for "try again". */
  readonly #intents = new Map<number, string>();

  constructor(publicId: string, ledger: PaymentLedger, acquirer: Acquirer) {
    this.#publicId = publicId;
    this.#ledger = ledger;
    this.#acquirer = acquirer;
  }

  showCardForm(request: Request, response: Response): void {
    const intentText = String(request.query['intent'] ?? '');
    const intent = this.#readIntent(request, response, intentText);
    if (intent !== undefined) sendPage(response, cardPage({ base: request.baseUrl, intent, intentText }));
  }

  async takeCard(request: Request, response: Response): Promise<void> {
    const intentText = String(Object(request.body).intent ?? '');
    const intent = this.#readIntent(request, response, intentText);
    if (intent === undefined) return;
    const form = readCardForm(request.body);
    const problems = cardFormProblems(form, intent, MESSAGES[intentLanguage(intent.culture)]);
    if (Object.keys(problems).length > 0) {
      sendPage(response.status(422), cardPage({ base: request.baseUrl, intent, intentText, form, problems }));
      return;
    }
    const payment = await this.#acquirer.pay(intent, {
      number: cardDigits(form),
      expiry: form.expiry,
      email: form.email === '' ? undefined : form.email,
      ipAddress: (request.ip ?? '').replace(/^::ffff:/, ''),
    });
    this.#intents.set(payment.transactionId, intentText);
    goOn(request, response, payment);
  }

  showThreeDs(request: Request, response: Response): void {
    const payment = this.#payment(request);
    if (payment.status === 'AwaitingAuthentication') sendPage(response, threeDsPage(request.baseUrl, payment));
    else goOn(request, response, payment);
  }

  leaveThreeDs(request: Request, response: Response): void {
    const isPassed = Object(request.body).action === 'confirm';
    goOn(request, response, this.#acquirer.authenticate(this.#payment(request).transactionId, isPassed));
  }

  showResult(request: Request, response: Response): void {
    const payment = this.#payment(request);
    const intentText = this.#intents.get(payment.transactionId) ?? '';
    const intent = this.#readIntent(request, response, intentText);
    if (intent !== undefined) sendPage(response, resultPage({ base: request.baseUrl, payment, intent, intentText }));
  }

  #payment(request: Request): StandInPayment {
    return this.#ledger.get(Number(request.params['id']));
  }

  /** Undefined when the intent is of no use; that is answered then. */
  #readIntent(request: Request, response: Response, intentText: string): WidgetIntent | undefined {
    try {
      const intent = parseWidgetIntent(intentText);
      if (intent.publicTerminalId === this.#publicId) return intent;
      throw new PaymentsError('ERR_PAYMENTS_PAGE_PARAMETERS', MESSAGES[intentLanguage(intent.culture)].wrongSite);
    } catch (error) {
      const language = intentText.includes('en-US') ? 'en' : 'ru';
      sendPage(response.status(400), unusablePage(request.baseUrl, errorText(error), intentText, language));
      return undefined;
    }
  }
}

function goOn({ baseUrl }: Request, response: Response, { status, transactionId }: StandInPayment): void {
  const step = status === 'AwaitingAuthentication' ? '3ds' : 'result';
  response.redirect(303, `${baseUrl}/widget/${step}/${transactionId}`);
}
