import type { Knex } from 'knex';
import { fromMinorUnits } from './minor-units.ts';

/** Money in one currency; the amount is decimal text. */
export interface Balance {
  readonly currency: string;
  readonly amount: string;
}

/** A change of a balance; refunds have negative minor units. */
export interface Entry {
  readonly webhookId: string;
  readonly account: string;
  readonly currency: string;
  readonly minor: number;
}

const ACCOUNTS = 'example_account';
const BALANCES = 'example_balance';
const ENTRIES = 'example_entry';

/** The shop's own accounts: whole minor units, and one entry for each webhook, ever. */
export class AccountBook {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  /** Creates what is not there. */
  async prepare(firstAccount: string): Promise<void> {
    await this.#ensureTable(ACCOUNTS, (table) => table.string('account').primary());
    await this.#ensureTable(BALANCES, (table) => {
      table.string('account').notNullable();
      table.string('currency', 3).notNullable();
      table.bigInteger('minor').notNullable();
      table.primary(['account', 'currency']);
    });
    await this.#ensureTable(ENTRIES, (table) => {
      table.string('webhook_id').primary();
      table.string('account').notNullable();
      table.string('currency', 3).notNullable();
      table.bigInteger('minor').notNullable();
      table.dateTime('created_at').notNullable();
    });
    await this.#database(ACCOUNTS).insert({ account: firstAccount }).onConflict('account').ignore();
  }

  async isKnown(account: string): Promise<boolean> {
    return (await this.#database(ACCOUNTS).where({ account }).first('account')) !== undefined;
  }

  async balances(account: string): Promise<readonly Balance[]> {
    const rows = await this.#database(BALANCES).where({ account }).orderBy('currency').select('currency', 'minor');
    return rows.map(({ currency, minor }) => ({ currency, amount: fromMinorUnits(Number(minor), currency) }));
  }

  /** Books an entry once: false when this webhook was booked before. */
  async book(entry: Entry): Promise<boolean> {
    // Not within the transaction: two that found the row there would both hold it shared and wait for each other (MySQL).
    await this.#database(BALANCES)
      .insert({ account: entry.account, currency: entry.currency, minor: 0 })
      .onConflict(['account', 'currency'])
      .ignore();
    try {
      await this.#database.transaction((transaction) => this.#write(transaction, entry));
      return true;
    } catch (error) {
      // A repeat ends at the primary key, and nothing of it is left; so does a second copy at the same moment.
      const known = await this.#database(ENTRIES).where({ webhook_id: entry.webhookId }).first('webhook_id');
      if (known === undefined) throw error;
      return false;
    }
  }

  async #write(transaction: Knex.Transaction, { webhookId, account, currency, minor }: Entry): Promise<void> {
    await transaction(ENTRIES).insert({ webhook_id: webhookId, account, currency, minor, created_at: new Date() });
    await transaction(BALANCES).where({ account, currency }).increment('minor', minor);
  }

  /** Two processes may start at once: the one that comes second finds the table there. */
  async #ensureTable(name: string, define: (table: Knex.CreateTableBuilder) => void): Promise<void> {
    const isThere = async () => await this.#database.schema.hasTable(name);
    if (await isThere()) return;
    await this.#database.schema.createTable(name, define).catch(async (error: unknown) => {
      if (!(await isThere())) throw error;
    });
  }
}
