import type { PaymentsEmitter } from '../domain/events.ts';
import { NOTIFICATION_TYPES, type Notification } from '../domain/notification.ts';
import { parseNotification } from '../providers/cloudpayments/index.ts';
import type { Database } from '../storage/open-database.ts';
import { findUnsettled, type PendingNotification, settle } from '../storage/settle.ts';
import { type AssessmentRules, assessPayment } from './assess-payment.ts';
import { type Foldable, type FoldEvent, foldNotifications } from './fold-notifications.ts';
import { type DeliveryPlan, paymentDelivery } from './plan-delivery.ts';

export interface SettlingContext {
  readonly database: Database;
  readonly rules: AssessmentRules;
  readonly plan: DeliveryPlan;
  readonly emitter: PaymentsEmitter;
  wake(): void;
}

type PaymentKey = { readonly provider: string; readonly code: string };

const SWEEP_LIMIT = 100;

/** Works out what the pending notifications of a payment mean, and tells of it after the commit. */
export async function settlePayment(key: PaymentKey, context: SettlingContext): Promise<void> {
  const { database, rules, plan } = context;
  const fold = await settle(database, key, ({ transaction, pending, isOrderPaid }) =>
    foldNotifications({ transaction, pending: pending.map((row) => readAgain(row, rules)), plan, isOrderPaid }),
  );
  for (const event of fold.events) tell(event, key, context.emitter);
  if (fold.deliveries.length > 0) context.wake();
}

/** Finishes what a process that died had begun; also what two processes stored at the same moment without seeing each other. */
export async function settleLeftovers(context: SettlingContext): Promise<number> {
  const keys = await findUnsettled(context.database, SWEEP_LIMIT);
  for (const key of keys) await settlePayment(key, context);
  return keys.length;
}

/** Ends a review: what was kept back is handed over. Undefined when there is nothing to end. */
export async function approvePayment(key: PaymentKey, context: SettlingContext): Promise<boolean> {
  const { database, plan } = context;
  let isApproved = false;
  await settle(database, key, ({ transaction }) => {
    isApproved = transaction?.review !== undefined;
    if (transaction === undefined || !isApproved) return { deliveries: [], isCompleted: false, applied: new Map() };
    const isPaid = transaction.state !== 'authorized' && transaction.state !== 'cancelled';
    const delivery = isPaid ? paymentDelivery({ ...transaction, createdAt: transaction.createdAt.getTime() }, plan) : undefined;
    return {
      update: { review: undefined },
      deliveries: delivery === undefined ? [] : [delivery],
      isCompleted: isPaid && delivery === undefined,
      applied: new Map(),
    };
  });
  if (isApproved) context.wake();
  return isApproved;
}

function readAgain({ id, type, fields, receivedAt }: PendingNotification, rules: AssessmentRules): Foldable {
  const notification: Notification = parseNotification(NOTIFICATION_TYPES.find((known) => known === type) ?? 'receipt', fields);
  return { id, notification, assessment: assessPayment(notification, rules), receivedAt };
}

function tell(event: FoldEvent, { provider, code }: PaymentKey, emitter: PaymentsEmitter): void {
  if (event.kind === 'conflict') emitter.emit('conflict', { notification: event.notification, reason: event.reason });
  else if (event.kind === 'refund') emitter.emit('refund', { provider, code, refundCode: event.refundCode, amount: event.amount });
  else {
    const { account, sum, currency, isTest, review } = event.transaction;
    if (event.kind === 'payment') emitter.emit('payment', { code, account, sum, currency, isTest });
    else if (review !== undefined) emitter.emit('review', { code, account, reason: review });
  }
}
