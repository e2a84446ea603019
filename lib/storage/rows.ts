import type { DeliveryEvent } from '../domain/delivery.ts';
import type { NewTransaction } from '../domain/transaction.ts';

/** A row of `cloudpayments_http_log`; times in milliseconds since the epoch. */
export interface HttpLogRow {
  readonly ip: string | null;
  readonly url: string;
  readonly method: string;
  /** JSON. */
  readonly headers: string;
  readonly body: string;
  readonly responseStatus: number;
  readonly error: string | null;
  readonly createdAt: number;
}

/** A row of `cloudpayments_notification`. */
export interface NotificationRow {
  readonly provider: string;
  readonly type: string;
  readonly externalId: string;
  readonly paymentCode: string | null;
  readonly digest: string;
  /** JSON. */
  readonly fields: string;
  readonly isTest: boolean;
  /** False while its effect on the transaction is still to be worked out (`settle`). */
  readonly isApplied: boolean;
  readonly outcome: string | null;
  readonly receivedAt: number;
}

/** A delivery that is owed from the moment its transaction is stored. */
export interface NewDelivery {
  readonly event: DeliveryEvent;
  /** Tells several deliveries of one event apart: for a refund its number. */
  readonly eventKey: string;
  readonly webhookId: string;
  /** The JSON body without its first member, which is the id that the database gives: `,"account":…}`. */
  readonly bodyTail: string;
}

/** A row of `cloudpayments_transaction` that comes straight from a notification. */
export interface TransactionRow {
  readonly transaction: NewTransaction;
  /** True when nobody has to be told. */
  readonly isCompleted: boolean;
  readonly delivery: NewDelivery | undefined;
}

/** What is committed together. Keys are unique within a batch, and sorted, so that two batches cannot wait for each other. */
export interface RecordBatch {
  readonly logs: readonly HttpLogRow[];
  readonly notifications: readonly NotificationRow[];
  readonly transactions: readonly TransactionRow[];
  /** Process clock. */
  readonly now: number;
}

/** What was new. */
export interface RecordBatchResult {
  /** `notificationKey` of each. */
  readonly stored: ReadonlySet<string>;
  /** `transactionKey` of each. */
  readonly created: ReadonlySet<string>;
  /** Of `created`, those for which something had come before and waits: a refund, a cancellation. */
  readonly awaited: ReadonlySet<string>;
}

export function notificationKey(row: { readonly provider: string; readonly type: string; readonly externalId: string }): string {
  return `${row.provider} ${row.type} ${row.externalId}`;
}

export function transactionKey(row: { readonly provider: string; readonly code: string }): string {
  return `${row.provider} ${row.code}`;
}

/** What a claim asks for. */
export interface ClaimRequest {
  readonly limit: number;
  readonly lease: string;
  readonly leaseMs: number;
  /** `due`: ordinary ones; `suspect`: one whose instances died three times; `probe`: one of any that wait, the freshest first. */
  readonly kind: 'due' | 'suspect' | 'probe';
  readonly now: number;
}

/** A delivery that belongs to this process until its lease ends. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly transactionId: string;
  readonly event: DeliveryEvent;
  readonly lease: string;
  readonly failures: number;
  readonly lostLeases: number;
  readonly webhookId: string;
  readonly body: string;
}

/** How a claimed delivery ended. */
export interface DeliveryOutcome {
  readonly id: string;
  readonly transactionId: string;
  readonly lease: string;
  /** `returned`: nothing was sent or it was cut off; due again at once. */
  readonly kind: 'delivered' | 'failed' | 'returned';
  /** Milliseconds until it is due again. */
  readonly delayMs: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** Whether the transaction counts as taken over with it. */
  readonly completesTransaction: boolean;
}

/** A row of `cloudpayments_webhook_log`: one try over HTTP, or one call of the handler. */
export interface AttemptRow {
  readonly deliveryId: string;
  readonly transactionId: string;
  readonly url: string;
  readonly requestHeaders: string;
  readonly requestBody: string;
  readonly responseStatus: number | null;
  readonly responseHeaders: string | null;
  readonly responseBody: string | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly lease: string;
  readonly createdAt: number;
}

/** From the third lease lost in a row on, a delivery is worked on alone. */
export const SUSPECT_AFTER_LOST_LEASES = 3;
