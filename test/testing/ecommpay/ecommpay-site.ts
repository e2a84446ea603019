import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import express from 'express';
import { EcommpayGate, isSignatureGenuine, paymentPageParameters, signData } from '../../../lib/providers/ecommpay/index.ts';
import { createEcommpayStandIn, type EcommpayControl, type EcommpayStandInOptions } from '../../../lib/testing/index.ts';
import { listen } from '../../support/hosts.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';

export const PROJECT_ID = 112;
export const SECRET = 'project-secret';
export const DATA_API: { readonly token: string; readonly secret: string } = {
  token: 'token-of-thirty-characters-123',
  secret: 'token-secret',
};

/** A stand-in on a server of its own, and the site that it tells. */
export interface EcommpaySite {
  /** Address of the mounted stand-in. */
  readonly url: string;
  readonly control: EcommpayControl;
  /** Takes the callbacks; everything is answered 200 unless told otherwise. */
  readonly site: Receiver;
  /** The package's own client. */
  readonly gate: EcommpayGate;
  close(): void;
}

/** Steps take no time, and pauses of ten seconds a tenth of a millisecond; only the limit of a payment is long. */
export async function startEcommpaySite(t: TestContext, options: Partial<EcommpayStandInOptions> = {}): Promise<EcommpaySite> {
  const site = await startReceiver();
  const settings = { projectId: PROJECT_ID, secret: SECRET, callbackUrl: `${site.url}/callback`, dataApi: DATA_API };
  const standIn = createEcommpayStandIn({ ...settings, speed: 100_000, stepMs: 0, limitMs: 600_000, ...options });
  const host = await listen(express().use('/ecommpay', standIn.router));
  t.after(async () => {
    standIn.close();
    await host.close();
    await site.close();
  });
  const url = `${host.url}/ecommpay`;
  const gate = new EcommpayGate({ baseUrl: url, projectId: PROJECT_ID, secrets: [SECRET] });
  return { url, control: standIn.control, site, gate, close: standIn.close };
}

export type Json = Readonly<Record<string, unknown>>;

/** A callback as far as tests name its members. */
export interface CallbackBody {
  readonly project_id: number;
  readonly payment: {
    readonly id: string;
    readonly status: string;
    readonly date: string;
    readonly sum: { readonly amount: number; readonly currency: string };
    readonly description: string;
    readonly merchant_refund_id?: string;
  };
  readonly operation: {
    readonly id: number;
    readonly type: string;
    readonly status: string;
    readonly date: string;
    readonly request_id: string;
    readonly sum_initial: { readonly amount: number; readonly currency: string };
    readonly code: string;
    readonly message: string;
  };
  readonly redirect_data?: { readonly method: string; readonly url: string; readonly body: Readonly<Record<string, string>> };
  readonly errors?: readonly Json[];
}

/** What the site was told, oldest first; each signature is checked. */
export function callbacksAt({ requests }: Receiver): readonly CallbackBody[] {
  return requests.map(({ method, headers, body }) => {
    assert.equal(method, 'POST');
    assert.equal(headers['content-type'], 'application/json');
    const data: CallbackBody = JSON.parse(String(body));
    assert.ok(isSignatureGenuine(data, [SECRET]), `the signature is wrong: ${body}`);
    return data;
  });
}

/** "sale success" of each callback. */
export function subjectsAt(site: Receiver): readonly string[] {
  return callbacksAt(site).map(({ operation, payment }) => `${operation.type} ${operation.status} (${payment.status})`);
}

/** A sale as a site sends it; `undefined` leaves a member out. */
export function saleBody(paymentId = 'order-1'): Record<string, Record<string, unknown>> {
  return {
    general: { project_id: PROJECT_ID, payment_id: paymentId },
    customer: { id: 'user-1', ip_address: '203.0.113.7' },
    payment: { amount: 2500, currency: 'USD', description: 'Top up' },
    return_url: { success: 'http://shop.test/paid', decline: 'http://shop.test/declined', return: 'http://shop.test/back' },
  };
}

export function refundBody(paymentId = 'order-1', payment: Json = {}): Record<string, Record<string, unknown>> {
  return {
    general: { project_id: PROJECT_ID, payment_id: paymentId },
    customer: { ip_address: '203.0.113.7' },
    payment: { description: 'Returned', ...payment },
  };
}

export interface GateReply {
  readonly status: number;
  readonly body: Json;
}

/** Signs and sends a request to the Gate. */
export async function callGate({ url }: EcommpaySite, path: string, body: Json, secret: string = SECRET): Promise<GateReply> {
  const signature = signData(body, secret);
  return sendText(`${url}/v2/payment/${path}`, JSON.stringify({ ...body, general: { ...Object(body['general']), signature } }));
}

export async function sendText(url: string, body: string, contentType = 'application/json'): Promise<GateReply> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body });
  return { status: response.status, body: await response.json() };
}

/** A sale that waits for its payer. */
export async function openSale(sandbox: EcommpaySite, paymentId = 'order-1'): Promise<void> {
  const answer = await callGate(sandbox, 'wallet/cashu/sale', saleBody(paymentId));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await sandbox.control.settled();
}

/** A sale that is paid and announced. */
export async function paySale(sandbox: EcommpaySite, paymentId = 'order-1'): Promise<void> {
  await openSale(sandbox, paymentId);
  sandbox.control.act(paymentId, 'pay');
  await sandbox.control.settled();
}

/** Signed parameters of the Payment Page; `undefined` takes one out before signing. */
export function pageParameters(changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const order = {
    ...{ paymentId: 'order-1', amount: 2500, currency: 'USD', description: 'Top up', language: 'en', customer: { customer_id: 'user-1' } },
    returnUrl: 'http://shop.test/back',
    callbackUrl: undefined,
    bestBefore: `${new Date(Date.now() + 600_000).toISOString().slice(0, 19)}+00:00`,
  };
  const { signature, ...parameters } = paymentPageParameters(order, { projectId: PROJECT_ID, secret: SECRET });
  const changed = Object.entries({ ...parameters, ...changes }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return signed(Object.fromEntries(changed));
}

function signed(parameters: Record<string, string>): Record<string, string> {
  return { ...parameters, signature: signData(parameters, SECRET) };
}
