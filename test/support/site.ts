import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import express, { type RequestHandler } from 'express';
import {
  createPaymentsRouter,
  type NotificationType,
  type PaymentsEvents,
  type PaymentsOptions,
  type PaymentsRouter,
} from '../../lib/index.ts';
import {
  buildNotification,
  encodeJsonNotification,
  encodeNotification,
  type NotificationOverrides,
  signNotification,
} from '../../lib/testing/index.ts';
import { query } from './databases.ts';
import { type Host, listen } from './hosts.ts';
import { waitUntil } from './wait.ts';

export const SECRET = 'notification_test_secret';

/** Where nothing listens: a test that asks the API by mistake fails at once, and never reaches the real one. */
const NOBODY = 'http://127.0.0.1:9';

export interface SiteSettings {
  /** Address of the database. */
  readonly database: string;
  readonly cloudpayments?: Partial<PaymentsOptions['cloudpayments']>;
  readonly options?: Partial<Omit<PaymentsOptions, 'database' | 'cloudpayments'>>;
  /** What the host mounts before the payments router. */
  readonly before?: readonly RequestHandler[];
  /** What the host mounts after it. */
  readonly after?: readonly RequestHandler[];
  readonly express?: typeof express;
  /** Path of the host at which the router is mounted. */
  readonly mountedAt?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface SendOptions {
  readonly method?: 'GET' | 'POST';
  readonly format?: 'form' | 'json';
  /** Undefined: signed as CloudPayments does, `false`: not signed, text: with this secret. */
  readonly secret?: string | false;
  readonly headers?: Readonly<Record<string, string>>;
}

export type SeenEvent = {
  [Name in keyof PaymentsEvents]: { readonly name: Name; readonly payload: PaymentsEvents[Name] };
}[keyof PaymentsEvents];

const EVENT_NAMES = [
  ...(['payment', 'notification', 'review', 'conflict', 'refund', 'refused', 'error'] as const),
  ...(['delivery.delivered', 'delivery.failing', 'delivery.recovered', 'delivery.suspect', 'endpoint.down'] as const),
  ...(['database.lost', 'database.back', 'cashu.status', 'cashu.refund', 'cashu.conflict'] as const),
] satisfies readonly (keyof PaymentsEvents)[];

/** A host with a payments router on a free port, and what a test wants of it. */
export class Site {
  readonly payments: PaymentsRouter;
  readonly host: Host;
  readonly events: SeenEvent[] = [];
  readonly #settings: SiteSettings;

  constructor(payments: PaymentsRouter, host: Host, settings: SiteSettings) {
    this.payments = payments;
    this.host = host;
    this.#settings = settings;
    for (const name of EVENT_NAMES) payments.on(name, (payload) => this.events.push({ name, payload } as SeenEvent));
  }

  /** Address of the router's own routes. */
  get base(): string {
    const { options, mountedAt = '' } = this.#settings;
    const path = [options?.basePath ?? '/_cloudpayments_'].flat()[0] ?? '';
    return `${this.host.url}${mountedAt}${path === '/' ? '' : path}`;
  }

  /** A notification with sample values, changed as given, signed and sent. */
  async send(type: NotificationType, overrides: NotificationOverrides = {}, options: SendOptions = {}): Promise<Answer> {
    const fields = buildNotification(type, overrides);
    const isJson = options.format === 'json' && options.method !== 'GET';
    return await this.sendText(type, isJson ? encodeJsonNotification(fields) : encodeNotification(fields), options);
  }

  /** A body (or query) as it stands, signed and sent. */
  async sendText(
    route: string,
    text: string,
    { method = 'POST', format = 'form', secret = SECRET, headers }: SendOptions = {},
  ): Promise<Answer> {
    const signature = secret === false ? {} : signNotification({ body: text, secret });
    const contentType = format === 'json' ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded';
    return method === 'GET'
      ? await this.fetch(`/${route}?${text}`, { headers: { ...signature, ...headers } })
      : await this.fetch(`/${route}`, { method: 'POST', body: text, headers: { 'content-type': contentType, ...signature, ...headers } });
  }

  /** A request to a path below the router's own. */
  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.base}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(30_000), ...init });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return await query(this.#settings.database, sql);
  }

  /** The first column of the first row, as a number. */
  async count(sql: string): Promise<number> {
    const [row] = await this.rows(sql);
    return Number(Object.values(row ?? {})[0]);
  }

  /** Payloads of the events of one name so far. */
  seen<Name extends keyof PaymentsEvents>(name: Name): PaymentsEvents[Name][] {
    // The name stands beside its own payload.
    return this.events.filter((event) => event.name === name).map((event) => event.payload) as PaymentsEvents[Name][];
  }

  async waitForEvent<Name extends keyof PaymentsEvents>(name: Name): Promise<PaymentsEvents[Name]> {
    return await waitUntil(() => this.seen(name)[0], { describe: `the event ${name}` });
  }

  async close(): Promise<void> {
    await this.payments.close({ drainTimeoutMs: 0 });
    await this.host.close();
  }
}

/** The address of an SQLite file, for what needs no look at every database. It is gone when the test is over. */
export function sqliteFile(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'payments-site-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, 'payments.sqlite')}`;
}

/** Starts a site; it is gone when the test is over. */
export async function startSite(t: Pick<TestContext, 'after'>, settings: SiteSettings): Promise<Site> {
  const site = await openSite(settings);
  t.after(() => site.close());
  await site.payments.ready();
  return site;
}

/** The same without waiting for its database, and without an end. */
export async function openSite(settings: SiteSettings): Promise<Site> {
  const make = settings.express ?? express;
  const app = make();
  const payments = createPaymentsRouter({
    database: settings.database,
    cloudpayments: { publicId: 'pk_test', apiSecret: SECRET, apiUrl: NOBODY, ...settings.cloudpayments },
    ...settings.options,
  });
  for (const handler of settings.before ?? []) app.use(handler);
  app.use(settings.mountedAt ?? '/', payments);
  for (const handler of settings.after ?? []) app.use(handler);
  return new Site(payments, await listen(app), settings);
}

/** The code of an error answer; fails where the body is not the JSON that the contract promises, or shows a stack. */
export function errorCode({ text, headers }: Answer): string {
  const body: unknown = JSON.parse(text);
  const error: unknown = Reflect.get(Object(body), 'error');
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string' || message === '') throw new Error(`no error with code and message: ${text}`);
  if (/\n\s+at |node_modules|\.ts:\d/.test(text)) throw new Error(`a stack is shown: ${text}`);
  if (headers.get('content-type')?.startsWith('application/json') !== true) throw new Error(`not JSON: ${headers.get('content-type')}`);
  return code;
}
