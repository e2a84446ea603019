import { driverText } from '../driver-text.ts';

/** `code` of a driver's error. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  return String(Reflect.get(error, 'code') ?? '');
}

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
]);

/** Faults of the connection that every driver reports alike, and Knex's own time-out while it waits for one. */
export function isConnectionFault(error: unknown): boolean {
  if (CONNECTION_CODES.has(errorCode(error))) return true;
  if (error instanceof AggregateError) return error.errors.some(isConnectionFault);
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'KnexTimeoutError' ||
    /Connection terminated|Connection ended|connection timeout|timeout exceeded when trying to connect|Connection lost|Unable to acquire a connection|aborted/i.test(
      // Never the statement, which may hold any word of a payer's.
      driverText(error),
    )
  );
}
