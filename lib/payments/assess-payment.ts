import { compareAmounts } from '../domain/money.ts';
import type { Notification } from '../domain/notification.ts';
import type { ReviewReason } from '../domain/transaction.ts';
import { type Binding, isOwnReference, openBinding } from './binding.ts';

export interface AssessmentRules {
  readonly keys: readonly Uint8Array[];
  readonly links: 'open' | 'signed';
  readonly testPayments: 'accept' | 'refuse';
}

/** What a notification is worth, compared with what our page promised. */
export interface Assessment {
  /** Stands against the payment; undefined when nothing does. */
  readonly problem: ReviewReason | undefined;
  readonly binding: Binding | undefined;
}

/** Compares a Check, Pay or Confirm with what the page promised, by the signed data that come back with it. */
export function assessPayment(notification: Notification, rules: AssessmentRules): Assessment {
  if (notification.isTest && rules.testPayments === 'refuse') return { problem: 'test_payment', binding: undefined };
  const opened = openBinding(rules.keys, notification.fields['Data']);
  if (opened.kind === 'invalid') return { problem: 'binding_invalid', binding: undefined };
  if (opened.kind === 'none') return { problem: unboundProblem(notification, rules), binding: undefined };
  return { problem: compare(notification, opened.binding) ?? compareOrder(notification, opened.binding, rules), binding: opened.binding };
}

/** A payment that was started on our page and has lost what the page promised was edited on its way. */
function unboundProblem({ invoiceId }: Notification, { keys, links }: AssessmentRules): ReviewReason | undefined {
  if (isOwnReference(keys, invoiceId)) return 'binding_invalid';
  return links === 'signed' ? 'unknown_order' : undefined;
}

function compare(notification: Notification, binding: Binding): ReviewReason | undefined {
  // A later charge may be lower only for a capture, and that is compared with what was reserved.
  const isCapture = notification.type === 'confirm';
  const difference = notification.amount === undefined ? 1 : compareAmounts(notification.amount, binding.sum);
  if (isCapture ? difference > 0 : difference !== 0) return 'amount_mismatch';
  if (notification.currency !== undefined && notification.currency !== binding.currency) return 'currency_mismatch';
  if ((notification.account ?? '') !== binding.account) return 'account_mismatch';
  return undefined;
}

/** Where the merchant gave no order number the page gave its own, which only says something where nothing else is taken. */
function compareOrder({ invoiceId }: Notification, { orderId, reference }: Binding, { links }: AssessmentRules): ReviewReason | undefined {
  const promised = orderId ?? (links === 'signed' ? reference : invoiceId);
  return invoiceId === promised ? undefined : 'order_mismatch';
}
