import type { Knex } from 'knex';
import type { CurrencyTable } from './domain/currencies.ts';
import type { DeliveryEvent } from './domain/delivery.ts';
import type { Logger } from './domain/logger.ts';
import type { CheckFunction, WebhookHandlerOptions } from './payments-options.ts';

/** `PaymentsOptions` after parsing: complete, checked, every default in its place. Durations in milliseconds. */
export interface PaymentsConfig {
  readonly database: string | Knex.Config | Knex;
  readonly cloudpayments: CloudPaymentsConfig;
  readonly webhook: WebhookConfig | undefined;
  /** Without a slash at the end; the root is the empty string. */
  readonly basePaths: readonly string[];
  readonly publicUrl: string | undefined;
  readonly links: 'open' | 'signed';
  readonly returnUrlOrigins: readonly string[] | undefined;
  readonly timezone: string;
  readonly migrate: boolean;
  readonly dispatcher: DispatcherConfig | undefined;
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
