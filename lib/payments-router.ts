import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Delivery, DeliveryStatus } from './domain/delivery.ts';
import type { PaymentsEvents } from './domain/events.ts';
import type { Transaction } from './domain/transaction.ts';
import type { CashuVerbs } from './payments-cashu.ts';

/** What `links.card` and `links.cashu` make an address from. */
export interface PayLinkOptions {
  readonly account: string;
  /** Decimal text; a number is taken by its shortest decimal form. */
  readonly sum: string | number;
  readonly currency: string;
  readonly description: string;
  readonly successUrl?: string | undefined;
  readonly failUrl?: string | undefined;
  readonly lang?: 'ru' | 'en' | undefined;
  /** After this the page is not shown any more and Check answers 20. */
  readonly expiresAt?: Date | undefined;
  /** The merchant's own order number (InvoiceId). An order with a number can be paid once. */
  readonly orderId?: string | undefined;
}

/** One page of `list`: newest first. */
export interface ListOptions {
  /** Rows at most, 1 to 1000. Default 100. */
  readonly limit?: number | undefined;
  /** Only rows older than this id: the last id of the page before. */
  readonly beforeId?: string | undefined;
}

/** A refund that is asked for. */
export interface RefundOptions {
  /** Decimal text or number. Default: all that is left. */
  readonly amount?: string | number | undefined;
  /** Of two requests with the same id CloudPayments carries out one: give your own to repeat a request whose answer was lost. */
  readonly requestId?: string | undefined;
}

export interface RefundReceipt {
  /** Number of the refund at CloudPayments, where it was given. */
  readonly refundCode: string | undefined;
  /** Canonical decimal text. */
  readonly amount: string;
  readonly requestId: string;
}

/** Look-ups of payments, and what a person decides about them. */
export interface TransactionVerbs {
  get(id: string): Promise<Transaction | undefined>;
  find(key: { readonly code: string; readonly provider?: 'cloudpayments' | 'cashu' }): Promise<Transaction | undefined>;
  list(options?: ListOptions & { readonly account?: string; readonly inReview?: boolean }): Promise<readonly Transaction[]>;
  /** Ends a review: the payment is handed over like any other. */
  approve(id: string): Promise<Transaction>;
  /**
   * Gives money of a card payment back. The transaction changes when CloudPayments' notification of the refund comes.
   * Throws `ApiError`; with `answered: false` repeat it with the same `requestId`.
   */
  refund(id: string, options?: RefundOptions): Promise<RefundReceipt>;
}

/** What is owed to the merchant's back-end, and the operator's hand on it. */
export interface DeliveryVerbs {
  get(id: string): Promise<Delivery | undefined>;
  list(options?: ListOptions & { readonly status?: DeliveryStatus; readonly transactionId?: string }): Promise<readonly Delivery[]>;
  /** Makes a pending delivery due now. */
  retryNow(id: string): Promise<Delivery>;
  /** Ends a pending delivery; nothing more is sent. */
  cancel(id: string): Promise<Delivery>;
  /** Sends a delivered or cancelled one again, with the same body and `webhook-id`. */
  replay(id: string): Promise<Delivery>;
}

/** What `close` did. */
export interface CloseReport {
  /** Attempts that were finished while the dispatcher drained. */
  readonly finished: number;
  /** Attempts that were cut off; they are due again at once. */
  readonly givenBack: number;
}

/** What `GET /health` says. */
export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  readonly database: { readonly reachable: boolean; readonly error?: string };
  readonly deliveries: {
    /** Pending ones; counting stops at 100001. */
    readonly backlog: number | null;
    /** Age of the oldest one that is due, in seconds; null when none is. */
    readonly oldest_due_seconds: number | null;
    readonly in_flight: number;
    /** `open`: the merchant's back-end is down, single probes are sent. */
    readonly endpoint: 'closed' | 'open' | 'unknown';
  };
  readonly dispatcher: { readonly running: boolean; readonly last_poll_at: string | null };
  readonly queue: { readonly waiting: number; readonly limit: number };
}

/** An Express router with a few members more. It fits `app.use` of Express 4 and 5. */
export interface PaymentsRouter {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void;
  /** Resolves when the database is migrated and the dispatcher runs; rejects with what is wrong with the set-up. */
  ready(): Promise<void>;
  /** Stops the dispatcher, waits for what is under way, closes the database that the package opened. May be called often. */
  close(options?: { readonly drainTimeoutMs?: number }): Promise<CloseReport>;
  on<Name extends keyof PaymentsEvents>(event: Name, listener: (payload: PaymentsEvents[Name]) => void): PaymentsRouter;
  off<Name extends keyof PaymentsEvents>(event: Name, listener: (payload: PaymentsEvents[Name]) => void): PaymentsRouter;
  health(): Promise<HealthReport>;
  readonly links: {
    /** A signed address of the card page; with `publicUrl` absolute, else beginning with the base path. */
    card(options: PayLinkOptions): string;
    /** The same for the CashU page. */
    cashu(options: PayLinkOptions): string;
  };
  readonly cashu: CashuVerbs;
  readonly transactions: TransactionVerbs;
  readonly deliveries: DeliveryVerbs;
}
