import { closest, distance } from 'fastest-levenshtein';
import type { Knex } from 'knex';
import { z } from 'zod';
import { consoleLogger } from './console-logger.ts';
import { decodeWebhookSecret } from './dispatcher/sign-webhook.ts';
import { OptionsError } from './domain/errors.ts';
import { type Logger, silentLogger } from './domain/logger.ts';
import type { DispatcherConfig, PaymentsConfig, WebhookConfig } from './payments-config.ts';
import type { CheckFunction, PaymentsOptions, WebhookHandlerOptions } from './payments-options.ts';
import { CLOUDPAYMENTS_CURRENCIES } from './providers/cloudpayments/index.ts';

/** An attempt may be followed by two quick ones; only the last can use its time up, the pauses between them take up to 4 s. */
const QUICK_RETRIES = 2;
const QUICK_RETRY_PAUSES_MS = 4_000;
/** What must be left of a lease to record the outcome. */
const LEASE_RESERVE_MS = 10_000;
const DEFAULT_LEASE_MS = 60_000;

const httpUrl = z.string().refine((text) => isHttpUrl(text), { error: 'must be an absolute http:// or https:// address without user name' });
const milliseconds = z.int().min(1).max(3_600_000);
const secrets = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => (typeof value === 'string' ? [value] : value));
const anyFunction = z.custom<(...input: never[]) => unknown>((value) => typeof value === 'function', 'must be a function');
const currencyTable = z.record(z.string().regex(/^[A-Za-z]{3}$/, 'must be a code of three letters'), z.int().min(0).max(4));
const days = z.number().positive().max(36_500);

const cloudpayments = z.strictObject({
  publicId: z.string().trim().min(1),
  apiSecret: secrets.optional(),
  allowUnsigned: z.boolean().default(false),
  check: z.union([httpUrl, anyFunction]).optional(),
  checkTimeoutMs: milliseconds.default(5_000),
  testPayments: z.enum(['accept', 'refuse']).optional(),
  apiUrl: httpUrl.default('https://api.cloudpayments.ru'),
  widgetUrl: httpUrl.default('https://widget.cloudpayments.ru/bundles/cloudpayments.js'),
  currencies: currencyTable.default({}),
  paymentSchema: z.enum(['single', 'dual']).default('single'),
});

const webhook = z.strictObject({
  url: httpUrl.optional(),
  secret: secrets.optional(),
  handler: anyFunction.optional(),
  events: z
    .array(z.enum(['payment', 'refund']))
    .min(1)
    .default(['payment']),
  timeoutMs: milliseconds.default(15_000),
});

const dispatcher = z.strictObject({
  slots: z.int().min(1).max(1_000).default(20),
  leaseMs: z.int().min(1_000).max(3_600_000).optional(),
  drainTimeoutMs: z.int().min(0).max(600_000).default(10_000),
  keepProcessAlive: z.boolean().default(false),
});

const httpLog = z.strictObject({ retentionDays: days.optional(), maxBodyBytes: z.int().min(0).max(65_536).default(16_384) });
const webhookLog = z.strictObject({ retentionDays: days.optional() });
const limits = z.strictObject({ queue: z.int().min(1).max(1_000_000).default(1_000), batch: z.int().min(1).max(1_000).default(128) });
const basePath = z.string().regex(/^\/[A-Za-z0-9\-._~/]*$/, 'must begin with a slash and hold no query, parameter or space');

const database = z.custom<string | Knex | Knex.Config>(
  (value) => (typeof value === 'string' ? value !== '' : typeof value === 'function' || (typeof value === 'object' && value !== null)),
  'must be an address (sqlite:<path>, postgres://…, mysql://…), a Knex configuration or a Knex instance',
);

const logger = z.custom<Logger>(
  (value) =>
    typeof value === 'object' && value !== null && ['debug', 'info', 'warn', 'error'].every((name) => typeof Reflect.get(value, name) === 'function'),
  'must have the methods debug, info, warn and error',
);

const options = z.strictObject({
  database,
  cloudpayments,
  webhook: webhook.optional(),
  basePath: z.union([basePath, z.array(basePath).min(1)]).default('/_cloudpayments_'),
  publicUrl: httpUrl.optional(),
  links: z.enum(['open', 'signed']).default('open'),
  returnUrlOrigins: z.array(httpUrl).optional(),
  timezone: z.string().refine(isTimeZone, { error: 'must be a time zone name such as UTC or Asia/Dubai' }).default('UTC'),
  migrate: z.boolean().default(true),
  dispatcher: z.union([z.boolean(), dispatcher]).default(true),
  httpLog: httpLog.prefault({}),
  webhookLog: webhookLog.prefault({}),
  limits: limits.prefault({}),
  logger: logger.optional(),
});

type ParsedOptions = z.output<typeof options>;

const KNOWN_NAMES: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(options.shape),
  cloudpayments: Object.keys(cloudpayments.shape),
  webhook: Object.keys(webhook.shape),
  dispatcher: Object.keys(dispatcher.shape),
  httpLog: Object.keys(httpLog.shape),
  webhookLog: Object.keys(webhookLog.shape),
  limits: Object.keys(limits.shape),
};

/** Checks the options and fills in every default. Throws `OptionsError` with all that is wrong, each with its fix. */
export function parseOptions(input: PaymentsOptions): PaymentsConfig {
  refuseUnknownNames(input);
  const result = options.safeParse(input);
  if (!result.success) throw new OptionsError('ERR_PAYMENTS_OPTIONS', result.error.issues.map(issueText).join(' '));
  const parsed = result.data;
  refuseMissingSecret(parsed);
  const webhookConfig = parsed.webhook && parseWebhook(parsed.webhook);
  return {
    database: parsed.database,
    cloudpayments: parseCloudPayments(parsed.cloudpayments),
    webhook: webhookConfig,
    basePaths: [parsed.basePath].flat().map((path) => path.replace(/\/+$/, '')),
    publicUrl: parsed.publicUrl?.replace(/\/+$/, ''),
    links: parsed.links,
    returnUrlOrigins: parsed.returnUrlOrigins?.map((origin) => new URL(origin).origin),
    timezone: parsed.timezone,
    migrate: parsed.migrate,
    dispatcher: parseDispatcher(parsed, webhookConfig),
    httpLog: { retentionDays: parsed.httpLog.retentionDays, maxBodyBytes: parsed.httpLog.maxBodyBytes },
    webhookLog: { retentionDays: parsed.webhookLog.retentionDays },
    limits: parsed.limits,
    logger: parsed.logger ?? defaultLogger(),
  };
}

function refuseUnknownNames(input: unknown): void {
  if (typeof input !== 'object' || input === null) {
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', 'createPaymentsRouter needs an object of options, at least { database, cloudpayments }.');
  }
  for (const [path, names] of Object.entries(KNOWN_NAMES)) {
    const part: unknown = path === '' ? input : Reflect.get(input, path);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) continue;
    const unknown = Object.keys(part).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new OptionsError('ERR_PAYMENTS_UNKNOWN_OPTION', unknownNameText(path, unknown, names));
  }
}

function unknownNameText(path: string, name: string, names: readonly string[]): string {
  const prefix = path === '' ? '' : `${path}.`;
  const nearest = closest(name, [...names]);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.ceil(nearest.length / 2));
  const elsewhere = Object.entries(KNOWN_NAMES).find(([other, known]) => other !== path && known.includes(name));
  if (elsewhere) return `Unknown option "${prefix}${name}": it belongs ${elsewhere[0] === '' ? 'at the top level' : `into "${elsewhere[0]}"`}.`;
  if (isNear) return `Unknown option "${prefix}${name}". Did you mean "${prefix}${nearest}"?`;
  return `Unknown option "${prefix}${name}". Known here: ${names.join(', ')}.`;
}

function issueText(issue: z.core.$ZodIssue): string {
  const name = issue.path.length === 0 ? 'The options' : `Option "${issue.path.join('.')}"`;
  return `${name}: ${issue.message.replace(/\.$/, '')}.`;
}

function refuseMissingSecret(parsed: ParsedOptions): void {
  const { apiSecret, allowUnsigned } = parsed.cloudpayments;
  if (apiSecret === undefined && !allowUnsigned) {
    throw new OptionsError(
      'ERR_PAYMENTS_MISSING_SECRET',
      'Option "cloudpayments.apiSecret" is missing: without the API secret no notification can be verified. Copy it from the settings of the site in the merchant cabinet, or accept forgeries knowingly with "cloudpayments.allowUnsigned: true".',
    );
  }
  if (apiSecret?.some((secret) => secret.trim() === '')) {
    throw new OptionsError('ERR_PAYMENTS_MISSING_SECRET', 'Option "cloudpayments.apiSecret" is empty. Is the environment variable set?');
  }
}

function parseCloudPayments(parsed: ParsedOptions['cloudpayments']): PaymentsConfig['cloudpayments'] {
  const extra = Object.entries(parsed.currencies).map(([code, decimals]) => [code.toUpperCase(), decimals] as const);
  return {
    ...parsed,
    apiSecrets: parsed.apiSecret ?? [],
    // The schema has seen that it is a function or a string; what it takes and gives is the host's promise.
    check: parsed.check as string | CheckFunction | undefined,
    testPayments: parsed.testPayments ?? (process.env['NODE_ENV'] === 'production' ? 'refuse' : 'accept'),
    apiUrl: parsed.apiUrl.replace(/\/+$/, ''),
    currencies: { ...CLOUDPAYMENTS_CURRENCIES, ...Object.fromEntries(extra) },
  };
}

function parseWebhook(parsed: NonNullable<ParsedOptions['webhook']>): WebhookConfig {
  const { url, handler, secret, events, timeoutMs } = parsed;
  if ((url === undefined) === (handler === undefined)) {
    throw new OptionsError('ERR_PAYMENTS_OPTIONS', 'Option "webhook" needs either "url" or "handler", and not both.');
  }
  if (url === undefined) {
    if (secret !== undefined) throw new OptionsError('ERR_PAYMENTS_OPTIONS', 'Option "webhook.secret" signs requests; with "webhook.handler" there are none.');
    // As above: only that it is a function can be checked.
    return { target: { handler: handler as WebhookHandlerOptions['handler'] }, events, timeoutMs };
  }
  return { target: { url, secrets: (secret ?? []).map(decodeWebhookSecret) }, events, timeoutMs };
}

function parseDispatcher(parsed: ParsedOptions, webhookConfig: WebhookConfig | undefined): DispatcherConfig | undefined {
  if (parsed.dispatcher === false || webhookConfig === undefined) return undefined;
  const given = parsed.dispatcher === true ? dispatcher.parse({}) : parsed.dispatcher;
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

function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function defaultLogger(): Logger {
  const isTestRun = process.env['NODE_ENV'] === 'test' || process.env['NODE_TEST_CONTEXT'] !== undefined;
  return isTestRun ? silentLogger : consoleLogger;
}
