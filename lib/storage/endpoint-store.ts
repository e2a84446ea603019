import type { DatabaseGate } from './database-gate.ts';
import type { Database } from './open-database.ts';

const TABLE = 'cloudpayments_endpoint';

/** What all instances know of the merchant's back-end. */
export interface EndpointState {
  /** Failures in a row. */
  readonly failures: number;
  /** Open: it is down, single probes are sent. */
  readonly isOpen: boolean;
}

/** Owns the row that the instances share about one endpoint. */
export class EndpointStore {
  readonly #database: Database;
  readonly #gate: DatabaseGate;
  readonly #name: string;

  constructor(database: Database, gate: DatabaseGate, name: string) {
    this.#database = database;
    this.#gate = gate;
    this.#name = name;
  }

  async read(): Promise<EndpointState> {
    const { knex } = this.#database;
    const row = await this.#gate.run(() => knex(TABLE).where({ name: this.#name }).first('failures', 'is_open'));
    return { failures: Number(row?.failures ?? 0), isOpen: Number(row?.is_open ?? 0) === 1 };
  }

  /** Adds failures; opens at `threshold` with the first probe after `probeDelayMs`. `hasOpened` for the call that did so. */
  async addFailures(count: number, threshold: number, probeDelayMs: number): Promise<EndpointState & { readonly hasOpened: boolean }> {
    const { knex, dialect } = this.#database;
    const hasOpened = await this.#gate.run(async () => {
      await knex(TABLE).insert({ name: this.#name }).onConflict('name').ignore();
      await knex(TABLE).where({ name: this.#name }).increment('failures', count);
      const opened = await knex(TABLE)
        .where({ name: this.#name, is_open: 0 })
        .where('failures', '>=', threshold)
        .update({ is_open: 1, probes: 0, probe_at: dialect.dueIn(knex, probeDelayMs, Date.now()) });
      return opened === 1;
    });
    return { ...(await this.read()), hasOpened };
  }

  /** True for the one call, of all instances, that may send the next probe. */
  async takeProbe(delayAfter: (probes: number) => number): Promise<boolean> {
    const { knex, dialect } = this.#database;
    return await this.#gate.run(async () => {
      const row = await knex(TABLE)
        .where({ name: this.#name, is_open: 1 })
        .where('probe_at', '<=', dialect.dueIn(knex, 0, Date.now()))
        .first('probes');
      if (row === undefined) return false;
      const taken = await knex(TABLE)
        .where({ name: this.#name, is_open: 1, probes: row.probes })
        .update({ probes: Number(row.probes) + 1, probe_at: dialect.dueIn(knex, delayAfter(Number(row.probes)), Date.now()) });
      return taken === 1;
    });
  }

  /** Forgets the failures. True for the call that closed an open one. */
  async close(): Promise<boolean> {
    const { knex } = this.#database;
    return await this.#gate.run(async () => {
      const closed = await knex(TABLE).where({ name: this.#name, is_open: 1 }).update({ is_open: 0, failures: 0, probes: 0 });
      if (closed === 0) await knex(TABLE).where({ name: this.#name }).where('failures', '>', 0).update({ failures: 0 });
      return closed === 1;
    });
  }
}
