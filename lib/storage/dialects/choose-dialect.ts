import { OptionsError } from '../../domain/errors.ts';
import type { Dialect } from './dialect.ts';
import { mysqlDialect } from './mysql.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';

/** The dialect of a Knex driver name. Throws `OptionsError`. */
export function chooseDialect(driverName: string): Dialect {
  switch (driverName) {
    case 'better-sqlite3':
      return sqliteDialect;
    case 'pg':
      return postgresDialect;
    case 'mysql2':
      return mysqlDialect;
    default:
      throw new OptionsError(
        'ERR_PAYMENTS_UNSUPPORTED_DATABASE',
        `Knex driver "${driverName}" is not supported. Use "better-sqlite3", "pg" or "mysql2" as Knex client.`,
      );
  }
}
