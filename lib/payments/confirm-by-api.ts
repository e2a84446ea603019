import { ApiError, errorText, HttpError } from '../domain/errors.ts';
import { compareAmounts } from '../domain/money.ts';
import type { Notification } from '../domain/notification.ts';
import type { CloudPaymentsApi } from '../providers/cloudpayments/index.ts';

/** What CloudPayments says of a payment whose notification could as well be a Check that was sent again. */
export type ApiVerdict = 'confirmed' | 'contradicted' | 'unknown';

/**
 * Asks `/payments/get` whether money was taken or reserved. Throws `HttpError` 503 while that cannot be said, so that the
 * notification comes again.
 */
export async function confirmByApi(notification: Notification, api: CloudPaymentsApi | undefined): Promise<ApiVerdict> {
  if (api === undefined) throw unconfirmed('without "cloudpayments.apiSecret" CloudPayments cannot be asked');
  const known = await ask(api, notification.externalId);
  if (known === undefined) return 'unknown';
  if (known.outcome === 'open') throw unconfirmed('CloudPayments says that it is still under way');
  if (known.outcome === 'declined') return 'unknown';
  const isAsStated =
    (known.transactionId === '' || known.transactionId === notification.externalId) &&
    (notification.status === 'Completed') === (known.outcome === 'taken') &&
    compareAmounts(known.amount, notification.amount ?? '0.00') === 0 &&
    (notification.currency ?? known.currency) === known.currency &&
    (notification.account ?? '') === (known.account ?? '') &&
    notification.isTest === known.isTest;
  return isAsStated ? 'confirmed' : 'contradicted';
}

async function ask(api: CloudPaymentsApi, code: string): ReturnType<CloudPaymentsApi['getPayment']> {
  try {
    return await api.getPayment(code);
  } catch (error) {
    if (error instanceof ApiError) throw unconfirmed(errorText(error), error);
    throw error;
  }
}

function unconfirmed(reason: string, cause?: unknown): HttpError {
  return new HttpError(
    503,
    'ERR_PAYMENTS_UNCONFIRMED',
    `The notification has none of the fields that only a payment has (GatewayName, AuthCode, Token, TotalFee, Rrn), so it may be a Check; ${reason}.`,
    { cause },
  );
}
