import type { NewTransaction } from '../domain/transaction.ts';
import type { CashuPaymentRow } from '../storage/cashu-rows.ts';

/** The transaction that a paid CashU payment becomes; times in milliseconds since the epoch. */
export function cashuTransaction(
  payment: CashuPaymentRow,
  paid: { readonly sum: string; readonly currency: string; readonly at: number; readonly receivedAt: number },
): NewTransaction {
  return {
    provider: 'cashu',
    code: payment.paymentId,
    account: payment.account,
    sum: paid.sum,
    currency: paid.currency,
    state: 'paid',
    isTest: false,
    review: undefined,
    invoiceId: payment.orderId,
    subscriptionId: undefined,
    description: payment.description,
    reference: undefined,
    createdAt: paid.at,
    receivedAt: paid.receivedAt,
  };
}
