export { createPaymentsRouter } from './create-payments-router.ts';
export type { CashuFlow, CashuPayment, CashuRefund, CashuRefundStatus, CashuStatus } from './domain/cashu-payment.ts';
export { CheckCode } from './domain/check-code.ts';
export type { Delivery, DeliveryEvent, DeliveryStatus, WebhookPayload } from './domain/delivery.ts';
export {
  ApiError,
  DatabaseError,
  HttpError,
  NotificationError,
  OptionsError,
  PageParametersError,
  type PageProblem,
  type PageProblemReason,
  PaymentsError,
  type PaymentsErrorCode,
  SignatureError,
} from './domain/errors.ts';
export type { PaymentsEvents } from './domain/events.ts';
export type { Logger } from './domain/logger.ts';
export type { Notification, NotificationType, Provider } from './domain/notification.ts';
export type { ReviewReason, Transaction, TransactionState } from './domain/transaction.ts';
export type {
  CashuDifference,
  CashuDifferenceKind,
  CashuOperation,
  CashuPaymentWithRefunds,
  CashuReconciledSide,
  CashuReconciliation,
  CashuRefundOptions,
  CashuVerbs,
  TimeSpan,
} from './payments-cashu.ts';
export type {
  CashuCustomer,
  CashuCustomerFunction,
  CashuOptions,
  CashuWatchOptions,
  CheckedPayment,
  CheckFunction,
  CloudPaymentsOptions,
  DispatcherOptions,
  HttpLogOptions,
  LimitOptions,
  PaymentsOptions,
  WebhookContext,
  WebhookHandlerOptions,
  WebhookOptions,
  WebhookUrlOptions,
} from './payments-options.ts';
export type {
  CloseReport,
  DeliveryVerbs,
  HealthReport,
  ListOptions,
  PayLinkOptions,
  PaymentsRouter,
  RefundOptions,
  RefundReceipt,
  TransactionVerbs,
} from './payments-router.ts';
export { databaseConfig } from './storage/database-config.ts';
export { type ReceivedWebhook, verifyWebhook } from './verify-webhook.ts';
