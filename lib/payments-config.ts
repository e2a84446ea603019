import type { Knex } from 'knex';
import type { CashuFlow } from './domain/cashu-payment.ts';
import type { CurrencyTable } from './domain/currencies.ts';
import type { DeliveryEvent } from './domain/delivery.ts';
import type { Logger } from './domain/logger.ts';
import type { CashuCustomerFunction, CheckFunction, WebhookHandlerOptions } from './payments-options.ts';

/** `PaymentsOptions` after parsing: complete, checked, every default in its place. Durations in milliseconds. */
export interface PaymentsConfig {
  readonly database: string | Knex.Config | Knex;
  /** At least one of the two is there. */
  readonly cloudpayments: CloudPaymentsConfig | undefined;
  readonly cashu: CashuConfig | undefined;
  /** HTTP Basic of the merchant's routes; without it they answer 404. */
  readonly httpAuth: { readonly username: string; readonly password: string } | undefined;
  readonly webhook: WebhookConfig | undefined;
  /** Without a slash at the end; the root is the empty string. */
  readonly basePaths: readonly string[];
  readonly publicUrl: string | undefined;
  readonly links: 'open' | 'signed';
  readonly returnUrlOrigins: readonly string[] | undefined;
  readonly timezone: string;
  readonly migrate: boolean;
  readonly dispatcher: DispatcherConfig | undefined;
  /** False for a process that only receives: what settles, watches and hands over belongs to another one. */
  readonly hasBackgroundWork: boolean;
  readonly httpLog: { readonly retentionDays: number | undefined; readonly maxBodyBytes: number };
  readonly webhookLog: { readonly retentionDays: number | undefined };
  readonly limits: { readonly queue: number; readonly batch: number };
  readonly logger: Logger;
}

export interface CloudPaymentsConfig {
  readonly publicId: string;
  /** The first is used for requests to the API; empty only with `allowUnsigned`. */
  readonly apiSecrets: readonly string[];
  readonly allowUnsigned: boolean;
  readonly check: string | CheckFunction | undefined;
  readonly checkTimeoutMs: number;
  readonly testPayments: 'accept' | 'refuse';
  readonly apiUrl: string;
  readonly widgetUrl: string;
  readonly currencies: CurrencyTable;
  readonly paymentSchema: 'single' | 'dual';
}

export interface CashuConfig {
  readonly projectId: number;
  /** The first signs. */
  readonly secrets: readonly string[];
  readonly flow: CashuFlow;
  readonly paymentPageUrl: string;
  readonly paymentPageMethod: 'GET' | 'POST';
  readonly gateUrl: string;
  readonly callbackUrl: string | undefined;
  readonly customer: CashuCustomerFunction | undefined;
  readonly currencies: CurrencyTable;
  readonly dataApi: { readonly token: string; readonly secret: string; readonly url: string } | undefined;
  /** How long a payer has, as ECommPay is told. */
  readonly payWithinMs: number;
  readonly watch: CashuWatchConfig;
}

/** When ECommPay is asked about a payment of which no result has come. */
export interface CashuWatchConfig {
  readonly firstCheckMs: number;
  readonly maxIntervalMs: number;
  readonly expireAfterMs: number;
}

export interface WebhookConfig {
  readonly target:
    | { readonly url: string; readonly secrets: readonly Uint8Array[] }
    | { readonly handler: WebhookHandlerOptions['handler'] };
  readonly events: readonly DeliveryEvent[];
  readonly timeoutMs: number;
}

export interface DispatcherConfig {
  readonly slots: number;
  readonly leaseMs: number;
  readonly drainTimeoutMs: number;
  readonly keepProcessAlive: boolean;
}
