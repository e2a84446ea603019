import { createHash } from 'node:crypto';
import { nextTransactionNumber } from '../transaction-number.ts';
import type { PaymentCard, StandInPayment } from './payment.ts';
import { cardBrand, findTestCard } from './test-cards.ts';
import type { WidgetIntent } from './widget-intent.ts';

/** What a payer has typed. */
export interface CardEntry {
  /** Digits only. */
  readonly number: string;
  /** `MM/YY`. */
  readonly expiry: string;
  readonly email: string | undefined;
  readonly ipAddress: string;
}

/** A payment before anybody was asked. */
export function newPayment(intent: WidgetIntent, entry: CardEntry): StandInPayment {
  return {
    transactionId: nextTransactionNumber(),
    operation: 'Payment',
    originalTransactionId: undefined,
    status: 'AwaitingAuthentication',
    schema: intent.schema,
    amount: intent.amount,
    refunded: '0.00',
    currency: intent.currency,
    card: maskedCard(entry),
    invoiceId: intent.externalId,
    accountId: intent.accountId,
    email: entry.email ?? intent.email,
    description: intent.description,
    data: intent.metadata,
    ipAddress: entry.ipAddress,
    culture: intent.culture,
    reasonCode: 0,
    authCode: undefined,
    token: undefined,
    createdAt: Date.now(),
    authorizedAt: undefined,
    confirmedAt: undefined,
  };
}

/** Money on its way back: an operation with a number of its own. */
export function newRefund(payment: StandInPayment, amount: string): StandInPayment {
  const now = Date.now();
  const reference = { transactionId: nextTransactionNumber(), originalTransactionId: payment.transactionId };
  return { ...payment, ...reference, operation: 'Refund', status: 'Completed', amount, refunded: '0.00', createdAt: now, confirmedAt: now };
}

function maskedCard({ number, expiry }: CardEntry): PaymentCard {
  const id = createHash('sha256').update(number).digest('hex').slice(0, 24);
  return { id, firstSix: number.slice(0, 6), lastFour: number.slice(-4), brand: findTestCard(number)?.brand ?? cardBrand(number), expiry };
}
