import { randomInt } from 'node:crypto';

const NUMBERS_PER_MS = 100;
let last = 0;

/** A TransactionId: always above the one before, also over restarts, and hardly ever the same in two processes. */
export function nextTransactionNumber(): number {
  last = Math.max(last + 1, Date.now() * NUMBERS_PER_MS + randomInt(NUMBERS_PER_MS));
  return last;
}
