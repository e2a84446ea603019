import { OptionsError } from '../domain/errors.ts';

/** Throws with `NODE_ENV=production`: a stand-in says "paid" without any money. */
export function refuseProduction(what: string): void {
  if (process.env['NODE_ENV'] !== 'production') return;
  throw new OptionsError(
    'ERR_PAYMENTS_OPTIONS',
    `${what} is for tests and sandboxes and does not start with NODE_ENV=production: nobody really pays there.`,
  );
}
