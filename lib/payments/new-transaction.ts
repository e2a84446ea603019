import type { Notification } from '../domain/notification.ts';
import type { NewTransaction } from '../domain/transaction.ts';
import type { Assessment } from './assess-payment.ts';

/** Of the notifications that carry none, all known ones were in roubles, which is also the default of the API. */
const DEFAULT_CURRENCY = 'RUB';

/** The transaction that a Pay or Confirm begins. */
export function newTransaction(notification: Notification, { problem, binding }: Assessment, receivedAt: number): NewTransaction {
  return {
    provider: notification.provider,
    code: notification.paymentCode ?? notification.externalId,
    account: notification.account ?? '',
    sum: notification.amount ?? '0.00',
    currency: notification.currency ?? binding?.currency ?? DEFAULT_CURRENCY,
    state: notification.status === 'Authorized' ? 'authorized' : 'paid',
    isTest: notification.isTest,
    review: problem,
    invoiceId: notification.invoiceId,
    subscriptionId: notification.subscriptionId,
    description: notification.description,
    reference: binding?.reference,
    createdAt: notification.occurredAt ?? receivedAt,
    receivedAt,
  };
}
