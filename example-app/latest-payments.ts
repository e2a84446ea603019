import type { CashuPayment, PaymentsRouter, Transaction } from 'express-cloudpayments';

/** A payment as the shop shows it. */
export interface LatestPayment {
  readonly provider: Transaction['provider'];
  /** Decimal text. */
  readonly sum: string;
  readonly currency: string;
  /** `credited`: the back-end has it; `sending`: it is being handed over; `review`: a person looks at it first. */
  readonly state: 'credited' | 'sending' | 'review' | Exclude<Transaction['state'], 'paid'>;
  readonly refundedSum: string;
  readonly createdAt: Date;
}

interface Wanted {
  readonly account: string;
  readonly limit: number;
  /** Asked for CashU payments, a router without that option throws. */
  readonly hasCashu: boolean;
}

/** The latest payments of an account, newest first. A CashU payment in review is no transaction yet. */
export async function latestPayments(payments: PaymentsRouter, { account, limit, hasCashu }: Wanted): Promise<readonly LatestPayment[]> {
  const [transactions, reviewed] = await Promise.all([
    payments.transactions.list({ account, limit }),
    hasCashu ? payments.cashu.list({ account, limit, status: 'review' }) : [],
  ]);
  const all = [...transactions.map(fromTransaction), ...reviewed.map(fromReview)];
  return all.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).slice(0, limit);
}

function fromTransaction({ provider, sum, currency, refundedSum, createdAt, ...transaction }: Transaction): LatestPayment {
  return { ...{ provider, sum, currency, refundedSum, createdAt }, state: stateOf(transaction) };
}

function stateOf({ review, state, isCompleted }: Pick<Transaction, 'review' | 'state' | 'isCompleted'>): LatestPayment['state'] {
  if (review !== undefined) return 'review';
  if (state !== 'paid') return state;
  return isCompleted ? 'credited' : 'sending';
}

function fromReview({ paidSum, sum, paidCurrency, currency, refundedSum, createdAt }: CashuPayment): LatestPayment {
  return { provider: 'cashu', sum: paidSum ?? sum, currency: paidCurrency ?? currency, state: 'review', refundedSum, createdAt };
}
