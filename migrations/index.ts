import type { Knex } from 'knex';
import * as tables from './0001-tables.ts';
import * as cashu from './0002-cashu.ts';

interface Migration {
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
  readonly down: (knex: Knex) => Promise<void>;
}

const MIGRATIONS: readonly Migration[] = [
  { name: '0001-tables', up: tables.up, down: tables.down },
  { name: '0002-cashu', up: cashu.up, down: cashu.down },
];

/**
 * Migrations by name and not by file: Knex would record `.ts` in development and `.js` in the package, and take the other for a corrupt folder.
 */
export const migrationSource: Knex.MigrationSource<Migration> = {
  async getMigrations(): Promise<Migration[]> {
    return [...MIGRATIONS];
  },
  getMigrationName(migration: Migration): string {
    return migration.name;
  },
  async getMigration(migration: Migration): Promise<Knex.Migration> {
    return { up: migration.up, down: migration.down };
  },
};
