import { CheckCode } from '../domain/check-code.ts';
import type { Notification } from '../domain/notification.ts';
import type { ReviewReason } from '../domain/transaction.ts';
import { type AssessmentRules, assessPayment } from './assess-payment.ts';
import type { Binding } from './binding.ts';

export interface CheckRules extends AssessmentRules {
  /** Whether the order number was paid already. */
  isOrderPaid(orderId: string): Promise<boolean>;
  /** Asks the merchant. */
  ask(notification: Notification): Promise<CheckCode>;
}

/** What an edited page gets, and what stands against the payment otherwise. */
const CODE_BY_PROBLEM: Readonly<Partial<Record<ReviewReason, CheckCode>>> = {
  test_payment: CheckCode.notNow,
  order_mismatch: CheckCode.unknownOrder,
  unknown_order: CheckCode.unknownOrder,
};

/** The answer to a Check: our own objections first, then the merchant's word. Nothing is stored here. */
export async function answerCheck(notification: Notification, rules: CheckRules): Promise<CheckCode> {
  const { problem, binding } = assessPayment(notification, rules);
  if (problem !== undefined) return CODE_BY_PROBLEM[problem] ?? CheckCode.wrongAmount;
  if (binding !== undefined && (isExpired(binding) || (await isPaid(binding, rules)))) return CheckCode.expired;
  return await rules.ask(notification);
}

function isExpired({ expiresAt }: Binding): boolean {
  return expiresAt !== undefined && Date.now() > expiresAt * 1000;
}

async function isPaid({ orderId }: Binding, rules: CheckRules): Promise<boolean> {
  return orderId !== undefined && (await rules.isOrderPaid(orderId));
}
