import { randomBytes } from 'node:crypto';

const BYTES = 16;

/** An unguessable number of a payment. ECommPay does not tell upper from lower case, so there is only the one. */
export function makePaymentId(): string {
  return randomBytes(BYTES).toString('hex');
}

export function isOwnPaymentId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
