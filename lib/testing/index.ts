/**
 * Signers for CloudPayments, and stand-ins for CloudPayments and for ECommPay with CashU: for tests, and for trying a shop out without
 * an account. Nothing of it belongs into production, where the stand-ins refuse to start.
 */
export type { NotificationType } from '../domain/notification.ts';
export { buildNotification } from './build-notification.ts';
export type { CloudPaymentsControl, PayOptions } from './cloudpayments/control.ts';
export { createCloudPaymentsStandIn } from './cloudpayments/create-cloudpayments-stand-in.ts';
export type { SentNotification } from './cloudpayments/notification-log.ts';
export type { PaymentCard, PaymentStatus, StandInPayment } from './cloudpayments/payment.ts';
export type { PaymentNotificationType } from './cloudpayments/payment-notification.ts';
export type { CloudPaymentsStandInOptions } from './cloudpayments/stand-in-options.ts';
export { TEST_CARDS, type TestCard } from './cloudpayments/test-cards.ts';
export type { EcommpayCallback } from './ecommpay/callback-log.ts';
export type { EcommpayControl, EcommpayPlans } from './ecommpay/control.ts';
export { createEcommpayStandIn } from './ecommpay/create-ecommpay-stand-in.ts';
export type { EcommpayOutcome, EcommpayRefundOutcome } from './ecommpay/outcomes.ts';
export type {
  EcommpayOperation,
  EcommpayOperationStatus,
  EcommpayPayment,
  EcommpayPaymentStatus,
  WayBack,
  WaysBack,
} from './ecommpay/payment.ts';
export type { PayerAction } from './ecommpay/platform.ts';
export type { EcommpayStandInOptions } from './ecommpay/stand-in-options.ts';
export { encodeJsonNotification, encodeNotification } from './encode-notification.ts';
export type { NotificationAttempt } from './notification-attempt.ts';
export type { NotificationFields, NotificationOverrides } from './notification-fields.ts';
export { type NotificationAnswer, type SendNotificationOptions, sendNotification } from './send-notification.ts';
export { type NotificationSignature, signNotification } from './sign-notification.ts';
export type { StandIn } from './stand-in.ts';
