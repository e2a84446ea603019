import type { Knex } from 'knex';

/** The kinds of column in which the databases differ, for one database. */
export interface ColumnKinds {
  readonly isMysql: boolean;
  readonly isSqlite: boolean;
  /** A moment in UTC, to the millisecond. */
  moment(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder;
  /** When a delivery is due: a number in SQLite, which has no clock that processes share. */
  due(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder;
  /** Exact decimal; four places hold every currency. */
  money(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder;
  /** Text of any length. */
  text(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder;
  json(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder;
  flag(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder;
}

export function columnKinds(knex: Knex): ColumnKinds {
  const driver = String(knex.client.driverName);
  const isMysql = driver === 'mysql2';
  const isSqlite = driver === 'better-sqlite3';
  const type = (mysql: string, postgres: string, sqlite: string): string => (isMysql ? mysql : isSqlite ? sqlite : postgres);
  const column = (name: string) => (table: Knex.CreateTableBuilder, columnName: string) => table.specificType(columnName, name);
  return {
    isMysql,
    isSqlite,
    moment: column(type('datetime(3)', 'timestamptz(3)', 'text')),
    due: column(type('datetime(3)', 'timestamptz(3)', 'integer')),
    money: column('decimal(19,4)'),
    text: column(type('mediumtext', 'text', 'text')),
    json: column(type('json', 'json', 'text')),
    flag: column('smallint'),
  };
}
