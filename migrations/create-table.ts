import type { Knex } from 'knex';
import { columnKinds } from './columns.ts';

/** MySQL commits each statement by itself: what an interrupted run has made already is left as it is. */
export async function createTable(knex: Knex, name: string, define: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  const { isMysql } = columnKinds(knex);
  if (isMysql && (await knex.schema.hasTable(name))) return;
  const collation = isMysql ? await exactCollation(knex) : '';
  await knex.schema.createTable(name, (table) => {
    define(table);
    if (isMysql) {
      table.charset('utf8mb4');
      table.collate(collation);
      table.engine('InnoDB');
    }
  });
}

/** Compares byte for byte, also the spaces at the end, which the plain binary collation leaves out: an account is not another's. */
async function exactCollation(knex: Knex): Promise<string> {
  const [[row]] = await knex.raw('SELECT VERSION() AS version');
  return /mariadb/i.test(String(row.version)) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

/** An index that is there already, on MySQL, was made by an interrupted run. */
export async function createIndex(knex: Knex, statement: string): Promise<void> {
  try {
    await knex.raw(statement);
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, 'code') === 'ER_DUP_KEYNAME')) throw error;
  }
}
