import type { CashuStatus } from '../domain/cashu-payment.ts';
import { currencyDecimals } from '../domain/currencies.ts';
import { addAmounts, compareAmounts, isPositive } from '../domain/money.ts';
import type { NewTransaction, Transaction, TransactionState } from '../domain/transaction.ts';
import { fromMinorUnits, judgeOperation, type ReportedOperation } from '../providers/ecommpay/index.ts';
import type { CashuPaymentUpdate, CashuRecord, CashuRefundRow, CashuRefundUpdate, NewCashuRefund } from '../storage/cashu-rows.ts';
import type { NewDelivery } from '../storage/rows.ts';
import type { CashuEvent, CashuFoldRules } from './cashu-fold.ts';
import { findCashuRefund, foreignRefundId, isOfAnother } from './find-cashu-refund.ts';
import { refundDelivery } from './plan-delivery.ts';

interface Paid {
  readonly amount: string;
  readonly currency: string;
}

/** A refund that succeeded just now. */
interface Done {
  readonly refundId: string;
  readonly amount: string;
  readonly occurredAt: number;
}

/** What refunds make of the payment and of its transaction. */
export interface RefundsFolded {
  readonly newRefunds: readonly NewCashuRefund[];
  readonly refunds: readonly CashuRefundUpdate[];
  readonly payment: CashuPaymentUpdate;
  readonly transaction: { readonly refundedSum: string; readonly state: TransactionState } | undefined;
  readonly deliveries: readonly NewDelivery[];
  readonly events: readonly CashuEvent[];
}

/** The part of the fold that is about money going back. Refunds are judged by their operation alone, never by payment status or code. */
export class CashuRefundFold {
  readonly #rules: CashuFoldRules;
  readonly #newRefunds: NewCashuRefund[] = [];
  readonly #updates = new Map<string, CashuRefundUpdate>();
  readonly #known: CashuRefundRow[];
  readonly #done: Done[] = [];
  readonly #events: CashuEvent[] = [];
  readonly #paymentId: string;
  #refundedSum: string;
  #paidAmount: string | undefined;

  constructor({ payment, refunds }: CashuRecord, rules: CashuFoldRules) {
    this.#rules = rules;
    this.#known = [...refunds];
    this.#paymentId = payment.paymentId;
    this.#refundedSum = payment.refundedSum;
  }

  /** False when it cannot be told which refund is meant, or of how much. */
  apply(operation: ReportedOperation, paid: Paid): boolean {
    this.#paidAmount = paid.amount;
    const amount = operation.sum && fromMinorUnits(operation.sum.units, currencyDecimals(this.#rules.currencies, operation.sum.currency));
    const isUsable = amount !== undefined && isPositive(amount) && operation.sum?.currency === paid.currency;
    if (operation.sum !== undefined && !isUsable) {
      this.#conflict('a refund is told of in another currency, or without a sum that can be read');
      return true;
    }
    const verdict = judgeOperation(operation.status);
    const found = findCashuRefund(this.#known, operation, amount);
    const isTaken = found?.status === 'success' && verdict === 'done' && isOfAnother(found, operation);
    if (isTaken) this.#conflict(`refund ${found.refundId} was operation ${found.operationId}, and is said to be ${operation.id} as well`);
    if (found !== undefined && !isTaken) this.#change(found, { operation, amount: amount ?? found.amount, verdict });
    else if (amount === undefined || (operation.id ?? operation.requestId) === undefined) return false;
    else this.#takeIn(operation, amount, verdict);
    return true;
  }

  finish({ status, transaction }: { status: CashuStatus; transaction: NewTransaction | Transaction | undefined }): RefundsFolded {
    const isFull = this.#paidAmount !== undefined && compareAmounts(this.#refundedSum, this.#paidAmount) >= 0;
    const hasMoved = this.#done.length > 0;
    // A review is ended by a person, or by there being nothing left.
    const next: CashuStatus = isFull ? 'refunded' : status === 'review' ? 'review' : 'partially_refunded';
    if (hasMoved && next !== status) this.#events.push({ kind: 'status', status: next, operationCode: undefined });
    return {
      newRefunds: this.#newRefunds.map((refund) => ({ ...refund, ...changed(this.#updates.get(refund.refundId)) })),
      refunds: [...this.#updates.values()].filter(({ refundId }) => !this.#newRefunds.some((refund) => refund.refundId === refundId)),
      payment: hasMoved ? { refundedSum: this.#refundedSum, status: next } : {},
      transaction:
        hasMoved && transaction !== undefined
          ? { refundedSum: this.#refundedSum, state: isFull ? 'refunded' : 'partially_refunded' }
          : undefined,
      deliveries: transaction === undefined ? [] : this.#done.flatMap((done) => this.#deliveryOf(done, transaction)),
      events: this.#events,
    };
  }

  #deliveryOf({ refundId, amount, occurredAt }: Done, transaction: NewTransaction | Transaction): readonly NewDelivery[] {
    const told = { ...transaction, createdAt: Number(transaction.createdAt) };
    const delivery = refundDelivery(told, { code: refundId, amount, createdAt: occurredAt }, this.#rules.plan);
    return delivery === undefined ? [] : [delivery];
  }

  /** A refund that was not started here. */
  #takeIn(operation: ReportedOperation, amount: string, verdict: 'done' | 'refused' | 'pending'): void {
    const { id, requestId, code, message, occurredAt = this.#rules.now } = operation;
    const refund: NewCashuRefund = {
      refundId: foreignRefundId(this.#known, operation, this.#paymentId),
      paymentId: this.#paymentId,
      ...{ amount, status: 'pending', description: '', isOurs: false, isAccepted: true, requestId, operationId: id },
      ...{ operationCode: code, operationMessage: message, createdAt: occurredAt, finishedAt: undefined },
      checkInMs: REFUND_CHECK_MS,
    };
    this.#newRefunds.push(refund);
    const row: CashuRefundRow = { ...refund, checks: 0, createdAt: new Date(refund.createdAt), finishedAt: undefined };
    this.#known.push(row);
    this.#change(row, { operation, amount, verdict });
  }

  #change(
    refund: CashuRefundRow,
    { operation, amount, verdict }: { operation: ReportedOperation; amount: string; verdict: 'done' | 'refused' | 'pending' },
  ): void {
    const { id, requestId, code, message, occurredAt = this.#rules.now } = operation;
    const identity = {
      refundId: refund.refundId,
      isAccepted: true,
      operationId: id ?? refund.operationId,
      requestId: requestId ?? refund.requestId,
    };
    if (refund.status === 'success' || (refund.status === 'decline' && verdict !== 'done')) {
      if (refund.status === 'success' && verdict === 'refused')
        this.#conflict(`refund ${refund.refundId} succeeded, and is said to be declined`);
      return;
    }
    if (verdict === 'pending') {
      this.#remember(refund, identity);
      return;
    }
    const ending = { operationCode: code ?? '', operationMessage: message ?? '', finishedAt: occurredAt, checkInMs: null } as const;
    this.#remember(refund, { ...identity, ...ending, amount, status: verdict === 'done' ? 'success' : 'decline' });
    if (verdict === 'done') this.#move({ refundId: refund.refundId, amount, occurredAt });
    else this.#events.push({ kind: 'refund', refundId: refund.refundId, amount, status: 'decline' });
  }

  /** What exceeds the paid sum is kept with its refund, and counted nowhere. */
  #move(done: Done): void {
    const sum = addAmounts(this.#refundedSum, done.amount);
    if (this.#paidAmount !== undefined && compareAmounts(sum, this.#paidAmount) > 0) {
      this.#conflict(`refund ${done.refundId}: more was refunded than paid`);
      return;
    }
    this.#refundedSum = sum;
    this.#done.push(done);
    this.#events.push({ kind: 'refund', refundId: done.refundId, amount: done.amount, status: 'success' });
  }

  #remember(refund: CashuRefundRow, update: CashuRefundUpdate): void {
    this.#updates.set(refund.refundId, update);
    const at = this.#known.findIndex(({ refundId }) => refundId === refund.refundId);
    this.#known[at] = { ...refund, operationId: update.operationId, requestId: update.requestId, status: update.status ?? refund.status };
  }

  #conflict(reason: string): void {
    this.#events.push({ kind: 'conflict', reason });
  }
}

const REFUND_CHECK_MS = 60_000;

/** The members of an update that a new row has too. */
function changed(update: CashuRefundUpdate | undefined): Partial<NewCashuRefund> {
  if (update === undefined) return {};
  const { checkInMs, ...rest } = update;
  return { ...rest, ...(checkInMs === null && { checkInMs: undefined }) } as Partial<NewCashuRefund>;
}
