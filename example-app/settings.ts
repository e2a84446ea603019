import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Environment, refuse } from './environment.ts';
import { type CloudPaymentsSettings, type EcommpaySettings, readCloudPayments, readEcommpay } from './provider-settings.ts';

/** Everything that the environment says, checked. */
export interface Settings {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly databaseUrl: string;
  /** The site as the payer sees it, without a slash at the end. */
  readonly publicUrl: string | undefined;
  /** Express's `trust proxy`. */
  readonly trustProxy: boolean | number | string;
  readonly timezone: string;
  /** No provider is configured at all: the site plays them itself. */
  readonly isSandbox: boolean;
  /** Cards. */
  readonly cloudpayments: CloudPaymentsSettings | undefined;
  /** CashU. */
  readonly ecommpay: EcommpaySettings | undefined;
  /** ECOMMPAY_FLOW without a project: how CashU is played in the sandbox. */
  readonly sandboxFlow: EcommpaySettings['flow'] | undefined;
  /** HTTP Basic of the merchant's routes; undefined: they answer 404. */
  readonly httpAuth: { readonly username: string; readonly password: string } | undefined;
  readonly allowUnsigned: boolean;
  readonly testPayments: 'accept' | 'refuse' | undefined;
  readonly checkUrl: string | undefined;
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string | undefined;
}

/** Reads the environment. Throws `SettingsError` that names the variable which is missing or wrong. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const environment = new Environment(variables);
  const cloudpayments = readCloudPayments(environment);
  const ecommpay = readEcommpay(environment);
  const isSandbox = cloudpayments === undefined && ecommpay === undefined;
  if (isSandbox && environment.text('NODE_ENV') === 'production') {
    refuse(
      'CLOUDPAYMENTS_PUBLIC_ID and CLOUDPAYMENTS_API_SECRET (or ECOMMPAY_PROJECT_ID and ECOMMPAY_SECRET) are missing: without them this is a sandbox, which does not start with NODE_ENV=production.',
    );
  }
  return {
    host: environment.text('HOST') ?? '127.0.0.1',
    port: environment.port('PORT', 3000),
    databaseUrl: readDatabaseUrl(environment),
    publicUrl: environment.url('PUBLIC_URL')?.replace(/\/+$/, ''),
    trustProxy: readTrustProxy(environment.text('TRUST_PROXY')),
    timezone: readTimezone(environment.text('MS_TIMEZONE')),
    sandboxFlow: environment.choice('ECOMMPAY_FLOW', ['payment-page', 'gate']),
    ...{ isSandbox, cloudpayments, ecommpay, httpAuth: readHttpAuth(environment) },
    allowUnsigned: environment.flag('CLOUDPAYMENTS_ALLOW_UNSIGNED'),
    testPayments: environment.choice('CLOUDPAYMENTS_TEST_PAYMENTS', ['accept', 'refuse']),
    checkUrl: environment.url('CLOUDPAYMENTS_CHECK_URL'),
    webhookUrl: environment.url('CLOUDPAYMENTS_WEBHOOK_URL'),
    webhookSecret: readWebhookSecret(environment.text('CLOUDPAYMENTS_WEBHOOK_SECRET')),
  };
}

function readHttpAuth(environment: Environment): Settings['httpAuth'] {
  const username = environment.text('HTTP_AUTH_USERNAME');
  const password = environment.text('HTTP_AUTH_PASSWORD');
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined)
    return refuse(`HTTP_AUTH_${username === undefined ? 'USERNAME' : 'PASSWORD'} is missing: refunds over HTTP need both.`);
  return username.includes(':') ? refuse('HTTP_AUTH_USERNAME must not hold a colon.') : { username, password };
}

function readDatabaseUrl(environment: Environment): string {
  const value = environment.text('DATABASE_URL') ?? 'sqlite:./payments.sqlite';
  const isKnown = /^(?:sqlite:.|postgres(?:ql)?:\/\/|mysql:\/\/|mariadb:\/\/)/i.test(value);
  if (!isKnown) return refuse('DATABASE_URL has to begin with sqlite:<path>, postgres:// or mysql://.');
  const file = /^sqlite:(?:\/\/(?=[/.]))?(.*)$/i.exec(value)?.[1];
  if (file !== undefined && !existsSync(dirname(file)))
    return refuse(`DATABASE_URL names a file in a folder that does not exist: ${dirname(file)}.`);
  return value;
}

function readWebhookSecret(value: string | undefined): string | undefined {
  const bytes = Buffer.from(value?.replace(/^whsec_/, '') ?? '', 'base64').length;
  if (value === undefined || (value.startsWith('whsec_') && bytes >= 24 && bytes <= 64)) return value;
  return refuse(
    'CLOUDPAYMENTS_WEBHOOK_SECRET has to be whsec_ and the base64 of 24 to 64 bytes: echo "whsec_$(openssl rand -base64 32)" makes one.',
  );
}

function readTimezone(value: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return refuse(`MS_TIMEZONE has to be the name of a time zone, Asia/Almaty, not "${value}".`);
  }
}

/** A number of proxies, true or false, or a list of addresses and networks. */
function readTrustProxy(value: string | undefined): boolean | number | string {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  return /^\d+$/.test(value) ? Number(value) : value;
}
