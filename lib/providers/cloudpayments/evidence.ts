import { NotificationError } from '../../domain/errors.ts';
import type { Notification } from '../../domain/notification.ts';

/** Parameters that a Check never has, because they are known only after authorisation. */
const ONLY_AFTER_AUTHORISATION = ['GatewayName', 'AuthCode', 'Token', 'TotalFee', 'Rrn'] as const;

/**
 * Neither the type nor a time is signed, so a genuine Check or Fail can be sent to the address of Pay.
 * Throws `NotificationError` for what cannot be about money that was taken or reserved.
 */
export function refuseWhatIsNoPayment(notification: Notification): void {
  const { type, fields, status } = notification;
  const allowed = type === 'confirm' ? ['Completed'] : ['Completed', 'Authorized'];
  if (status === undefined || !allowed.includes(status)) {
    throw new NotificationError(`Status is ${status ?? 'missing'} at the address of ${type}. ${WRONG_ADDRESS}`, 'Status');
  }
  if (fields['Reason'] !== undefined && fields['Reason'] !== 'Approved')
    throw new NotificationError(`Reason is given at the address of ${type}. ${WRONG_ADDRESS}`, 'Reason');
  if (fields['ReasonCode'] !== undefined && fields['ReasonCode'] !== '0') {
    throw new NotificationError(`ReasonCode is ${fields['ReasonCode']} at the address of ${type}. ${WRONG_ADDRESS}`, 'ReasonCode');
  }
  const operation = fields['OperationType'];
  if (operation !== undefined && operation !== 'Payment')
    throw new NotificationError(`OperationType is ${operation} at the address of ${type}. ${WRONG_ADDRESS}`, 'OperationType');
}

const WRONG_ADDRESS = 'Compare the addresses of the notifications in the merchant cabinet with those of the router.';

/** True when something in it can only be known after authorisation; otherwise it may be a Check that is sent again. */
export function hasEvidenceOfAuthorisation(notification: Notification): boolean {
  return ONLY_AFTER_AUTHORISATION.some((name) => notification.fields[name] !== undefined);
}

/** Parameters of the other types; a Cancel has TransactionId, Amount, DateTime, InvoiceId, AccountId, Email, Data and Rrn. */
const FOREIGN_AT_CANCEL: readonly string[] = [
  ...['Status', 'Currency', 'PaymentAmount', 'CardFirstSix', 'GatewayName', 'AuthCode', 'PaymentTransactionId', 'OperationType'],
  ...['Reason', 'ReasonCode', 'Id', 'Receipt', 'FiscalSign', 'DocumentNumber', 'Interval'],
];

/**
 * A Cancel has neither status nor card; a genuine Pay or Check sent to its address must not give a reservation up. Throws `NotificationError`.
 */
export function refuseOtherTypesAtCancel({ fields }: Notification): void {
  const foreign = FOREIGN_AT_CANCEL.find((name) => fields[name] !== undefined);
  if (foreign !== undefined) throw new NotificationError(`${foreign} is given at the address of cancel. ${WRONG_ADDRESS}`, foreign);
}
