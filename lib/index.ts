export { createPaymentsRouter } from './create-payments-router.ts';
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
export {
  CheckCode,
  type CheckedPayment,
  type CheckFunction,
  type CloudPaymentsOptions,
  type DispatcherOptions,
  type HttpLogOptions,
  type LimitOptions,
  type PaymentsOptions,
  type WebhookContext,
  type WebhookHandlerOptions,
  type WebhookOptions,
  type WebhookUrlOptions,
} from './payments-options.ts';
export type {
  CardLinkOptions,
  CloseReport,
  DeliveryVerbs,
  HealthReport,
  ListOptions,
  PaymentsRouter,
  TransactionVerbs,
} from './payments-router.ts';
export { databaseConfig } from './storage/database-config.ts';
export { type ReceivedWebhook, verifyWebhook } from './verify-webhook.ts';
