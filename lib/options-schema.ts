import { z } from 'zod';
import type { CheckedDispatcher, CheckedOptions } from './checked-options.ts';
import { OptionsError } from './domain/errors.ts';
import type { Logger } from './domain/logger.ts';
import type { CashuCustomerFunction, CheckFunction, PaymentsOptions, WebhookHandlerOptions } from './payments-options.ts';

const httpUrl = z
  .string()
  .refine((text) => isHttpUrl(text), { error: 'must be an absolute http:// or https:// address without user name' });
const milliseconds = z.int().min(1).max(3_600_000);
const secrets = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => (typeof value === 'string' ? [value] : value));
/** What a function takes and gives is the host's promise; only that it is one can be checked. */
const checkFunction = z.custom<CheckFunction>((value) => typeof value === 'function', 'must be a function');
const handlerFunction = z.custom<WebhookHandlerOptions['handler']>((value) => typeof value === 'function', 'must be a function');
const currencyTable = z.record(z.string().regex(/^[A-Za-z]{3}$/, 'must be a code of three letters'), z.int().min(0).max(4));
const days = z.number().positive().max(36_500);

const cloudpayments = z.strictObject({
  publicId: z.string().trim().min(1, 'must not be empty; it is the Public ID of the site in the merchant cabinet'),
  apiSecret: secrets.optional(),
  allowUnsigned: z.boolean().default(false),
  check: z.union([httpUrl, checkFunction]).optional(),
  checkTimeoutMs: milliseconds.default(5_000),
  testPayments: z.enum(['accept', 'refuse']).optional(),
  apiUrl: httpUrl.default('https://api.cloudpayments.ru'),
  widgetUrl: httpUrl.default('https://widget.cloudpayments.ru/bundles/cloudpayments.js'),
  currencies: currencyTable.default({}),
  paymentSchema: z.enum(['single', 'dual']).default('single'),
});

const unsignable = 'must not hold a semicolon: ECommPay signs with it';
const customerFunction = z.custom<CashuCustomerFunction>((value) => typeof value === 'function', 'must be a function');

const dataApi = z.strictObject({
  token: z.string().regex(/\S/, 'must not be empty'),
  secret: z.string().regex(/\S/, 'must not be empty'),
  url: httpUrl.default('https://data.ecommpay.com/v1'),
});

const watch = z.strictObject({
  firstCheckMs: z.int().min(10).max(3_600_000).default(60_000),
  maxIntervalMs: z.int().min(10).max(3_600_000).default(300_000),
  expireAfterMs: z.int().min(100).max(2_600_000_000).optional(),
});

const cashu = z.strictObject({
  projectId: z.int().min(1).max(4_294_967_295),
  secret: secrets.optional(),
  flow: z.enum(['payment-page', 'gate']).default('payment-page'),
  paymentPageUrl: httpUrl.default('https://paymentpage.ecommpay.com/payment'),
  paymentPageMethod: z.enum(['GET', 'POST']).default('GET'),
  gateUrl: httpUrl.default('https://api.ecommpay.com'),
  callbackUrl: httpUrl.refine((url) => !url.includes(';'), { error: unsignable }).optional(),
  customer: customerFunction.optional(),
  currencies: currencyTable.default({}),
  dataApi: dataApi.optional(),
  payWithinMinutes: z.number().min(1).max(43_200).default(30),
  watch: watch.prefault({}),
});

const httpAuth = z.strictObject({
  username: z.string().regex(/^[^:]+$/, 'must not be empty and hold no colon'),
  password: z.string().min(1, 'must not be empty'),
});

const webhook = z.strictObject({
  url: httpUrl.optional(),
  secret: secrets.optional(),
  handler: handlerFunction.optional(),
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

const database = z.custom<PaymentsOptions['database']>(
  (value) => (typeof value === 'string' ? value !== '' : typeof value === 'function' || (typeof value === 'object' && value !== null)),
  'must be an address (sqlite:<path>, postgres://…, mysql://…), a Knex configuration or a Knex instance',
);

const logger = z.custom<Logger>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    ['debug', 'info', 'warn', 'error'].every((name) => typeof Reflect.get(value, name) === 'function'),
  'must have the methods debug, info, warn and error',
);

const optionsSchema = z.strictObject({
  database,
  cloudpayments: cloudpayments.optional(),
  cashu: cashu.optional(),
  httpAuth: httpAuth.optional(),
  webhook: webhook.optional(),
  basePath: z.union([basePath, z.array(basePath).min(1)]).default('/_cloudpayments_'),
  publicUrl: httpUrl.refine((url) => !/[?#]/.test(url), { error: 'must have neither a query nor a fragment' }).optional(),
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

/** The names that are known at each place, by its path with dots; the empty path is the top level. */
export const KNOWN_NAMES: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(optionsSchema.shape),
  cloudpayments: Object.keys(cloudpayments.shape),
  cashu: Object.keys(cashu.shape),
  httpAuth: Object.keys(httpAuth.shape),
  webhook: Object.keys(webhook.shape),
  dispatcher: Object.keys(dispatcher.shape),
  httpLog: Object.keys(httpLog.shape),
  webhookLog: Object.keys(webhookLog.shape),
  limits: Object.keys(limits.shape),
  'cashu.dataApi': Object.keys(dataApi.shape),
  'cashu.watch': Object.keys(watch.shape),
};

export const DISPATCHER_DEFAULTS: CheckedDispatcher = dispatcher.parse({});

/** Checks the shape of the options. Throws `OptionsError` with a sentence for each thing that is wrong. */
export function checkOptions(input: unknown): CheckedOptions {
  const result = optionsSchema.safeParse(input);
  if (result.success) return result.data;
  throw new OptionsError('ERR_PAYMENTS_OPTIONS', result.error.issues.map((issue) => issueText(issue, [])).join(' '));
}

function issueText(issue: z.core.$ZodIssue, outer: readonly PropertyKey[]): string {
  const path = [...outer, ...issue.path];
  if (issue.code === 'invalid_union') {
    // Of several forms, the one that was meant is the one that went wrong farthest inside.
    const [meant] = issue.errors.flat().sort((a, b) => b.path.length - a.path.length);
    if (meant !== undefined && meant.path.length > 0) return issueText(meant, path);
  }
  const name = `Option "${path.join('.')}"`;
  if (issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message)) return `${name} is missing.`;
  return `${name}: ${issue.message.replace(/\.$/, '')}.`;
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
