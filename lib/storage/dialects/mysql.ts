import type { Knex } from 'knex';
import { formatUtcMs } from '../../domain/format-utc.ts';
import { type ClaimedDelivery, type ClaimRequest, SUSPECT_AFTER_LOST_LEASES } from '../rows.ts';
import { errorCode, isConnectionFault } from './connection-faults.ts';
import type { Dialect } from './dialect.ts';
import { complete } from './mysql-complete.ts';
import { recordBatch } from './mysql-record.ts';

const MIGRATION_LOCK = 'express_cloudpayments_migrations';
const MIGRATION_LOCK_SECONDS = 120;

/** Deadlock, lock wait, and MariaDB's "record has changed since last read". */
const TRANSIENT = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'ER_DUP_ENTRY']);
const UNAVAILABLE = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_RECORD_FILE_FULL',
  'ER_DISK_FULL',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_CANT_LOCK',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
]);

const PICK = {
  due: 'status = 0 AND due_at <= UTC_TIMESTAMP(3) AND lost_leases < ? ORDER BY due_at, id',
  suspect: 'status = 0 AND due_at <= UTC_TIMESTAMP(3) AND lost_leases >= ? ORDER BY due_at, id',
  probe: 'status = 0 AND (lease IS NULL OR due_at <= UTC_TIMESTAMP(3)) AND ? > 0 ORDER BY failures, due_at, id',
} as const;

export const mysqlDialect: Dialect = {
  name: 'mysql',

  recordBatch,

  async claim(knex: Knex, request: ClaimRequest): Promise<readonly ClaimedDelivery[]> {
    const { limit, lease, leaseMs, kind } = request;
    const [result] = await knex.raw(
      `UPDATE cloudpayments_delivery
          SET lost_leases = lost_leases + (lease IS NOT NULL), lease = ?, claims = claims + 1, due_at = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND
        WHERE ${PICK[kind]} LIMIT ?`,
      [lease, leaseMs * 1000, SUSPECT_AFTER_LOST_LEASES, limit],
    );
    if (result.affectedRows === 0) return [];
    const rows = await knex('cloudpayments_delivery as d')
      .join('cloudpayments_delivery_body as b', 'b.delivery_id', 'd.id')
      .where('d.lease', lease)
      .select('d.id', 'd.transaction_id', 'd.event', 'd.failures', 'd.lost_leases', 'b.webhook_id', 'b.body');
    return rows.map((row) => ({
      id: String(row.id),
      transactionId: String(row.transaction_id),
      event: row.event,
      lease,
      failures: row.failures,
      lostLeases: row.lost_leases,
      webhookId: row.webhook_id,
      body: row.body,
    }));
  },

  complete,

  time: (ms: number): string => formatUtcMs(ms),
  epochMs: (column: string): string => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`,
  dueIn: (knex: Knex, delayMs: number): Knex.Raw => knex.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [Math.round(delayMs) * 1000]),
  dueEpochMs: (column: string): string => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`,
  // The view of a transaction is made by its first read that takes no lock, which comes after the lock.
  transactions: {},
  async takeWriteLock(): Promise<void> {},

  async exclusively(knex: Knex, work: (knex: Knex) => Promise<void>): Promise<void> {
    // DDL commits by itself here, so there is no transaction to hold: the named lock belongs to a connection of its own.
    if (knex.client.pool?.max === 1) throw new Error('the pool of the Knex instance needs room for two connections (pool.max)');
    const connection = await knex.client.acquireConnection();
    try {
      const [[row]] = await knex.raw('SELECT GET_LOCK(?, ?) AS held', [MIGRATION_LOCK, MIGRATION_LOCK_SECONDS]).connection(connection);
      if (Number(row.held) !== 1) throw new Error('another process has been migrating for two minutes');
      await work(knex);
    } finally {
      // Else the connection would take the lock with it into the pool. One that is broken has lost it by itself.
      await knex
        .raw('SELECT RELEASE_LOCK(?)', [MIGRATION_LOCK])
        .connection(connection)
        .catch(() => {});
      await knex.client.releaseConnection(connection);
    }
  },

  isTransient: (error: unknown): boolean => TRANSIENT.has(errorCode(error)),
  isDuplicate: (error: unknown): boolean => errorCode(error) === 'ER_DUP_ENTRY',
  isUnavailable: (error: unknown): boolean => isConnectionFault(error) || UNAVAILABLE.has(errorCode(error)),
};
