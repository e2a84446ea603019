import { randomBytes } from 'node:crypto';
import { PaymentsError } from '../../domain/errors.ts';
import { addAmounts, compareAmounts, decimalsOf, fromScaled, isPositive, parseAmount, toScaled } from '../../domain/money.ts';
import { type CardEntry, newPayment, newRefund } from './new-payment.ts';
import type { Notifier } from './notifier.ts';
import type { StandInPayment } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { findTestCard } from './test-cards.ts';
import type { WidgetIntent } from './widget-intent.ts';

const NO_SUCH_ISSUER = 5015;
const INSUFFICIENT_FUNDS = 5051;
const AUTHENTICATION_FAILED = 5206;

/** Moves the money that is not there: every change of a payment and the notification that follows from it. */
export class Acquirer {
  readonly #ledger: PaymentLedger;
  readonly #notifier: Notifier;
  /** Numbers of cards that wait for their 3-D Secure page; the books keep only the mask. */
  readonly #cardNumbers = new Map<number, string>();
  #nextAmount: string | undefined;

  constructor(ledger: PaymentLedger, notifier: Notifier) {
    this.#ledger = ledger;
    this.#notifier = notifier;
  }

  get nextAmount(): string | undefined {
    return this.#nextAmount;
  }

  /** The next payment goes on with this amount, as if the payer had edited the page. */
  editNext(amount: string): void {
    this.#nextAmount = canonicalAmount(amount);
  }

  /** Asks the site, then authorises, or leaves the payment waiting for its 3-D Secure page. */
  async pay(intent: WidgetIntent, card: CardEntry): Promise<StandInPayment> {
    const payment = this.#ledger.add(newPayment({ ...intent, amount: this.#takeAmount(intent) }, card));
    const reason = await this.#notifier.ask(payment);
    if (reason !== 0) return this.#decline(payment, reason);
    if (findTestCard(card.number)?.threeDs !== true) return this.#authorize(payment, card.number);
    this.#cardNumbers.set(payment.transactionId, card.number);
    return this.#ledger.change(payment.transactionId, { status: 'AwaitingAuthentication' });
  }

  /** The payer has left the 3-D Secure page. A second time nothing happens. */
  authenticate(transactionId: number, isPassed: boolean): StandInPayment {
    const payment = this.#ledger.get(transactionId);
    const number = this.#cardNumbers.get(transactionId);
    if (number === undefined) return payment;
    this.#cardNumbers.delete(transactionId);
    return isPassed ? this.#authorize(payment, number) : this.#decline(payment, AUTHENTICATION_FAILED);
  }

  /** Takes reserved money, all of it or a part. */
  confirm(transactionId: number, amount?: string): StandInPayment {
    const payment = this.#inState(transactionId, 'Authorized');
    const captured = this.#part(payment.amount, amount);
    const confirmed = this.#ledger.change(transactionId, { status: 'Completed', amount: captured, confirmedAt: Date.now() });
    this.#notifier.send('confirm', confirmed);
    return confirmed;
  }

  /** Gives reserved money up. */
  cancel(transactionId: number): StandInPayment {
    this.#inState(transactionId, 'Authorized');
    const cancelled = this.#ledger.change(transactionId, { status: 'Cancelled' });
    this.#notifier.send('cancel', cancelled);
    return cancelled;
  }

  /** Gives money back, all that is left or a part: an operation of its own. */
  refund(transactionId: number, amount?: string): StandInPayment {
    const payment = this.#inState(transactionId, 'Completed');
    const rest = fromScaled(toScaled(payment.amount) - toScaled(payment.refunded));
    const refunded = this.#part(rest, amount);
    this.#ledger.change(transactionId, { refunded: addAmounts(payment.refunded, refunded) });
    const refund = this.#ledger.add(newRefund(payment, refunded));
    this.#notifier.send('refund', refund);
    return refund;
  }

  #takeAmount(intent: WidgetIntent): string {
    const amount = this.#nextAmount ?? intent.amount;
    this.#nextAmount = undefined;
    return amount;
  }

  #authorize(payment: StandInPayment, number: string): StandInPayment {
    const reason = bankReason(number);
    if (reason !== 0) return this.#decline(payment, reason);
    const isSingle = payment.schema === 'Single';
    const paid = this.#ledger.change(payment.transactionId, {
      status: isSingle ? 'Completed' : 'Authorized',
      authCode: randomBytes(3).toString('hex').toUpperCase(),
      token: payment.accountId === undefined ? undefined : `tk_${randomBytes(14).toString('hex')}0`,
      authorizedAt: Date.now(),
      confirmedAt: isSingle ? Date.now() : undefined,
    });
    this.#notifier.send('pay', paid);
    return paid;
  }

  #decline(payment: StandInPayment, reasonCode: number): StandInPayment {
    const declined = this.#ledger.change(payment.transactionId, { status: 'Declined', reasonCode });
    this.#notifier.send('fail', declined);
    return declined;
  }

  #inState(transactionId: number, status: StandInPayment['status']): StandInPayment {
    const payment = this.#ledger.get(transactionId);
    if (payment.status === status && payment.operation === 'Payment') return payment;
    throw new PaymentsError(
      'ERR_PAYMENTS_STATE',
      `Transaction ${transactionId} is a ${payment.operation} in state ${payment.status}, not ${status}.`,
    );
  }

  #part(whole: string, part: string | undefined): string {
    const amount = part === undefined ? whole : canonicalAmount(part);
    if (isPositive(amount) && compareAmounts(amount, whole) <= 0) return amount;
    throw new PaymentsError('ERR_PAYMENTS_STATE', `${amount} is not within what is left, ${whole}.`);
  }
}

function bankReason(number: string): number {
  const card = findTestCard(number);
  if (card === undefined) return NO_SUCH_ISSUER;
  return card.outcome === 'insufficient-funds' ? INSUFFICIENT_FUNDS : 0;
}

function canonicalAmount(text: string): string {
  const amount = parseAmount(text);
  if (amount !== undefined && isPositive(amount) && decimalsOf(amount) <= 2) return amount;
  throw new PaymentsError('ERR_PAYMENTS_STATE', `"${text}" is no amount above 0 with at most two decimals.`);
}
