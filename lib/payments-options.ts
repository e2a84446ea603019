import type { Knex } from 'knex';
import type { CheckCode } from './domain/check-code.ts';
import type { WebhookPayload } from './domain/delivery.ts';
import type { Logger } from './domain/logger.ts';

/** What a `check` function is asked about: a payment that is about to be made. */
export interface CheckedPayment {
  readonly account: string | undefined;
  /** Decimal text, e.g. "25.00". */
  readonly sum: string;
  readonly currency: string;
  readonly invoiceId: string | undefined;
  readonly description: string | undefined;
  readonly isTest: boolean;
  /** Every parameter of the notification, as sent. */
  readonly fields: Readonly<Record<string, string>>;
}

/** `true` accepts, `false` refuses the account (11), or one of `CheckCode`. Throwing, or no answer in time, is 13. */
export type CheckFunction = (
  payment: CheckedPayment,
  context: { readonly signal: AbortSignal },
) => boolean | CheckCode | Promise<boolean | CheckCode>;

/** The account with CloudPayments. */
export interface CloudPaymentsOptions {
  /** Public ID of the site in the merchant cabinet, `pk_…`. */
  publicId: string;
  /** API secret of the site; a list while it is being changed: all are accepted, the first is used for requests to the API. */
  apiSecret?: string | readonly string[] | undefined;
  /** Take notifications that carry no signature at all. Anyone who can reach the address can then credit an account. Default false. */
  allowUnsigned?: boolean | undefined;
  /** Who is asked at Check whether an account exists: an address (`GET <url>?account=…`, 200 means yes) or a function. Default: all are accepted. */
  check?: string | CheckFunction | undefined;
  /** Milliseconds for the whole question. Default 5000. */
  checkTimeoutMs?: number | undefined;
  /** Payments with `TestMode=1`. Default `accept`, with `NODE_ENV=production` `refuse`. */
  testPayments?: 'accept' | 'refuse' | undefined;
  /** Base address of the API. Default `https://api.cloudpayments.ru`. */
  apiUrl?: string | undefined;
  /** Script of the widget. Default `https://widget.cloudpayments.ru/bundles/cloudpayments.js`. */
  widgetUrl?: string | undefined;
  /** Currencies beyond CloudPayments' published list, with their decimals: `{ JPY: 0 }`. */
  currencies?: Readonly<Record<string, number>> | undefined;
  /** `single` takes the money at once, `dual` reserves it until it is confirmed. Default `single`. */
  paymentSchema?: 'single' | 'dual' | undefined;
}

/** What ECommPay may be told of a payer. */
export interface CashuCustomer {
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** 4 to 24 digits with the country's code. */
  readonly phone?: string | undefined;
}

/** Details of the payer of an account; what it throws is logged, and the payment goes on without them. */
export type CashuCustomerFunction = (account: string) => CashuCustomer | Promise<CashuCustomer>;

/** The project at ECommPay through which CashU payments are made. */
export interface CashuOptions {
  /** Number of the project. */
  projectId: number;
  /** Secret of the project; a list while it is being changed: all are accepted, the first signs. */
  secret?: string | readonly string[] | undefined;
  /** `payment-page`: ECommPay shows its page, on which CashU is chosen. `gate`: the payer goes straight to CashU. Default `payment-page`. */
  flow?: 'payment-page' | 'gate' | undefined;
  /** Full address of the Payment Page. Default `https://paymentpage.ecommpay.com/payment`. */
  paymentPageUrl?: string | undefined;
  /** How payers are sent there: `GET` by a redirect, `POST` by a form, which keeps the parameters out of addresses. Default `GET`. */
  paymentPageMethod?: 'GET' | 'POST' | undefined;
  /** Base address of the Gate: status and refunds use it in both flows. Default `https://api.ecommpay.com`. */
  gateUrl?: string | undefined;
  /** Address for callbacks, sent with each payment. Default: the one in the settings of the project. */
  callbackUrl?: string | undefined;
  /** Details of the payer that ECommPay may ask for. Default: none are sent. */
  customer?: CashuCustomerFunction | undefined;
  /** Decimals of a currency where the built-in ones are wrong, or a currency more: `{ KWD: 2 }`. */
  currencies?: Readonly<Record<string, number>> | undefined;
  /** Access to the Data API, for `operations` and `reconcile`: token and secret from ECommPay's Dashboard. */
  dataApi?: { token: string; secret: string; url?: string | undefined } | undefined;
  /** Minutes that a payer has for a payment. Default 30, CashU's own limit. */
  payWithinMinutes?: number | undefined;
  watch?: CashuWatchOptions | undefined;
}

/** When ECommPay is asked about a payment of which no result has come. */
export interface CashuWatchOptions {
  /** Milliseconds after which it is asked for the first time. Default 60000. */
  firstCheckMs?: number | undefined;
  /** Longest pause between two questions, in milliseconds. Default 300000. */
  maxIntervalMs?: number | undefined;
  /** Milliseconds after which a payment without a result is closed as `expired`. Default: `payWithinMinutes` and two minutes more. */
  expireAfterMs?: number | undefined;
}

/** Handing payments over by HTTP. */
export interface WebhookUrlOptions {
  /** Receives `POST` with JSON; only 200 and 201 count as taken. */
  url: string;
  /** Secret of the Standard Webhooks signature, `whsec_…` (base64 of 24 to 64 bytes); a list while it is being changed. Without it nothing is signed. */
  secret?: string | readonly string[] | undefined;
}

/** Handing payments over inside the process: resolving means taken, throwing means try again later. */
export interface WebhookHandlerOptions {
  handler: (payment: WebhookPayload, context: WebhookContext) => unknown;
}

/** What comes with a payment that is handed over inside the process. */
export interface WebhookContext {
  /** The same for each attempt of one payment: dedupe on it (or on `payment.code`). */
  readonly webhookId: string;
  /** Aborted at the deadline and when the dispatcher stops. */
  readonly signal: AbortSignal;
}

/** How payments are handed over. */
export type WebhookOptions = (WebhookUrlOptions | WebhookHandlerOptions) & {
  /** What is handed over. Default `['payment']`. */
  events?: readonly ('payment' | 'refund')[] | undefined;
  /** Milliseconds for one attempt in all. Default 15000. */
  timeoutMs?: number | undefined;
};

/** The background loop that hands payments over. */
export interface DispatcherOptions {
  /** Attempts under way at once in this process. Default 20. */
  slots?: number | undefined;
  /** Milliseconds for which a delivery belongs to the process that claimed it. Default 60000, or more where `webhook.timeoutMs` asks for it. */
  leaseMs?: number | undefined;
  /** Milliseconds that attempts under way may still take when the dispatcher stops. Default 10000. */
  drainTimeoutMs?: number | undefined;
  /** Keeps the process alive, for a process that does nothing but dispatch. Default false. */
  keepProcessAlive?: boolean | undefined;
}

/** What is kept of each HTTP request to the router. */
export interface HttpLogOptions {
  /** Days after which rows are deleted. Default: never. */
  retentionDays?: number | undefined;
  /** Bytes of a body that are kept. Default 16384. */
  maxBodyBytes?: number | undefined;
}

/** Bounds of the receiving side. */
export interface LimitOptions {
  /** Requests that may wait for the database before the next is answered 503. Default 1000. */
  queue?: number | undefined;
  /** Requests that are committed together at most. Default 128. */
  batch?: number | undefined;
}

/** Options of `createPaymentsRouter`. */
export interface PaymentsOptions {
  /** `sqlite:<path>`, `postgres://…`, `mysql://…`, a Knex configuration, or the host's own Knex instance (which is never destroyed). */
  database: string | Knex.Config | Knex;
  /** Cards. One of `cloudpayments` and `cashu` has to be there; the routes of the other answer 404. */
  cloudpayments?: CloudPaymentsOptions | undefined;
  /** The CashU wallet, through ECommPay. */
  cashu?: CashuOptions | undefined;
  /** HTTP Basic for the merchant's own routes (refund, look-up of a CashU payment). Default: these routes answer 404. */
  httpAuth?: { username: string; password: string } | undefined;
  /** Without it payments are only stored. */
  webhook?: WebhookOptions | undefined;
  /** Where the routes live. Default `/_cloudpayments_`. */
  basePath?: string | readonly string[] | undefined;
  /** The site's address as payers see it, for pay links and for the way back from ECommPay. Default: links without a host, and back to the host that the payer asked for. */
  publicUrl?: string | undefined;
  /** `open`: anyone may make a payment address (the page binds sum, currency and account to the payment). `signed`: only addresses from `links.card` and `links.cashu` are served. Default `open`. */
  links?: 'open' | 'signed' | undefined;
  /** Origins that `success_url` and `fail_url` may have, `https://shop.example`. Default: all. */
  returnUrlOrigins?: readonly string[] | undefined;
  /** Time zone of `created_at` in webhooks. Default `UTC`. */
  timezone?: string | undefined;
  /** Apply the migrations at start. Default true. */
  migrate?: boolean | undefined;
  /** Run the dispatcher in this process. Default true; false for a process that only receives. */
  dispatcher?: boolean | DispatcherOptions | undefined;
  httpLog?: HttpLogOptions | undefined;
  webhookLog?: {
    /** Days after which rows are deleted. Default: never. */
    retentionDays?: number | undefined;
  };
  limits?: LimitOptions | undefined;
  /** Default: warnings and errors go to the console; nothing while tests run. */
  logger?: Logger | undefined;
}
