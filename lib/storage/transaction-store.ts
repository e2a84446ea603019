import type { Knex } from 'knex';
import type { Transaction } from '../domain/transaction.ts';
import type { DatabaseGate } from './database-gate.ts';
import type { Database } from './open-database.ts';
import { readTransaction, transactionColumns } from './transaction-columns.ts';

const TABLE = 'cloudpayments_transaction';

/** Which transactions `list` gives. */
export interface TransactionFilter {
  readonly limit: number;
  readonly beforeId?: string | undefined;
  readonly account?: string | undefined;
  readonly inReview?: boolean | undefined;
}

/** Reads `cloudpayments_transaction`. */
export class TransactionStore {
  readonly #database: Database;
  readonly #gate: DatabaseGate;

  constructor(database: Database, gate: DatabaseGate) {
    this.#database = database;
    this.#gate = gate;
  }

  async get(id: string): Promise<Transaction | undefined> {
    return await this.#first({ id });
  }

  async find(provider: string, code: string): Promise<Transaction | undefined> {
    return await this.#first({ provider, code });
  }

  async findByReference(reference: string): Promise<Transaction | undefined> {
    return await this.#first({ reference });
  }

  /** Newest first. */
  async list({ limit, beforeId, account, inReview }: TransactionFilter): Promise<readonly Transaction[]> {
    const query = this.#select().orderBy('id', 'desc').limit(limit);
    if (beforeId !== undefined) query.where('id', '<', beforeId);
    if (account !== undefined) query.where({ account });
    if (inReview === true) query.whereNotNull('review');
    if (inReview === false) query.whereNull('review');
    const rows = await this.#gate.run(async () => await query);
    return rows.map(readTransaction);
  }

  async isOrderPaid(orderId: string): Promise<boolean> {
    const { knex } = this.#database;
    return (await this.#gate.run(() => knex('cloudpayments_paid_order').where({ order_id: orderId }).first('order_id'))) !== undefined;
  }

  async #first(where: Readonly<Record<string, string>>): Promise<Transaction | undefined> {
    const row = await this.#gate.run(() => this.#select().where(where).first());
    return row === undefined ? undefined : readTransaction(row);
  }

  #select(): Knex.QueryBuilder {
    const { knex, dialect } = this.#database;
    return knex(TABLE).select(transactionColumns(knex, dialect));
  }
}
