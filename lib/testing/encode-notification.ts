import type { NotificationFields } from './notification-fields.ts';

/** Parameters that are numbers where the body is JSON. */
const NUMERIC = new Set([
  'TransactionId',
  'PaymentTransactionId',
  'Amount',
  'PaymentAmount',
  'TestMode',
  'ReasonCode',
  'StatusCode',
  'TotalFee',
  'IpLatitude',
  'IpLongitude',
  'Period',
  'MaxPeriods',
  'SuccessfulTransactionsNumber',
  'FailedTransactionsNumber',
]);
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The form body (or query string) of a notification as CloudPayments' .NET service writes it: lower-case hex, `+` for a space,
 * `-_.!*()` bare, UTF-8, empty values kept as `name=`.
 * Source: captured notifications; https://developers.cloudpayments.ru/#uvedomleniya does not say it.
 */
export function encodeNotification(fields: NotificationFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`)
    .join('&');
}

/** The same as JSON, for sites whose cabinet says "POST + JSON". Numbers keep their digits: `25.00` is not cut to `25`. */
export function encodeJsonNotification(fields: NotificationFields): string {
  const members = Object.entries(fields).map(([name, value]) => {
    const isNumber = NUMERIC.has(name) && JSON_NUMBER.test(value);
    return `${JSON.stringify(name)}:${isNumber ? value : JSON.stringify(value)}`;
  });
  return `{${members.join(',')}}`;
}

function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
    .replaceAll('%20', '+')
    .replaceAll("'", '%27')
    .replaceAll('~', '%7e');
}
