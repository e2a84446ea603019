import { PaymentsError } from '../domain/errors.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import { NOTIFICATION_TYPES, type Notification } from '../domain/notification.ts';
import { isDue, type NewTransaction, type Transaction } from '../domain/transaction.ts';
import { parseNotification } from '../providers/cloudpayments/index.ts';
import type { Database } from '../storage/open-database.ts';
import { findConfirmedWithoutPay, findUnsettled, type PendingNotification, settle } from '../storage/settle.ts';
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
/** CloudPayments repeats a Pay after 1, 2, 5, 10 and 30 minutes. */
const PAY_PATIENCE_MS = 3_600_000;

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
  for (const key of keys) {
    // One that cannot be settled must not hold up the others.
    await settlePayment(key, context).catch((error: unknown) => context.emitter.emit('error', { error, context: `settle ${key.code}` }));
  }
  return keys.length;
}

/** Tells of money that was confirmed while the Pay, which says for whom, never came. */
export async function reportConfirmedWithoutPay({ database, emitter }: SettlingContext): Promise<void> {
  const codes = await findConfirmedWithoutPay(database, PAY_PATIENCE_MS);
  if (codes.length === 0) return;
  const text = `CloudPayments confirmed payments of which no Pay notification came: ${codes.join(', ')}. Is the address of Pay right in the merchant cabinet?`;
  emitter.emit('error', { error: new PaymentsError('ERR_PAYMENTS_UNCONFIRMED', text), context: 'confirmed without pay' });
}

/** Ends a review: what was kept back is handed over. False when there is nothing that could be. */
export async function approvePayment(key: PaymentKey, context: SettlingContext): Promise<boolean> {
  const { database, plan, emitter } = context;
  let approved: NewTransaction | undefined;
  await settle(database, key, ({ transaction, isOrderPaid }) => {
    approved = transaction !== undefined && canBeApproved(transaction) ? approvedTransaction(transaction) : undefined;
    if (approved === undefined) return { deliveries: [], isCompleted: false, applied: new Map() };
    const delivery = isDue(approved) ? paymentDelivery(approved, plan) : undefined;
    return {
      update: { review: undefined },
      paidOrder: transaction?.review === 'order_mismatch' ? undefined : orderOf(approved, isOrderPaid),
      deliveries: delivery === undefined ? [] : [delivery],
      isCompleted: isDue(approved) && delivery === undefined,
      applied: new Map(),
    };
  });
  if (approved === undefined) return false;
  if (isDue(approved)) tell({ kind: 'payment', transaction: approved }, key, emitter);
  context.wake();
  return true;
}

/** The order number that it pays; our page gives its own reference where the merchant gave none. */
function orderOf({ reference, invoiceId }: NewTransaction, isOrderPaid: (orderId: string) => boolean): string | undefined {
  const hasOrder = reference !== undefined && invoiceId !== undefined && invoiceId !== reference;
  return hasOrder && !isOrderPaid(invoiceId) ? invoiceId : undefined;
}

/** What was refunded meanwhile would be handed over as if all of it were still there. */
function canBeApproved({ review, state }: Transaction): boolean {
  return review !== undefined && state !== 'refunded' && state !== 'partially_refunded';
}

function approvedTransaction(transaction: Transaction): NewTransaction {
  const { createdAt, receivedAt } = transaction;
  return { ...transaction, review: undefined, createdAt: createdAt.getTime(), receivedAt: receivedAt.getTime() };
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
    if (event.kind === 'payment') emitter.emit('payment', { provider: event.transaction.provider, code, account, sum, currency, isTest });
    else if (review !== undefined) emitter.emit('review', { provider: event.transaction.provider, code, account, reason: review });
  }
}
