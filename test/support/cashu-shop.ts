import type { TestContext } from 'node:test';
import express from 'express';
import { type CashuOptions, createPaymentsRouter, type PaymentsOptions, type PaymentsRouter } from '../../lib/index.ts';
import { createEcommpayStandIn, type EcommpayControl, type EcommpayStandInOptions } from '../../lib/testing/index.ts';
import { type Host, listen } from './hosts.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const CASHU_PROJECT: { readonly projectId: number; readonly secret: string } = {
  projectId: 112,
  secret: 'secret-of-the-test-project',
};
export const CASHU_DATA_API: { readonly token: string; readonly secret: string } = { token: 'T'.repeat(30), secret: 'secret-of-the-token' };
const HTTP_AUTH = { username: 'shop', password: 'open sesame' } as const;

/** A shop with CashU, ECommPay's stand-in on a server of its own, and a back-end that takes webhooks. */
export interface CashuShop {
  readonly payments: PaymentsRouter;
  readonly ecommpay: EcommpayControl;
  readonly backend: Receiver;
  readonly host: Host;
  /** Address of the router's own routes. */
  readonly base: string;
  /** Address of the mounted stand-in. */
  readonly standInUrl: string;
  /** Sends the page's form, as the payer's browser does. */
  begin(fields?: Readonly<Record<string, string>>): Promise<Response>;
  /** A request to a path below the router's own; `authorization` with HTTP Basic. */
  merchant(path: string, body?: object): Promise<{ readonly status: number; readonly json: Record<string, unknown> }>;
  page(path: string, accept?: string): Promise<string>;
}

export interface CashuShopSettings {
  readonly database: string;
  readonly cashu?: Partial<CashuOptions>;
  readonly options?: Partial<Omit<PaymentsOptions, 'database' | 'cashu'>>;
  readonly standIn?: Partial<EcommpayStandInOptions>;
}

const ORDER: Readonly<Record<string, string>> = {
  ...{ account: 'maple-1', sum: '10.00', currency: 'USD', description: 'Home internet', lang: 'en' },
  ...{ success_url: 'https://shop.example/thanks', fail_url: 'https://shop.example/basket' },
};

export async function startCashuShop(t: TestContext, { database, cashu, options, standIn }: CashuShopSettings): Promise<CashuShop> {
  const app = express();
  const host = await listen(app);
  const base = `${host.url}/_cloudpayments_`;
  const ecommpay = createEcommpayStandIn({
    ...{ ...CASHU_PROJECT, dataApi: CASHU_DATA_API, callbackUrl: `${base}/cashu/callback`, speed: 6_000, stepMs: 0, limitMs: 60_000 },
    ...standIn,
  });
  const standInHost = await listen(express().use('/ecommpay', ecommpay.router));
  const standInUrl = `${standInHost.url}/ecommpay`;
  const backend = await startReceiver();
  const payments = createPaymentsRouter({
    database,
    cashu: {
      ...{ ...CASHU_PROJECT, gateUrl: standInUrl, paymentPageUrl: `${standInUrl}/payment` },
      dataApi: { ...CASHU_DATA_API, url: `${standInUrl}/v1` },
      ...cashu,
    },
    httpAuth: HTTP_AUTH,
    webhook: { url: backend.url, events: ['payment', 'refund'] },
    ...options,
  });
  app.use(payments);
  t.after(async () => {
    ecommpay.close();
    await payments.close({ drainTimeoutMs: 0 });
    await Promise.all([host.close(), standInHost.close(), backend.close()]);
  });
  await payments.ready();
  const authorization = `Basic ${Buffer.from(`${HTTP_AUTH.username}:${HTTP_AUTH.password}`).toString('base64')}`;
  return {
    ...{ payments, backend, host, base, standInUrl, ecommpay: ecommpay.control },
    begin: async (fields = {}) =>
      await fetch(`${base}/pub/cashu`, { method: 'POST', body: new URLSearchParams({ ...ORDER, ...fields }), redirect: 'manual' }),
    merchant: async (path, body) => {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${base}${path}`, { ...init, headers: { authorization, 'content-type': 'application/json' } });
      return { status: response.status, json: await response.json() };
    },
    page: async (path, accept = 'text/html') => await (await fetch(`${base}${path}`, { headers: { accept } })).text(),
  };
}

/** The address to which a browser is sent. */
export function locationOf(response: Response): URL {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`HTTP ${response.status} without a Location`);
  return new URL(location, response.url);
}
