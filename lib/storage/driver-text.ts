import { errorText } from '../domain/errors.ts';

/**
 * What the driver said, without the statement that Knex puts in front of it: a host's own instance may put bound values into that, and
 * those are names and e-mail addresses of payers.
 */
export function driverText(error: unknown): string {
  const text = errorText(error);
  const at = text.lastIndexOf(' - ');
  return at >= 0 ? text.slice(at + 3) : text;
}
