import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import express from 'express';
import { type CloudPaymentsControl, type CloudPaymentsStandInOptions, createCloudPaymentsStandIn } from '../../lib/testing/index.ts';
import { listen } from '../support/hosts.ts';
import { type Receiver, reply, type Script, startReceiver } from '../support/receiver.ts';

export const PUBLIC_ID = 'pk_test';
const API_SECRET = 'test-secret';
export const SUCCESS = '4000000000003055';
export const NO_MONEY = '4000056655665556';
export const THREE_DS = '4242424242424242';

/** A stand-in on a server of its own, and the site that it notifies. */
export interface SandboxSite {
  /** Address of the mounted stand-in. */
  readonly url: string;
  readonly control: CloudPaymentsControl;
  /** Records the notifications; everything is answered `{"code":0}` unless told otherwise. */
  readonly site: Receiver;
  close(): void;
}

export async function startSandboxSite(t: TestContext, options: Partial<CloudPaymentsStandInOptions> = {}): Promise<SandboxSite> {
  const site = await startReceiver();
  site.answerWith(code(0));
  const settings = { publicId: PUBLIC_ID, apiSecret: API_SECRET, notificationsUrl: site.url, speed: 6000, ...options };
  const { router, control, close } = createCloudPaymentsStandIn(settings);
  const host = await listen(express().use('/cp', router));
  t.after(async () => {
    close();
    await host.close();
    await site.close();
  });
  return { url: `${host.url}/cp`, control, site, close };
}

export function code(value: unknown): ReturnType<typeof reply> {
  return reply(200, { body: JSON.stringify({ code: value }) });
}

/** Answers by the type of the notification. */
export function byType(answers: Readonly<Record<string, ReturnType<typeof reply>>>): Script {
  return ({ url }) => answers[url.split('?')[0]?.slice(1) ?? ''] ?? code(0);
}

/** What a page hands to the widget. */
export function intent(overrides: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    publicTerminalId: PUBLIC_ID,
    amount: 25,
    currency: 'RUB',
    paymentSchema: 'Single',
    externalId: 'order-1',
    description: 'Пополнение',
    userInfo: { accountId: 'user-1' },
    metadata: { reference: 'r-1' },
    culture: 'en-US',
    ...overrides,
  };
}

/** Types of the notifications that came, in their order. */
export function typesOf(site: Receiver): string[] {
  return site.requests.map(({ url }) => url.split('?')[0]?.slice(1) ?? '');
}

/** The parameters of the last notification of a type. */
export function lastOf(site: Receiver, type: string): Record<string, string> {
  const request = site.requests.findLast(({ url }) => url.startsWith(`/${type}`));
  return Object.fromEntries(new URLSearchParams(String(request?.body)));
}

/** What a method of the API answers. */
export interface ApiReply {
  readonly Success: boolean;
  readonly Message: string | null;
  /** A transaction; of the list methods a list of them. */
  readonly Model: ApiModel & readonly ApiModel[];
}

/** A transaction in the words of the API, as far as tests name its members. */
interface ApiModel {
  readonly TransactionId: number;
  readonly OriginalTransactionId: number | null;
  readonly Amount: number;
  readonly Status: string;
  readonly StatusCode: number;
  readonly Reason: string | null;
  readonly ReasonCode: number;
  readonly TestMode: boolean;
  readonly ConfirmDateIso: string | null;
}

/** HTTP Basic of the site. */
export const API_CREDENTIALS: string = `Basic ${Buffer.from(`${PUBLIC_ID}:${API_SECRET}`).toString('base64')}`;

export async function callApi(
  { url }: SandboxSite,
  path: string,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiReply> {
  const response = await fetch(`${url}/api${path}`, {
    method: 'POST',
    headers: { authorization: API_CREDENTIALS, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  return response.json();
}
