/**
 * Signers and a stand-in for CloudPayments: for tests, and for trying a shop out without an account.
 * Nothing of it belongs into production, where the stand-in refuses to start.
 */
export type { NotificationType } from '../domain/notification.ts';
export { buildNotification } from './build-notification.ts';
export type { CloudPaymentsControl, PayOptions } from './cloudpayments/control.ts';
export { createCloudPaymentsStandIn } from './cloudpayments/create-cloudpayments-stand-in.ts';
export type { NotificationAttempt, SentNotification } from './cloudpayments/notification-log.ts';
export type { PaymentCard, PaymentStatus, StandInPayment } from './cloudpayments/payment.ts';
export type { PaymentNotificationType } from './cloudpayments/payment-notification.ts';
export type { CloudPaymentsStandInOptions } from './cloudpayments/stand-in-options.ts';
export { TEST_CARDS, type TestCard } from './cloudpayments/test-cards.ts';
export { encodeJsonNotification, encodeNotification } from './encode-notification.ts';
export type { NotificationFields, NotificationOverrides } from './notification-fields.ts';
export { type NotificationAnswer, type SendNotificationOptions, sendNotification } from './send-notification.ts';
export { type NotificationSignature, signNotification } from './sign-notification.ts';
export type { StandIn } from './stand-in.ts';
