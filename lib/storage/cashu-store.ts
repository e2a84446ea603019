import type { CashuStatus } from '../domain/cashu-payment.ts';
import { newPaymentColumns, paymentColumns, paymentUpdateColumns, readPayment, readRefund, refundColumns } from './cashu-columns.ts';
import type { CashuPaymentRow, CashuRefundRow, NewCashuPayment } from './cashu-rows.ts';
import type { DatabaseGate } from './database-gate.ts';
import type { Database } from './open-database.ts';

const PAYMENTS = 'cloudpayments_cashu_payment';
const REFUNDS = 'cloudpayments_cashu_refund';
const PART = 500;

/** Which payments `list` gives. */
export interface CashuFilter {
  readonly limit: number;
  /** Only payments that were created before this one. */
  readonly beforePaymentId?: string | undefined;
  readonly status?: CashuStatus | undefined;
  readonly account?: string | undefined;
}

/** An interval of time; `to` is not part of it. Milliseconds since the epoch. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Owns the tables of CashU payments and refunds; what changes them under a lock is `settleCashu`. */
export class CashuStore {
  readonly #database: Database;
  readonly #gate: DatabaseGate;

  constructor(database: Database, gate: DatabaseGate) {
    this.#database = database;
    this.#gate = gate;
  }

  /** Durable when it resolves. */
  async insert(payment: NewCashuPayment, checkInMs: number): Promise<void> {
    const { knex, dialect } = this.#database;
    await this.#run(() =>
      knex(PAYMENTS).insert({ ...newPaymentColumns(payment, this.#database), check_at: dialect.dueIn(knex, checkInMs, Date.now()) }),
    );
  }

  async find(paymentId: string): Promise<CashuPaymentRow | undefined> {
    const { knex } = this.#database;
    const row = await this.#run(() => knex(PAYMENTS).where({ payment_id: paymentId }).first(paymentColumns(this.#database)));
    return row === undefined ? undefined : readPayment(row);
  }

  async findAll(paymentIds: readonly string[]): Promise<readonly CashuPaymentRow[]> {
    const { knex } = this.#database;
    const rows = await this.#inParts(paymentIds, (ids) => knex(PAYMENTS).whereIn('payment_id', ids).select(paymentColumns(this.#database)));
    return rows.map(readPayment);
  }

  /** Oldest first, within each payment. */
  async refundsOf(paymentIds: readonly string[]): Promise<readonly CashuRefundRow[]> {
    const { knex } = this.#database;
    const rows = await this.#inParts(paymentIds, (ids) =>
      knex(REFUNDS).whereIn('payment_id', ids).orderBy('id').select(refundColumns(this.#database)),
    );
    return rows.map(readRefund);
  }

  async findRefund(refundId: string): Promise<CashuRefundRow | undefined> {
    const { knex } = this.#database;
    const row = await this.#run(() => knex(REFUNDS).where({ refund_id: refundId }).first(refundColumns(this.#database)));
    return row === undefined ? undefined : readRefund(row);
  }

  /** Newest first. */
  async list({ limit, beforePaymentId, status, account }: CashuFilter): Promise<readonly CashuPaymentRow[]> {
    const { knex } = this.#database;
    const query = knex(PAYMENTS).orderBy('id', 'desc').limit(limit).select(paymentColumns(this.#database));
    if (beforePaymentId !== undefined) query.where('id', '<', knex(PAYMENTS).where({ payment_id: beforePaymentId }).select('id'));
    if (status !== undefined) query.where({ status });
    if (account !== undefined) query.where({ account });
    const rows = await this.#run(async () => await query);
    return rows.map(readPayment);
  }

  /** Payments by the time of the operation that paid them. */
  async paidWithin({ from, to }: Interval): Promise<readonly CashuPaymentRow[]> {
    const { knex, dialect } = this.#database;
    const rows = await this.#run(
      async () =>
        await knex(PAYMENTS)
          .where('paid_at', '>=', dialect.time(from))
          .where('paid_at', '<', dialect.time(to))
          .orderBy('id')
          .select(paymentColumns(this.#database)),
    );
    return rows.map(readPayment);
  }

  /** Refunds that succeeded, by the time at which they did. */
  async refundedWithin({ from, to }: Interval): Promise<readonly CashuRefundRow[]> {
    const { knex, dialect } = this.#database;
    const rows = await this.#run(
      async () =>
        await knex(REFUNDS)
          .where({ status: 'success' })
          .where('finished_at', '>=', dialect.time(from))
          .where('finished_at', '<', dialect.time(to))
          .orderBy('id')
          .select(refundColumns(this.#database)),
    );
    return rows.map(readRefund);
  }

  /** Payments that are due to be asked about; for so long no other instance looks after them. */
  async claimPayments(limit: number, leaseMs: number): Promise<readonly CashuPaymentRow[]> {
    const rows = await this.#claim(PAYMENTS, limit, leaseMs);
    const claimed = await Promise.all(rows.map((row) => this.find(String(row.payment_id))));
    return claimed.filter((row) => row !== undefined);
  }

  /** Refunds that are due to be looked after. */
  async claimRefunds(limit: number, leaseMs: number): Promise<readonly CashuRefundRow[]> {
    const rows = await this.#claim(REFUNDS, limit, leaseMs);
    const claimed = await Promise.all(rows.map((row) => this.findRefund(String(row.refund_id))));
    return claimed.filter((row) => row !== undefined);
  }

  /**
   * When a payment is to be asked about again of which nothing was heard, unless it has become due meanwhile. Also if it has ended
   * meanwhile: what the question was for need not have been that end.
   */
  async checkPaymentIn(paymentId: string, checkInMs: number): Promise<void> {
    const columns = paymentUpdateColumns({ checkInMs }, this.#database);
    await this.#run(() => this.#database.knex(PAYMENTS).where({ payment_id: paymentId }).update(columns));
  }

  /** The payment is to be asked about at once, whatever its state. */
  async checkPaymentNow(paymentId: string): Promise<void> {
    const { knex, dialect } = this.#database;
    const now = { check_at: dialect.dueIn(knex, 0, Date.now()), questions: knex.raw('questions + 1') };
    await this.#run(() => knex(PAYMENTS).where({ payment_id: paymentId }).update(now));
  }

  /** When a refund that is still pending is to be looked after next. */
  async checkRefundIn(refundId: string, checkInMs: number): Promise<void> {
    const { knex, dialect } = this.#database;
    await this.#run(() =>
      knex(REFUNDS)
        .where({ refund_id: refundId, status: 'pending' })
        .update({ check_at: dialect.dueIn(knex, checkInMs, Date.now()) }),
    );
  }

  /**
   * Moving the due time forward is the lease: who dies leaves a row that becomes due by itself. `checks` tells whether another instance was
   * faster; no fence is needed after that, since asking twice harms nobody and a refund has a number of its own.
   */
  async #claim(table: string, limit: number, leaseMs: number): Promise<readonly { payment_id: unknown; refund_id: unknown }[]> {
    const { knex, dialect } = this.#database;
    const now = Date.now();
    const due = await this.#run(
      async () =>
        await knex(table)
          .where('check_at', '<=', dialect.dueIn(knex, 0, now))
          .orderBy('check_at')
          .limit(limit)
          .select('*'),
    );
    const mine = await Promise.all(
      due.map(async (row) => {
        const lease = { check_at: dialect.dueIn(knex, leaseMs, now), checks: Number(row.checks) + 1 };
        const changed = await this.#run(() => knex(table).where({ id: row.id, checks: row.checks }).whereNotNull('check_at').update(lease));
        return changed === 1 ? [row] : [];
      }),
    );
    return mine.flat();
  }

  /** Statements have a bound on their parameters. */
  async #inParts<Row>(ids: readonly string[], read: (part: readonly string[]) => PromiseLike<readonly Row[]>): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let at = 0; at < ids.length; at += PART) rows.push(...(await this.#run(async () => await read(ids.slice(at, at + PART)))));
    return rows;
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    return await this.#gate.run(work);
  }
}
