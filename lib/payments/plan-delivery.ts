import type { DeliveryEvent } from '../domain/delivery.ts';
import { formatUtc } from '../domain/format-utc.ts';
import { fromScaled, isPositive, toJsonNumber, toScaled } from '../domain/money.ts';
import type { NewTransaction } from '../domain/transaction.ts';
import type { NewDelivery } from '../storage/rows.ts';

/** Who is told what, and in which time zone. */
export interface DeliveryPlan {
  /** Empty when nobody is told of anything. */
  readonly events: readonly DeliveryEvent[];
  /** `created_at` of a webhook from milliseconds since the epoch. */
  formatTime(ms: number): string;
}

export function createDeliveryPlan(events: readonly DeliveryEvent[], timezone: string): DeliveryPlan {
  return { events, formatTime: timezone === 'UTC' ? formatUtc : zonedFormat(timezone) };
}

/** `YYYY-MM-DD HH:MM:SS` in a time zone. */
function zonedFormat(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
  };
}

type Told = Pick<
  NewTransaction,
  'provider' | 'code' | 'account' | 'sum' | 'currency' | 'isTest' | 'invoiceId' | 'subscriptionId' | 'description' | 'createdAt'
>;

/** The hand-over of a payment, or undefined when nobody is told. */
export function paymentDelivery(transaction: Told, plan: DeliveryPlan): NewDelivery | undefined {
  if (!plan.events.includes('payment')) return undefined;
  return {
    event: 'payment',
    eventKey: '',
    webhookId: `payment_${transaction.provider}_${transaction.code}`,
    bodyTail: bodyTail(transaction, { event: 'payment', amount: transaction.sum, createdAt: transaction.createdAt }, plan),
  };
}

/**
 * The hand-over of a payment of which something had gone back before anybody was told. Where refunds are told too it is whole, else it is
 * what is left, or undefined.
 */
export function remainingDelivery(transaction: Told, refundedSum: string, plan: DeliveryPlan): NewDelivery | undefined {
  if (plan.events.includes('refund')) return paymentDelivery(transaction, plan);
  const sum = fromScaled(toScaled(transaction.sum) - toScaled(refundedSum));
  return isPositive(sum) ? paymentDelivery({ ...transaction, sum }, plan) : undefined;
}

/** The hand-over of a refund; `createdAt` is the refund's own time. */
export function refundDelivery(
  transaction: Told,
  refund: { readonly code: string; readonly amount: string; readonly createdAt: number },
  plan: DeliveryPlan,
): NewDelivery | undefined {
  if (!plan.events.includes('refund')) return undefined;
  return {
    event: 'refund',
    eventKey: refund.code,
    webhookId: `refund_${transaction.provider}_${refund.code}`,
    bodyTail: bodyTail(transaction, { event: 'refund', amount: refund.amount, createdAt: refund.createdAt, refundCode: refund.code }, plan),
  };
}

interface ToldEvent {
  readonly event: DeliveryEvent;
  readonly amount: string;
  readonly createdAt: number;
  readonly refundCode?: string;
}

/**
 * The JSON of a webhook after its `id`. The first members and their order are those of the container image that sites migrate from;
 * `sum` is written digit for digit, never through a float.
 */
function bodyTail(transaction: Told, { event, amount, createdAt, refundCode }: ToldEvent, plan: DeliveryPlan): string {
  const text = (name: string, value: string | undefined) => (value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`);
  return [
    text('account', transaction.account),
    text('code', transaction.code),
    `,"sum":${toJsonNumber(amount)}`,
    text('created_at', plan.formatTime(createdAt)),
    text('type', event),
    text('provider', transaction.provider),
    text('currency', transaction.currency),
    text('amount', amount),
    `,"test":${transaction.isTest}`,
    text('invoice_id', transaction.invoiceId),
    text('subscription_id', transaction.subscriptionId),
    text('description', transaction.description),
    text('refund_code', refundCode),
    '}',
  ].join('');
}
