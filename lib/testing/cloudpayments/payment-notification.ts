import { formatUtc } from '../../domain/format-utc.ts';
import type { NotificationType } from '../../domain/notification.ts';
import { buildNotification } from '../build-notification.ts';
import type { NotificationFields, NotificationOverrides } from '../notification-fields.ts';
import { declineReason } from './decline-reasons.ts';
import type { StandInPayment } from './payment.ts';

/** What the stand-in sends of its own accord; subscriptions and receipts are not played. */
export type PaymentNotificationType = Extract<NotificationType, 'check' | 'pay' | 'fail' | 'confirm' | 'refund' | 'cancel'>;

/** The parameters of a notification about a payment of the books. */
export function paymentNotification(type: PaymentNotificationType, payment: StandInPayment, testMode: boolean): NotificationFields {
  return buildNotification(type, FIELDS[type](payment, testMode ? '1' : '0'));
}

type FieldsOf = (payment: StandInPayment, testMode: string) => NotificationOverrides;

const FIELDS: Readonly<Record<PaymentNotificationType, FieldsOf>> = {
  check: (payment, testMode) => ({
    ...charge(payment),
    ...place(payment),
    TestMode: testMode,
    Status: payment.schema === 'Dual' ? 'Authorized' : 'Completed',
  }),
  pay: (payment, testMode) => ({
    ...charge(payment),
    ...place(payment),
    AuthCode: payment.authCode,
    Token: payment.token,
    TestMode: testMode,
    Status: payment.status,
    GatewayName: testMode === '1' ? 'Test' : 'Stand-in',
  }),
  fail: (payment, testMode) => ({
    ...charge(payment),
    ...place(payment),
    TestMode: testMode,
    Status: payment.status,
    Reason: declineReason(payment.reasonCode).name,
    ReasonCode: payment.reasonCode,
  }),
  confirm: (payment, testMode) => ({
    ...charge(payment),
    AuthCode: payment.authCode,
    Token: payment.token,
    TestMode: testMode,
    Status: payment.status,
  }),
  refund: (payment) => ({ ...reference(payment), PaymentTransactionId: payment.originalTransactionId }),
  cancel: reference,
};

function reference(payment: StandInPayment): NotificationOverrides {
  return {
    TransactionId: payment.transactionId,
    Amount: payment.amount,
    InvoiceId: payment.invoiceId ?? '',
    AccountId: payment.accountId ?? '',
    Email: payment.email ?? '',
    Data: payment.data,
  };
}

function charge(payment: StandInPayment): NotificationOverrides {
  return {
    ...reference(payment),
    Currency: payment.currency,
    PaymentAmount: payment.amount,
    PaymentCurrency: payment.currency,
    DateTime: formatUtc(payment.createdAt),
    IpAddress: payment.ipAddress,
    CardFirstSix: payment.card.firstSix,
    CardLastFour: payment.card.lastFour,
    CardType: payment.card.brand,
    CardExpDate: payment.card.expiry,
    Description: payment.description ?? '',
  };
}

/** Nobody looks up where the payer is: the captured test payments have these empty too. */
function place(payment: StandInPayment): NotificationOverrides {
  return { CardId: payment.card.id, IpCountry: '', IpCity: '', IpRegion: '', IpDistrict: '', IpLatitude: '', IpLongitude: '' };
}
