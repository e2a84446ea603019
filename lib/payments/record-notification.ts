import type { PaymentsEmitter } from '../domain/events.ts';
import { type Notification, notificationDigest } from '../domain/notification.ts';
import { redactJson } from '../domain/redact.ts';
import { isDue } from '../domain/transaction.ts';
import {
  type CloudPaymentsApi,
  hasEvidenceOfAuthorisation,
  refuseOtherTypesAtCancel,
  refuseWhatIsNoPayment,
} from '../providers/cloudpayments/index.ts';
import type { RecordItem, RecordOutcome } from '../storage/record-item.ts';
import type { Recorder } from '../storage/recorder.ts';
import type { HttpLogRow, NotificationRow, TransactionRow } from '../storage/rows.ts';
import { type Assessment, type AssessmentRules, assessPayment } from './assess-payment.ts';
import { confirmByApi } from './confirm-by-api.ts';
import { newTransaction } from './new-transaction.ts';
import { type DeliveryPlan, paymentDelivery } from './plan-delivery.ts';

/** What recording a notification needs. */
export interface RecordingContext {
  readonly recorder: Recorder;
  readonly api: CloudPaymentsApi | undefined;
  readonly rules: AssessmentRules;
  readonly plan: DeliveryPlan;
  readonly emitter: PaymentsEmitter;
  /** Works out what pending notifications mean for one payment. */
  settle(key: { readonly provider: string; readonly code: string }): Promise<void>;
  /** Something is due. */
  wake(): void;
}

/**
 * Stores a verified notification, with its log row, its transaction and its delivery, in one database transaction. Resolves after the
 * commit: only then may it be acknowledged. Throws `HttpError` for what cannot be used (400) or not be stored now (503).
 */
export async function recordNotification(notification: Notification, log: HttpLogRow, context: RecordingContext): Promise<void> {
  const item = await makeItem(notification, log, context);
  const outcome = await context.recorder.record(item);
  tell(notification, item, outcome, context);
  if (outcome.isPending && notification.paymentCode !== undefined) {
    await context.settle({ provider: notification.provider, code: notification.paymentCode });
  }
}

/** The row of a notification; a token is a means of payment and is not kept. */
export function notificationRow(
  notification: Notification,
  log: HttpLogRow,
  isApplied: boolean,
  outcome: string | null = null,
): NotificationRow {
  const { provider, type, externalId, paymentCode = null, fields, isTest } = notification;
  const kept = Object.entries(fields).map(([name, value]) => [name, /token/i.test(name) ? '[redacted]' : redactJson(value)]);
  const digest = notificationDigest(notification);
  return {
    provider,
    type,
    externalId,
    paymentCode,
    digest,
    fields: JSON.stringify(Object.fromEntries(kept)),
    isTest,
    isApplied,
    outcome,
    receivedAt: log.createdAt,
  };
}

async function makeItem(notification: Notification, log: HttpLogRow, context: RecordingContext): Promise<RecordItem> {
  switch (notification.type) {
    case 'pay':
    case 'confirm':
      return await paymentItem(notification, log, context);
    case 'cancel':
      refuseOtherTypesAtCancel(notification);
      return { log, notification: notificationRow(notification, log, false) };
    case 'refund':
      return { log, notification: notificationRow(notification, log, false) };
    default:
      return { log, notification: notificationRow(notification, log, true) };
  }
}

async function paymentItem(notification: Notification, log: HttpLogRow, context: RecordingContext): Promise<RecordItem> {
  if (notification.type === 'pay' && notification.fields['OperationType'] === 'CardPayout') {
    return { log, notification: notificationRow(notification, log, true, 'payout') };
  }
  refuseWhatIsNoPayment(notification);
  const verdict = hasEvidenceOfAuthorisation(notification) ? 'confirmed' : await confirmByApi(notification, context.api);
  if (verdict !== 'confirmed') {
    context.emitter.emit('conflict', {
      notification,
      reason: `CloudPayments ${verdict === 'unknown' ? 'does not know of this money' : 'says something else of this payment'}`,
    });
    return { log, notification: deniedRow(notification, log) };
  }
  const assessment = assessPayment(notification, context.rules);
  // What depends on other rows is worked out under a lock, right after it is stored.
  if (notification.type === 'confirm' || assessment.binding?.orderId !== undefined)
    return { log, notification: notificationRow(notification, log, false) };
  return directItem(notification, log, assessment, context);
}

/** Kept under a number of its own: the genuine notification that may still come must not look like its repeat. */
function deniedRow(notification: Notification, log: HttpLogRow): NotificationRow {
  return notificationRow({ ...notification, externalId: `${notification.externalId}#unconfirmed` }, log, true, 'conflict');
}

/** A Pay that needs no look at anything else: its transaction and delivery are stored along with it. */
function directItem(notification: Notification, log: HttpLogRow, assessment: Assessment, { plan }: RecordingContext): RecordItem {
  const transaction = newTransaction(notification, assessment, log.createdAt);
  const delivery = isDue(transaction) ? paymentDelivery(transaction, plan) : undefined;
  const row: TransactionRow = { transaction, delivery, isCompleted: isDue(transaction) && delivery === undefined };
  return { log, notification: notificationRow(notification, log, true, transaction.review ?? null), transaction: row };
}

function tell(notification: Notification, item: RecordItem, outcome: RecordOutcome, { emitter, wake }: RecordingContext): void {
  if (outcome.notification !== 'none') emitter.emit('notification', { notification, outcome: outcome.notification });
  if (outcome.notification === 'conflict')
    emitter.emit('conflict', { notification, reason: 'the same number came before with another amount, currency or status' });
  if (!outcome.isTransactionNew || item.transaction === undefined) return;
  const { transaction, delivery } = item.transaction;
  const { provider, code, account, sum, currency, isTest, review, state } = transaction;
  if (review !== undefined) emitter.emit('review', { provider, code, account, reason: review });
  else if (state === 'paid') emitter.emit('payment', { provider, code, account, sum, currency, isTest });
  if (delivery !== undefined) wake();
}
