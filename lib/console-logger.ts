import type { Logger } from './domain/logger.ts';

function line(fields: object, message: string): string {
  return `express-cloudpayments: ${message} ${JSON.stringify(fields)}`;
}

/** What a host without a logger gets: what it should know of, on the standard error stream. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn(fields: object, message: string): void {
    process.stderr.write(`${line(fields, message)}\n`);
  },
  error(fields: object, message: string): void {
    process.stderr.write(`${line(fields, message)}\n`);
  },
};
