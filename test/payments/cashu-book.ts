import assert from 'node:assert/strict';
import type { Transaction } from '../../lib/domain/transaction.ts';
import type { CashuFold, CashuFoldRules } from '../../lib/payments/cashu-fold.ts';
import { foldReport } from '../../lib/payments/fold-cashu.ts';
import { createDeliveryPlan } from '../../lib/payments/plan-delivery.ts';
import {
  CASHU_CURRENCIES,
  type PaymentReport,
  type RedirectData,
  type ReportedOperation,
  type ReportedSum,
} from '../../lib/providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuRefundRow } from '../../lib/storage/cashu-rows.ts';

export const PAYMENT_ID = '0123456789abcdef0123456789abcdef';
export const NOW: number = Date.UTC(2026, 0, 1);
export const rules: CashuFoldRules = { currencies: CASHU_CURRENCIES, plan: createDeliveryPlan(['payment', 'refund'], 'UTC'), now: NOW };

const ORDERED: CashuPaymentRow = {
  ...{ id: '1', paymentId: PAYMENT_ID, account: '123456', sum: '10.00', currency: 'USD', description: 'Top-up', status: 'created' },
  ...{ flow: 'gate', review: undefined, paidSum: undefined, paidCurrency: undefined, refundedSum: '0.00', orderId: undefined },
  ...{ operationCode: undefined, operationMessage: undefined, ip: '192.0.2.7', language: 'en', successUrl: undefined, failUrl: undefined },
  ...{ pageQuery: '', redirect: undefined, isKnown: false, questions: 0, checks: 0, createdAt: new Date(NOW), paidAt: undefined },
};

/** The rows of one payment; what a fold says is written into them as `storage/settle-cashu.ts` does. */
export class Book {
  payment: CashuPaymentRow;
  refunds: CashuRefundRow[] = [];
  transaction: Transaction | undefined;
  isOrderPaid = false;
  /** What is owed to the merchant: event and sum. */
  readonly told: string[] = [];
  readonly events: string[] = [];
  readonly conflicts: string[] = [];
  asked = 0;
  readonly #deliveries = new Set<string>();

  constructor(payment: Partial<CashuPaymentRow> = {}) {
    this.payment = { ...ORDERED, ...payment };
  }

  take(...reports: readonly PaymentReport[]): this {
    for (const report of reports) this.#write(foldReport(this, report, rules));
    return this;
  }

  /** A refund that was asked for here. */
  ask(refundId: string, amount: string, requestId?: string): this {
    this.refunds.push({
      ...{ refundId, paymentId: PAYMENT_ID, amount, status: 'pending', description: 'Refund', isOurs: true, checks: 0 },
      ...{ isAccepted: requestId !== undefined, requestId, operationId: undefined, operationCode: undefined, operationMessage: undefined },
      ...{ createdAt: new Date(NOW), finishedAt: undefined },
    });
    return this;
  }

  #write({ payment = {}, newRefunds = [], refunds = [], transaction, events, mustAsk }: CashuFold): void {
    const { paidAt, checkInMs, review, questions: _, ...columns } = payment;
    assert.equal(checkInMs === 0, mustAsk);
    this.payment = { ...this.payment, ...columns, ...(paidAt !== undefined && { paidAt: new Date(paidAt) }) };
    if ('review' in payment) this.payment = { ...this.payment, review };
    for (const { createdAt, finishedAt, checkInMs: _, ...refund } of newRefunds) {
      assert.ok(!this.refunds.some(({ refundId }) => refundId === refund.refundId), `${refund.refundId} is unique`);
      assert.match(refund.refundId, /^ecommpay-.{1,55}$/);
      const finished = finishedAt === undefined ? undefined : new Date(finishedAt);
      this.refunds.push({ ...refund, checks: 0, createdAt: new Date(createdAt), finishedAt: finished });
    }
    for (const { finishedAt, checkInMs: _, ...update } of refunds) {
      const at = this.refunds.findIndex(({ refundId }) => refundId === update.refundId);
      const before = this.refunds[at] ?? assert.fail(`refund ${update.refundId} is there`);
      this.refunds[at] = { ...before, ...update, ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt) }) };
    }
    if (transaction !== undefined) this.#settle(transaction);
    for (const event of events) {
      if (event.kind === 'conflict') this.conflicts.push(event.reason);
      else this.events.push(event.kind === 'status' || event.kind === 'refund' ? `${event.kind} ${event.status}` : event.kind);
    }
    if (mustAsk) this.asked++;
  }

  #settle({ insert, update, deliveries }: NonNullable<CashuFold['transaction']>): void {
    if (insert !== undefined) {
      assert.equal(this.transaction, undefined, 'there is one transaction');
      const { createdAt, receivedAt, ...rest } = insert;
      const times = { createdAt: new Date(createdAt), receivedAt: new Date(receivedAt) };
      this.transaction = { ...rest, ...times, id: '1', isCompleted: false, refundedSum: '0.00' };
    }
    assert.ok(this.transaction !== undefined, 'what is changed is there');
    this.transaction = { ...this.transaction, ...update };
    for (const { event, eventKey, bodyTail } of deliveries) {
      assert.ok(!this.#deliveries.has(`${event} ${eventKey}`), 'nothing is handed over twice');
      this.#deliveries.add(`${event} ${eventKey}`);
      this.told.push(`${event} ${/"amount":"([^"]+)"/.exec(bodyTail)?.[1]}`);
    }
  }

  /** Status, what was paid, what went back; the transaction. */
  get end(): string {
    const { status, review, paidSum, paidCurrency, refundedSum } = this.payment;
    const { transaction } = this;
    const paid = paidSum === undefined ? 'unpaid' : `${paidSum} ${paidCurrency} -${refundedSum}`;
    const made = transaction === undefined ? 'no transaction' : `${transaction.state} ${transaction.sum} -${transaction.refundedSum}`;
    return `${status}${review === undefined ? '' : ` (${review})`} ${paid}; ${made}`;
  }

  get state(): unknown {
    const { refunds, money } = this;
    return structuredClone({ refunds, money });
  }

  /** Without refunds that are pending or were refused. */
  get money(): unknown {
    const { payment, refunds, transaction, told } = this;
    return structuredClone({ payment, transaction, told, refunds: refunds.filter(({ status }) => status === 'success') });
  }
}

export function sum(units: number | undefined, currency: string): ReportedSum | undefined {
  return units === undefined ? undefined : { units: String(units), currency };
}

export function operation(type: string, status: string, more: Partial<ReportedOperation> = {}): ReportedOperation {
  return {
    ...{ type, status, id: undefined, requestId: undefined, merchantRefundId: undefined, sum: undefined },
    ...{ code: undefined, message: undefined, occurredAt: undefined, ...more },
  };
}

export function report(status: string | undefined, more: Partial<PaymentReport> = {}): PaymentReport {
  return {
    ...{ source: 'callback', paymentId: PAYMENT_ID, projectId: '112', status, sum: undefined },
    ...{ mayBeTriedAgain: false, operations: [], redirect: undefined, ...more },
  };
}

export interface Sale {
  readonly units?: number | undefined;
  readonly currency?: string;
  /** Status of the operation. */
  readonly operation?: string;
  readonly code?: string;
  readonly occurredAt?: number;
}

/** A callback about a sale, as ECommPay writes it. */
export function sale(status: string, { units = 1_000, currency = 'USD', operation: told = status, ...details }: Sale = {}): PaymentReport {
  const amount = sum(units, currency);
  return report(status, { sum: amount, operations: [operation('sale', told, { id: '1', sum: amount, ...details })] });
}

export type Refund = Partial<Omit<ReportedOperation, 'sum'>> & { readonly units?: number | undefined; readonly currency?: string };

export function refundOperation(status: string, { units, currency = 'USD', ...more }: Refund = {}): ReportedOperation {
  return operation('refund', status, { id: '2', sum: sum(units, currency), ...more });
}

/** A callback about a refund. What it says of the payment is not looked at. */
export function refund(status: string, details: Refund = {}): PaymentReport {
  return report(status === 'success' ? 'partially refunded' : 'success', {
    sum: sum(77, 'USD'),
    operations: [refundOperation(status, { units: 300, ...details })],
  });
}

/** The answer to a question. */
export function answer(status: string, operations: readonly ReportedOperation[], units?: number): PaymentReport {
  return report(status, { source: 'status', operations, sum: sum(units, 'USD') });
}

export const REDIRECT: RedirectData = {
  method: 'POST',
  url: 'https://example.cashu.com/pcashu.cgi',
  body: { Transaction_Code: 'test123' },
};
export const redirected: PaymentReport = report('awaiting redirect result', { redirect: REDIRECT });
