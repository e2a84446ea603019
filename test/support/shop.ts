import type { TestContext } from 'node:test';
import express from 'express';
import { type CloudPaymentsOptions, createPaymentsRouter, type PaymentsOptions, type PaymentsRouter } from '../../lib/index.ts';
import { buildNotification, type NotificationOverrides, sendNotification } from '../../lib/testing/index.ts';
import { type Host, listen } from './hosts.ts';

const API_SECRET = 'api-secret-of-the-test-shop';

/** Options of a shop; its account with CloudPayments has defaults. */
export type ShopOptions = Omit<PaymentsOptions, 'cloudpayments'> & { readonly cloudpayments?: Partial<CloudPaymentsOptions> };

export interface Shop {
  readonly url: string;
  readonly payments: PaymentsRouter;
  readonly host: Host;
}

export function shopOptions({ cloudpayments, ...options }: ShopOptions): PaymentsOptions {
  return { ...options, cloudpayments: { publicId: 'pk_shop', apiSecret: API_SECRET, ...cloudpayments } };
}

/** A router that is closed after the test, without a server. */
export function createPayments(t: TestContext, options: ShopOptions): PaymentsRouter {
  const payments = createPaymentsRouter(shopOptions(options));
  // What is still under way belongs to a test that is over.
  t.after(() => payments.close({ drainTimeoutMs: 0 }));
  return payments;
}

/** A shop on a server of its own, ready to take payments. */
export async function startShop(t: TestContext, options: ShopOptions): Promise<Shop> {
  const payments = createPayments(t, options);
  const host = await listen(express().use(payments));
  t.after(() => host.close());
  await payments.ready();
  return { url: host.url, payments, host };
}

/** The answer to a Pay that was taken. */
export const TAKEN = '{"code":0}';

/** Sends one signed Pay; gives the answer's text, or what went wrong. */
export async function sendPay(url: string, code: string, overrides: NotificationOverrides = {}): Promise<string> {
  const fields = buildNotification('pay', { TransactionId: code, ...overrides });
  const request = { url: `${url}/_cloudpayments_/pay`, fields, secret: API_SECRET, signal: AbortSignal.timeout(20_000) };
  try {
    return (await sendNotification(request)).body;
  } catch (error) {
    const cause: unknown = error instanceof Error ? error.cause : undefined;
    return cause instanceof Error ? `${error}: ${Reflect.get(cause, 'code')} ${cause.message}` : String(error);
  }
}

/** Codes of `count` payments, from `first` on. */
export function codes(count: number, first = 1_000_001): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

/** Sends a Pay for each code, sixteen at once; throws when one is not taken. */
export async function payAll(url: string, list: readonly string[], overrides: NotificationOverrides = {}): Promise<void> {
  const waiting = [...list];
  const send = async () => {
    for (let code = waiting.shift(); code !== undefined; code = waiting.shift()) {
      const answer = await sendPay(url, code, overrides);
      if (answer !== TAKEN) throw new Error(`the Pay ${code} was answered ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, send));
}

/** The `webhook-id` of a payment. */
export function webhookIdOf(code: string): string {
  return `payment_cloudpayments_${code}`;
}
