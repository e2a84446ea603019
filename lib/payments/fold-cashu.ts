import { type CashuStatus, isOpen, isPaid } from '../domain/cashu-payment.ts';
import type { NewTransaction, ReviewReason } from '../domain/transaction.ts';
import { isRefund, judgePayment, type PaymentReport, type ReportedOperation } from '../providers/ecommpay/index.ts';
import type { CashuPaymentUpdate, CashuRecord } from '../storage/cashu-rows.ts';
import { assessSale, type SaleAssessment, saleOperation } from './assess-sale.ts';
import type { CashuEvent, CashuFold, CashuFoldRules } from './cashu-fold.ts';
import { cashuTransaction } from './cashu-transaction.ts';
import { CashuRefundFold } from './fold-cashu-refunds.ts';
import { remainingDelivery } from './plan-delivery.ts';

/**
 * Works out what ECommPay's word makes of a payment and its refunds. Pure; words that come again or late change nothing, and nothing goes
 * back from a final state but where money says so.
 */
export function foldReport(record: CashuRecord, report: PaymentReport, rules: CashuFoldRules): CashuFold {
  const folding = new CashuFolding(record, report, rules);
  const refunds = report.operations.filter(isRefund);
  if (report.source === 'status' || refunds.length === 0) folding.sale();
  folding.refunds(refunds);
  return folding.finish();
}

class CashuFolding {
  readonly #record: CashuRecord;
  readonly #report: PaymentReport;
  readonly #rules: CashuFoldRules;
  readonly #events: CashuEvent[] = [];
  readonly #refundFold: CashuRefundFold;
  #update: CashuPaymentUpdate = {};
  #insert: NewTransaction | undefined;
  #paidOrder: string | undefined;
  #mustAsk = false;

  constructor(record: CashuRecord, report: PaymentReport, rules: CashuFoldRules) {
    this.#record = record;
    this.#report = report;
    this.#rules = rules;
    this.#refundFold = new CashuRefundFold(record, rules);
  }

  get #status(): CashuStatus {
    return this.#update.status ?? this.#record.payment.status;
  }

  sale(): void {
    const { status, mayBeTriedAgain, redirect } = this.#report;
    if (!this.#record.payment.isKnown) this.#update = { ...this.#update, isKnown: true };
    const verdict = judgePayment(status);
    if (verdict === 'paid' || (verdict === 'returned' && this.#report.source === 'status')) this.#paid();
    else if (verdict === 'declined' && !mayBeTriedAgain) this.#declined();
    else this.#pending(verdict !== 'pending' && redirect === undefined);
  }

  refunds(operations: readonly ReportedOperation[]): void {
    const isSaleKnown = isPaid({ status: this.#status });
    // The sale's own callback may still be on its way; the answer to a question tells of both.
    if (operations.length > 0 && !isSaleKnown) {
      this.#ask();
      return;
    }
    for (const operation of operations) if (!this.#refundFold.apply(operation, this.#paidSum())) this.#ask();
  }

  finish(): CashuFold {
    const refunds = this.#refundFold.finish({ status: this.#status, transaction: this.#insert ?? this.#record.transaction });
    const update = { ...this.#update, ...refunds.payment };
    const insert = this.#insert;
    const delivery = insert && remainingDelivery(insert, update.refundedSum ?? '0.00', this.#rules.plan);
    const hasEnded = update.status !== undefined && !isOpen({ status: update.status });
    return {
      payment: { ...update, ...this.#nextCheck(hasEnded) },
      newRefunds: refunds.newRefunds,
      refunds: refunds.refunds,
      transaction:
        ((insert !== undefined || refunds.transaction !== undefined) && {
          insert,
          update: refunds.transaction,
          deliveries: [...(delivery === undefined ? [] : [delivery]), ...refunds.deliveries],
          isCompleted: insert !== undefined && delivery === undefined,
          paidOrder: this.#paidOrder,
          applied: new Map(),
        }) ||
        undefined,
      events: [...this.#events, ...refunds.events],
      mustAsk: this.#mustAsk,
    };
  }

  /** A question that is still open must outlive the result. */
  #nextCheck(hasEnded: boolean): CashuPaymentUpdate {
    const { questions } = this.#record.payment;
    if (this.#mustAsk) return { checkInMs: 0, questions: questions + 1 };
    return hasEnded && questions === 0 ? { checkInMs: null } : {};
  }

  #paid(): void {
    const { payment, isOrderPaid } = this.#record;
    const assessment = assessSale(this.#report, payment, this.#rules.currencies);
    if (isPaid(payment)) this.#compareWithKnown(assessment);
    else if (assessment.kind === 'unclear') this.#ask();
    else {
      if (payment.status === 'decline') this.#conflict('a payment that was declined before was paid after all');
      if (assessment.kind === 'mismatch') this.#review(assessment.reason, assessment);
      else if (isOrderPaid) this.#review('order_already_paid', { paidSum: payment.sum, paidCurrency: payment.currency });
      else this.#succeed();
    }
  }

  #compareWithKnown(assessment: SaleAssessment): void {
    const { payment } = this.#record;
    if (assessment.kind === 'unclear') {
      const isSilent =
        judgePayment(this.#report.status) === 'returned' && payment.refundedSum === '0.00' && !this.#report.operations.some(isRefund);
      if (isSilent) this.#conflict('money is said to have gone back, and no refund is told of');
      return;
    }
    const { paidSum, paidCurrency } =
      assessment.kind === 'mismatch' ? assessment : { paidSum: payment.sum, paidCurrency: payment.currency };
    if (paidSum !== payment.paidSum || paidCurrency !== payment.paidCurrency)
      this.#conflict('a payment that is known was told of again with another sum');
  }

  #succeed(): void {
    const { payment } = this.#record;
    const { sum, currency } = payment;
    const { now } = this.#rules;
    const paidAt = saleOperation(this.#report)?.occurredAt ?? now;
    this.#become('success', { paidSum: sum, paidCurrency: currency, paidAt });
    this.#insert = cashuTransaction(payment, { sum, currency, at: paidAt, receivedAt: now });
    this.#paidOrder = payment.orderId;
    this.#events.push({ kind: 'payment', transaction: this.#insert });
  }

  /** Money came, but not what was ordered, or for an order that is paid already. */
  #review(reason: ReviewReason, { paidSum, paidCurrency }: { readonly paidSum: string; readonly paidCurrency: string }): void {
    const paidAt = saleOperation(this.#report)?.occurredAt ?? this.#rules.now;
    this.#become('review', { review: reason, paidSum, paidCurrency, paidAt });
    this.#events.push({ kind: 'review', reason });
  }

  #declined(): void {
    const { payment } = this.#record;
    if (isPaid(payment)) {
      this.#conflict('a payment that was paid is said to be declined');
      return;
    }
    if (payment.status !== 'decline') this.#become('decline');
  }

  #pending(isUnclear: boolean): void {
    const { payment } = this.#record;
    const { redirect, source, status } = this.#report;
    const isReturned = judgePayment(status) === 'returned';
    // Money went back, and no operation says how much.
    if (isReturned) this.#ask();
    if (isPaid(payment)) {
      // The answer to a question may be older than what a callback has told meanwhile.
      if (!isReturned && source === 'callback' && !this.#isRefundUnderWay())
        this.#conflict(`a payment that was paid is said to be "${status ?? ''}"`);
      return;
    }
    // ECommPay is at work on what was given up: its last word must not be missed.
    if (payment.status === 'expired' && source === 'callback') this.#ask();
    if (!isOpen(payment)) return;
    if (redirect !== undefined) this.#update = { ...this.#update, redirect: JSON.stringify(redirect) };
    const next = redirect !== undefined || payment.status === 'redirect' ? 'redirect' : 'pending';
    if (payment.status !== next) this.#become(next);
    if (isUnclear && source === 'callback') this.#ask();
  }

  /** Then the payment itself may be said to be under way. */
  #isRefundUnderWay(): boolean {
    return this.#report.operations.some(isRefund) || this.#record.refunds.some(({ status }) => status === 'pending');
  }

  #become(status: CashuStatus, more: CashuPaymentUpdate = {}): void {
    const { code, message = '' } = isOpen({ status }) ? {} : (saleOperation(this.#report) ?? {});
    this.#update = { ...this.#update, ...more, status, ...(code !== undefined && { operationCode: code, operationMessage: message }) };
    this.#events.push({ kind: 'status', status, operationCode: code });
  }

  #paidSum(): { readonly amount: string; readonly currency: string } {
    const { payment } = this.#record;
    return {
      amount: this.#update.paidSum ?? payment.paidSum ?? payment.sum,
      currency: this.#update.paidCurrency ?? payment.paidCurrency ?? payment.currency,
    };
  }

  #conflict(reason: string): void {
    this.#events.push({ kind: 'conflict', reason });
  }

  #ask(): void {
    if (this.#report.source === 'callback') this.#mustAsk = true;
    else this.#conflict('ECommPay’s answer contradicts itself');
  }
}
