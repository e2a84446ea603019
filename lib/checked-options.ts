import type { Logger } from './domain/logger.ts';
import type { CashuCustomerFunction, CheckFunction, PaymentsOptions, WebhookHandlerOptions } from './payments-options.ts';

/** The options after their shape was checked, with the defaults that depend on nothing else. */
export interface CheckedOptions {
  readonly database: PaymentsOptions['database'];
  readonly cloudpayments?: CheckedCloudPayments | undefined;
  readonly cashu?: CheckedCashu | undefined;
  readonly httpAuth?: { readonly username: string; readonly password: string } | undefined;
  readonly webhook?: CheckedWebhook | undefined;
  readonly basePath: string | readonly string[];
  readonly publicUrl?: string | undefined;
  readonly links: 'open' | 'signed';
  readonly returnUrlOrigins?: readonly string[] | undefined;
  readonly timezone: string;
  readonly migrate: boolean;
  readonly dispatcher: boolean | CheckedDispatcher;
  readonly httpLog: { readonly retentionDays?: number | undefined; readonly maxBodyBytes: number };
  readonly webhookLog: { readonly retentionDays?: number | undefined };
  readonly limits: { readonly queue: number; readonly batch: number };
  readonly logger?: Logger | undefined;
}

export interface CheckedWebhook {
  readonly url?: string | undefined;
  readonly secret?: readonly string[] | undefined;
  readonly handler?: WebhookHandlerOptions['handler'] | undefined;
  readonly events: readonly ('payment' | 'refund')[];
  readonly timeoutMs: number;
}

export interface CheckedDispatcher {
  readonly slots: number;
  readonly leaseMs?: number | undefined;
  readonly drainTimeoutMs: number;
  readonly keepProcessAlive: boolean;
}

export interface CheckedCloudPayments {
  readonly publicId: string;
  readonly apiSecret?: readonly string[] | undefined;
  readonly allowUnsigned: boolean;
  readonly check?: string | CheckFunction | undefined;
  readonly checkTimeoutMs: number;
  readonly testPayments?: 'accept' | 'refuse' | undefined;
  readonly apiUrl: string;
  readonly widgetUrl: string;
  readonly currencies: Readonly<Record<string, number>>;
  readonly paymentSchema: 'single' | 'dual';
}

export interface CheckedCashu {
  readonly projectId: number;
  readonly secret?: readonly string[] | undefined;
  readonly flow: 'payment-page' | 'gate';
  readonly paymentPageUrl: string;
  readonly paymentPageMethod: 'GET' | 'POST';
  readonly gateUrl: string;
  readonly callbackUrl?: string | undefined;
  readonly customer?: CashuCustomerFunction | undefined;
  readonly currencies: Readonly<Record<string, number>>;
  readonly dataApi?: { readonly token: string; readonly secret: string; readonly url: string } | undefined;
  readonly payWithinMinutes: number;
  readonly watch: { readonly firstCheckMs: number; readonly maxIntervalMs: number; readonly expireAfterMs?: number | undefined };
}
