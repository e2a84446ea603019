import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { CashuOptions, CashuPaymentWithRefunds, PaymentsRouter } from '../../lib/index.ts';
import { type Message, PROJECT_ID, PROJECT_SECRET, type SigningOptions, saleCallback, signed } from './callbacks.ts';
import { query } from './databases.ts';
import { type Gate, startGate } from './gate.ts';
import { type Answer, type Site, type SiteSettings, startSite } from './site.ts';
import { waitUntil } from './wait.ts';

export const PAYMENT_PAGE = 'https://paymentpage.example/payment';
export const HTTP_AUTH = { username: 'merchant', password: 'sésame: 1' } as const;

/** What a payer asks for, by default. */
export const ORDER = { account: 'user-1', sum: '10.00', currency: 'USD', description: 'Top-up' } as const;

export interface CashuSettings extends SiteSettings {
  readonly cashu?: Partial<CashuOptions>;
  /** Shared by several instances. Default: one of its own. */
  readonly gate?: Gate;
}

export interface Begun {
  readonly answer: Answer;
  readonly paymentId: string;
}

/** A site that takes CashU payments, with ECommPay's Gate beside it. */
export class CashuSite {
  readonly site: Site;
  readonly gate: Gate;
  readonly #database: string;

  constructor(site: Site, gate: Gate, database: string) {
    this.site = site;
    this.gate = gate;
    this.#database = database;
  }

  get payments(): PaymentsRouter {
    return this.site.payments;
  }

  /** The answer to the button of the page. */
  async press(parameters: Readonly<Record<string, string>> = {}, init: RequestInit = {}): Promise<Answer> {
    const body = new URLSearchParams({ ...ORDER, ...parameters });
    return await this.site.fetch('/pub/cashu', { method: 'POST', body, ...init });
  }

  /** A payment that was begun. */
  async begin(parameters: Readonly<Record<string, string>> = {}): Promise<Begun> {
    const answer = await this.press(parameters);
    assert.equal(answer.status, 303, answer.text);
    return { answer, paymentId: paymentIdOf(answer) };
  }

  /** The number of a payment that was begun. */
  async beginPayment(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await this.begin(parameters)).paymentId;
  }

  /** The number of a payment that was paid as ordered: 10.00 USD, unless said otherwise. */
  async pay(parameters: Readonly<Record<string, string>> = {}, values: Parameters<typeof saleCallback>[1] = {}): Promise<string> {
    const paymentId = await this.beginPayment(parameters);
    const answer = await this.callback(saleCallback(paymentId, values));
    assert.equal(answer.status, 200, answer.text);
    return paymentId;
  }

  /** A callback, signed and sent. */
  async callback(data: Message, options: SigningOptions = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return await this.callbackText(JSON.stringify(signed(data, options)), headers);
  }

  /** A callback's body as it stands. */
  async callbackText(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return await this.site.fetch('/cashu/callback', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  }

  /** `POST /cashu/refund`; undefined: without credentials. */
  async refund(body: unknown, authorization: string | undefined = basicAuth()): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', ...(authorization !== undefined && authorization !== '' && { authorization }) };
    return await this.site.fetch('/cashu/refund', { method: 'POST', body: text, headers });
  }

  async lookUp(paymentId: string, authorization: string = basicAuth()): Promise<Answer> {
    return await this.site.fetch(`/cashu/payments/${paymentId}`, { headers: { ...(authorization !== '' && { authorization }) } });
  }

  async payment(paymentId: string): Promise<CashuPaymentWithRefunds> {
    const payment = await this.payments.cashu.get(paymentId);
    assert.ok(payment, `there is no payment ${paymentId}`);
    return payment;
  }

  async waitForStatus(paymentId: string, status: string): Promise<CashuPaymentWithRefunds> {
    return await waitUntil(
      async () => {
        const payment = await this.payment(paymentId);
        return payment.status === status && payment;
      },
      WAIT_FOR(`status ${status}`),
    );
  }

  /** Waits until the only refund of a payment has ended that way. */
  async waitForRefund(paymentId: string, status: string): Promise<CashuPaymentWithRefunds> {
    return await waitUntil(
      async () => {
        const payment = await this.payment(paymentId);
        return payment.refunds[0]?.status === status && payment;
      },
      WAIT_FOR(`a refund that is ${status}`),
    );
  }

  /** What else would take minutes: ECommPay is to be asked now about a payment, or its refunds. */
  async makeDue(kind: 'payment' | 'refund', paymentId: string): Promise<void> {
    const soon = DUE[this.#database.split(':', 1)[0] ?? ''] ?? DUE['postgres'];
    await query(this.#database, `UPDATE cloudpayments_cashu_${kind} SET check_at = ${soon} WHERE payment_id = '${paymentId}'`);
  }

  async count(table: string, where = '1 = 1'): Promise<number> {
    return await this.site.count(`SELECT count(*) FROM cloudpayments_${table} WHERE ${where}`);
  }

  /** Nothing but the payment itself came of it. */
  async assertNothingCredited(): Promise<void> {
    assert.equal(await this.count('transaction'), 0);
    assert.equal(await this.count('delivery'), 0);
    assert.deepEqual(this.site.seen('payment'), []);
  }
}

const DUE: Readonly<Record<string, string>> = {
  sqlite: '1',
  postgres: "now() - interval '1 second'",
  mysql: 'UTC_TIMESTAMP(3) - INTERVAL 1 SECOND',
};

const WAIT_FOR = (describe: string): { describe: string; timeoutMs: number; everyMs: number } => ({
  describe,
  timeoutMs: 20_000,
  everyMs: 25,
});

export function basicAuth(username: string = HTTP_AUTH.username, password: string = HTTP_AUTH.password): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The number of the payment that an answer sends the payer on with. */
export function paymentIdOf({ headers }: Answer): string {
  const location = new URL(headers.get('location') ?? '', 'http://page.invalid');
  return location.searchParams.get('payment_id') ?? location.pathname.split('/').at(-1) ?? '';
}

export function cashuOptions(gateUrl: string, more: Partial<CashuOptions> = {}): CashuOptions {
  return { projectId: PROJECT_ID, secret: PROJECT_SECRET, gateUrl, paymentPageUrl: PAYMENT_PAGE, ...more };
}

/** Starts a Gate that is gone after the test. */
export async function openGate(t: Pick<TestContext, 'after'>): Promise<Gate> {
  const gate = await startGate();
  t.after(() => gate.receiver.close());
  return gate;
}

/** Starts a site with a Gate; both are gone when the test is over, which fails when something was asked that ECommPay would not take. */
export async function startCashuSite(t: Pick<TestContext, 'after'>, settings: CashuSettings): Promise<CashuSite> {
  const { cashu, options, gate = await openGate(t), ...rest } = settings;
  const site = await startSite(t, { ...rest, options: { httpAuth: HTTP_AUTH, ...options, cashu: cashuOptions(gate.url, cashu) } });
  // Behind the end of the site: a hook that throws is the last one.
  t.after(() => assert.deepEqual(gate.faults, []));
  return new CashuSite(site, gate, settings.database);
}
