import { closest, distance } from 'fastest-levenshtein';
import type { CheckedCashu, CheckedCloudPayments, CheckedOptions, CheckedWebhook } from './checked-options.ts';
import { consoleLogger } from './console-logger.ts';
import { decodeWebhookSecret } from './dispatcher/sign-webhook.ts';
import { OptionsError } from './domain/errors.ts';
import { type Logger, silentLogger } from './domain/logger.ts';
import { checkOptions, DISPATCHER_DEFAULTS, KNOWN_NAMES } from './options-schema.ts';
import type { CashuConfig, CloudPaymentsConfig, DispatcherConfig, PaymentsConfig, WebhookConfig } from './payments-config.ts';
import type { PaymentsOptions } from './payments-options.ts';
import { CLOUDPAYMENTS_CURRENCIES } from './providers/cloudpayments/index.ts';
import { CASHU_CURRENCIES } from './providers/ecommpay/index.ts';

/** An attempt may be followed by two quick ones; only the last can use its time up, the pauses between them take up to 4 s. */
const QUICK_RETRIES = 2;
const QUICK_RETRY_PAUSES_MS = 4_000;
/** What must be left of a lease to record the outcome. */
const LEASE_RESERVE_MS = 10_000;
const DEFAULT_LEASE_MS = 60_000;
/** A payment that was made in the last moment needs this long to become known. */
const EXPIRY_MARGIN_MS = 120_000;

/** Checks the options and fills in every default. Throws `OptionsError` with all that is wrong, each with its fix. */
export function parseOptions(input: PaymentsOptions): PaymentsConfig {
  refuseUnknownNames(input);
  const parsed = checkOptions(input);
  refuseMissingSecret(parsed);
  const webhookConfig = parsed.webhook && parseWebhook(parsed.webhook);
  return {
    database: parsed.database,
    cloudpayments: parsed.cloudpayments && parseCloudPayments(parsed.cloudpayments),
    cashu: parsed.cashu && parseCashu(parsed.cashu),
    httpAuth: parsed.httpAuth,
    webhook: webhookConfig,
    basePaths: [parsed.basePath].flat().map((path) => path.replace(/\/+$/, '')),
    publicUrl: parsed.publicUrl && withoutSlash(parsed.publicUrl),
    links: parsed.links,
    returnUrlOrigins: parsed.returnUrlOrigins?.map((origin) => new URL(origin).origin),
    timezone: parsed.timezone,
    migrate: parsed.migrate,
    dispatcher: parseDispatcher(parsed, webhookConfig),
    hasBackgroundWork: parsed.dispatcher !== false,
    httpLog: { retentionDays: parsed.httpLog.retentionDays, maxBodyBytes: parsed.httpLog.maxBodyBytes },
    webhookLog: { retentionDays: parsed.webhookLog.retentionDays },
    limits: parsed.limits,
    logger: parsed.logger ?? defaultLogger(),
  };
}

function refuseUnknownNames(input: unknown): void {
  if (typeof input !== 'object' || input === null) {
    throw new OptionsError(
      'ERR_PAYMENTS_OPTIONS',
      'createPaymentsRouter needs an object of options, at least { database } and one of { cloudpayments, cashu }.',
    );
  }
  for (const [path, names] of Object.entries(KNOWN_NAMES)) {
    const part = partOf(input, path);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) continue;
    const unknown = Object.keys(part).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new OptionsError('ERR_PAYMENTS_UNKNOWN_OPTION', unknownNameText(path, unknown, names));
  }
}

function partOf(input: object, path: string): unknown {
  let part: unknown = input;
  for (const name of path === '' ? [] : path.split('.'))
    part = typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined;
  return part;
}

function unknownNameText(path: string, name: string, names: readonly string[]): string {
  const prefix = path === '' ? '' : `${path}.`;
  const nearest = closest(name, [...names]);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.ceil(nearest.length / 2));
  const elsewhere = Object.entries(KNOWN_NAMES).find(([other, known]) => other !== path && known.includes(name));
  if (elsewhere)
    return `Unknown option "${prefix}${name}": it belongs ${elsewhere[0] === '' ? 'at the top level' : `into "${elsewhere[0]}"`}.`;
  if (isNear) return `Unknown option "${prefix}${name}". Did you mean "${prefix}${nearest}"?`;
  return `Unknown option "${prefix}${name}". Known here: ${names.join(', ')}.`;
}

function refuseMissingSecret({ cloudpayments, cashu }: CheckedOptions): void {
  if (cloudpayments === undefined && cashu === undefined) {
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', 'Neither "cloudpayments" nor "cashu" is there: without a provider nothing can be paid.');
  }
  if (cloudpayments !== undefined && cloudpayments.apiSecret === undefined && !cloudpayments.allowUnsigned) {
    throw new OptionsError(
      'ERR_PAYMENTS_MISSING_SECRET',
      'Option "cloudpayments.apiSecret" is missing: without the API secret no notification can be verified. Copy it from the settings of the site in the merchant cabinet, or accept forgeries knowingly with "cloudpayments.allowUnsigned: true".',
    );
  }
  if (cashu !== undefined && cashu.secret === undefined) {
    throw new OptionsError(
      'ERR_PAYMENTS_MISSING_SECRET',
      'Option "cashu.secret" is missing: without the secret key of the project nothing can be signed or verified. ECommPay gives it with the number of the project.',
    );
  }
  for (const [name, secrets] of Object.entries({ 'cloudpayments.apiSecret': cloudpayments?.apiSecret, 'cashu.secret': cashu?.secret })) {
    if (secrets?.some((secret) => secret.trim() === ''))
      throw new OptionsError('ERR_PAYMENTS_MISSING_SECRET', `Option "${name}" is empty. Is the environment variable set?`);
  }
}

function parseCloudPayments(parsed: CheckedCloudPayments): CloudPaymentsConfig {
  return {
    ...parsed,
    apiSecrets: parsed.apiSecret ?? [],
    check: parsed.check,
    testPayments: parsed.testPayments ?? (process.env['NODE_ENV'] === 'production' ? 'refuse' : 'accept'),
    apiUrl: withoutSlash(parsed.apiUrl),
    currencies: { ...CLOUDPAYMENTS_CURRENCIES, ...upperCase(parsed.currencies) },
  };
}

function parseCashu(parsed: CheckedCashu): CashuConfig {
  const payWithinMs = parsed.payWithinMinutes * 60_000;
  const { secret, watch, dataApi, callbackUrl, customer } = parsed;
  return {
    ...{ ...parsed, secrets: secret ?? [], callbackUrl, customer },
    // Whoever gives payments up earlier must not leave payers their time.
    payWithinMs: Math.min(payWithinMs, watch.expireAfterMs ?? payWithinMs),
    gateUrl: withoutSlash(parsed.gateUrl),
    currencies: { ...CASHU_CURRENCIES, ...upperCase(parsed.currencies) },
    dataApi: dataApi && { ...dataApi, url: withoutSlash(dataApi.url) },
    watch: { ...watch, expireAfterMs: watch.expireAfterMs ?? payWithinMs + EXPIRY_MARGIN_MS },
  };
}

function upperCase(currencies: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(currencies).map(([code, decimals]) => [code.toUpperCase(), decimals]));
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function parseWebhook({ url, handler, secret, events, timeoutMs }: CheckedWebhook): WebhookConfig {
  if (url !== undefined && handler === undefined) {
    return { target: { url, secrets: (secret ?? []).map(decodeWebhookSecret) }, events, timeoutMs };
  }
  if (url !== undefined || handler === undefined) {
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', 'Option "webhook" needs either "url" or "handler", and not both.');
  }
  if (secret !== undefined) {
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', 'Option "webhook.secret" signs requests; with "webhook.handler" there are none.');
  }
  return { target: { handler }, events, timeoutMs };
}

function parseDispatcher(parsed: CheckedOptions, webhookConfig: WebhookConfig | undefined): DispatcherConfig | undefined {
  if (parsed.dispatcher === false || webhookConfig === undefined) return undefined;
  const given = parsed.dispatcher === true ? DISPATCHER_DEFAULTS : parsed.dispatcher;
  const needed = webhookConfig.timeoutMs * (QUICK_RETRIES + 1) + QUICK_RETRY_PAUSES_MS + LEASE_RESERVE_MS;
  const leaseMs = given.leaseMs ?? Math.max(DEFAULT_LEASE_MS, needed);
  if (leaseMs < needed) {
    throw new OptionsError(
      'ERR_PAYMENTS_OPTIONS',
      `Option "dispatcher.leaseMs" is ${leaseMs}, but attempts of ${webhookConfig.timeoutMs} ms ("webhook.timeoutMs") need at least ${needed}: a delivery would be sent by two processes at once.`,
    );
  }
  return { slots: given.slots, leaseMs, drainTimeoutMs: given.drainTimeoutMs, keepProcessAlive: given.keepProcessAlive };
}

function defaultLogger(): Logger {
  const isTestRun = process.env['NODE_ENV'] === 'test' || process.env['NODE_TEST_CONTEXT'] !== undefined;
  return isTestRun ? silentLogger : consoleLogger;
}
