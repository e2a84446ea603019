import { addAmounts, compareAmounts } from '../domain/money.ts';
import type { Notification } from '../domain/notification.ts';
import { isDue, type NewTransaction, type ReviewReason, type Transaction } from '../domain/transaction.ts';
import type { NewDelivery } from '../storage/rows.ts';
import type { Settlement } from '../storage/settle.ts';
import type { Assessment } from './assess-payment.ts';
import { newTransaction } from './new-transaction.ts';
import { type DeliveryPlan, paymentDelivery, refundDelivery } from './plan-delivery.ts';

/** A pending notification, read again. */
export interface Foldable {
  readonly id: string;
  readonly notification: Notification;
  readonly assessment: Assessment;
  readonly receivedAt: number;
}

/** What happened, to be told after the commit. */
export type FoldEvent =
  | { readonly kind: 'payment' | 'review'; readonly transaction: NewTransaction }
  | { readonly kind: 'refund'; readonly refundCode: string; readonly amount: string }
  | { readonly kind: 'conflict'; readonly notification: Notification; readonly reason: string };

export interface Fold extends Settlement {
  readonly events: readonly FoldEvent[];
}

export interface FoldInput {
  readonly transaction: Transaction | undefined;
  readonly pending: readonly Foldable[];
  readonly plan: DeliveryPlan;
  isOrderPaid(orderId: string): boolean;
}

/** Money in the order in which it moves, whatever the order of arrival. */
const ORDER: readonly string[] = ['pay', 'confirm', 'cancel', 'refund'];

/** The transaction while it is worked on. */
type Draft = NewTransaction & { readonly refundedSum: string };

/**
 * Works out what pending notifications make of a transaction. Pure; the same notifications give the same transaction in any order of
 * arrival, and nothing ever moves it back.
 */
export function foldNotifications({ transaction, pending, plan, isOrderPaid }: FoldInput): Fold {
  const folding = new Folding(transaction, plan, isOrderPaid);
  const ordered = [...pending].sort((a, b) => ORDER.indexOf(a.notification.type) - ORDER.indexOf(b.notification.type));
  for (const item of ordered) folding.apply(item);
  return folding.finish();
}

class Folding {
  readonly #before: Draft | undefined;
  readonly #plan: DeliveryPlan;
  readonly #isOrderPaid: (orderId: string) => boolean;
  readonly #applied = new Map<string, string>();
  readonly #deliveries: NewDelivery[] = [];
  readonly #events: FoldEvent[] = [];
  #draft: Draft | undefined;
  #paidOrder: string | undefined;
  #releasedOrder: string | undefined;
  #isCompleted = false;

  constructor(transaction: Transaction | undefined, plan: DeliveryPlan, isOrderPaid: (orderId: string) => boolean) {
    this.#before = transaction && {
      ...transaction,
      createdAt: transaction.createdAt.getTime(),
      receivedAt: transaction.receivedAt.getTime(),
    };
    this.#draft = this.#before;
    this.#plan = plan;
    this.#isOrderPaid = isOrderPaid;
  }

  apply(item: Foldable): void {
    const outcome = this.#outcomeOf(item);
    if (outcome === 'deferred') return;
    this.#applied.set(item.id, outcome.startsWith('conflict') ? 'conflict' : outcome);
    if (outcome.startsWith('conflict'))
      this.#events.push({ kind: 'conflict', notification: item.notification, reason: outcome.slice('conflict: '.length) });
  }

  finish(): Fold {
    const draft = this.#draft;
    const common = {
      deliveries: this.#deliveries,
      isCompleted: this.#isCompleted,
      paidOrder: this.#paidOrder,
      releasedOrder: this.#releasedOrder,
      applied: this.#applied,
      events: this.#events,
    };
    if (draft === undefined || draft === this.#before) return common;
    const { state, sum, refundedSum, review, reference } = draft;
    if (this.#before !== undefined) return { ...common, update: { state, sum, refundedSum, review, reference } };
    const { refundedSum: _, ...insert } = draft;
    return refundedSum === '0.00' ? { ...common, insert } : { ...common, insert, update: { state, refundedSum } };
  }

  #outcomeOf(item: Foldable): string {
    switch (item.notification.type) {
      case 'pay':
        return this.#pay(item);
      case 'confirm':
        return this.#confirm(item);
      case 'cancel':
        return this.#cancel();
      case 'refund':
        return this.#refund(item);
      default:
        return 'noted';
    }
  }

  #pay(item: Foldable): string {
    return this.#draft === undefined ? this.#begin(item) : 'known';
  }

  #begin({ notification, assessment, receivedAt }: Foldable): string {
    const transaction = newTransaction(notification, assessment, receivedAt);
    const orderId = transaction.review === undefined ? assessment.binding?.orderId : undefined;
    const isPaidTwice = orderId !== undefined && this.#isOrderPaid(orderId);
    this.#draft = { ...transaction, review: isPaidTwice ? 'order_already_paid' : transaction.review, refundedSum: '0.00' };
    if (!isPaidTwice) this.#paidOrder = orderId;
    this.#handOver();
    return 'applied';
  }

  #confirm(item: Foldable): string {
    const draft = this.#draft;
    const amount = item.notification.amount ?? '';
    // A Confirm tells little (no Data, no account, perhaps no mode): it waits for its Pay, which is repeated until we have it.
    if (draft === undefined) return 'deferred';
    if (draft.state === 'cancelled') return 'conflict: a cancelled payment was confirmed';
    if (item.notification.currency !== undefined && item.notification.currency !== draft.currency)
      return 'conflict: confirmed in another currency';
    if (draft.state !== 'authorized')
      return compareAmounts(amount, draft.sum) === 0 ? 'known' : 'conflict: confirmed again with another amount';
    const isTooMuch = compareAmounts(amount, draft.sum) > 0;
    const review: ReviewReason | undefined = draft.review ?? (isTooMuch ? 'captured_more_than_authorized' : undefined);
    this.#draft = { ...draft, state: 'paid', sum: amount, review };
    this.#handOver();
    return 'applied';
  }

  #cancel(): string {
    const draft = this.#draft;
    if (draft === undefined) return 'deferred';
    if (draft.state === 'cancelled') return 'known';
    if (draft.state !== 'authorized') return 'conflict: a payment whose money was taken was cancelled';
    this.#draft = { ...draft, state: 'cancelled' };
    this.#releasedOrder = draft.invoiceId;
    return 'applied';
  }

  #refund({ notification, receivedAt }: Foldable): string {
    const draft = this.#draft;
    if (draft === undefined || draft.state === 'authorized') return 'deferred';
    if (draft.state === 'cancelled') return 'conflict: a cancelled payment was refunded';
    const amount = notification.amount ?? '0.00';
    const refundedSum = addAmounts(draft.refundedSum, amount);
    const rest = compareAmounts(draft.sum, refundedSum);
    if (rest < 0) return 'conflict: more was refunded than paid';
    this.#draft = { ...draft, refundedSum, state: rest === 0 ? 'refunded' : 'partially_refunded' };
    this.#events.push({ kind: 'refund', refundCode: notification.externalId, amount });
    const createdAt = notification.occurredAt ?? receivedAt;
    const delivery = draft.review === undefined && refundDelivery(draft, { code: notification.externalId, amount, createdAt }, this.#plan);
    if (delivery) this.#deliveries.push(delivery);
    return 'applied';
  }

  /** Money was taken (or kept back for review) just now. */
  #handOver(): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    if (draft.review !== undefined) this.#events.push({ kind: 'review', transaction: draft });
    if (!isDue(draft)) return;
    this.#events.push({ kind: 'payment', transaction: draft });
    const delivery = paymentDelivery(draft, this.#plan);
    if (delivery === undefined) this.#isCompleted = true;
    else this.#deliveries.push(delivery);
  }
}
