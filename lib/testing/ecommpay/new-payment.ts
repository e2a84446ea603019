import { randomBytes } from 'node:crypto';
import type { Language } from '../../http/choose-language.ts';
import { nextTransactionNumber } from '../transaction-number.ts';
import type { EcommpayOutcome } from './outcomes.ts';
import type { EcommpayOperation, EcommpayPayment, WaysBack } from './payment.ts';

/** What a site orders, by either door; checked. */
export interface SaleOrder {
  readonly id: string;
  readonly via: EcommpayPayment['via'];
  /** Decimal text. */
  readonly amount: string;
  readonly currency: string;
  readonly customerId: string;
  readonly description: string;
  readonly waysBack: WaysBack;
  readonly callbackUrl: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly bestBefore: number | undefined;
  readonly language: Language | undefined;
}

export const UNDER_WAY = '9999';

interface Circumstances {
  readonly outcome: EcommpayOutcome;
  readonly callbackUrl: string;
  readonly limitMs: number;
  /** The payment of the same id that ended in `error`. */
  readonly before: EcommpayPayment | undefined;
}

/** A payment that was just taken. */
export function newPayment(order: SaleOrder, { outcome, callbackUrl, limitMs, before }: Circumstances): EcommpayPayment {
  const { id, via, amount, currency, customerId, description, waysBack, language, bestBefore } = order;
  const now = Date.now();
  const earlier = before?.operations ?? [];
  const sale = newOperation({ type: 'sale', amount, description, merchantRefundId: undefined, callbackUrl }, earlier);
  return {
    ...{ id, via, outcome, amount, currency, customerId, description, waysBack, language },
    status: 'processing',
    rest: amount,
    operations: [...earlier, sale],
    transactionCode: randomBytes(16).toString('hex'),
    createdAt: now,
    changedAt: now,
    expiresAt: Math.min(now + limitMs, bestBefore ?? Number.POSITIVE_INFINITY),
  };
}

type Beginning = Pick<EcommpayOperation, 'type' | 'amount' | 'description' | 'merchantRefundId' | 'callbackUrl'>;

/** An operation that begins, the next one of its payment. */
export function newOperation(beginning: Beginning, earlier: readonly EcommpayOperation[]): EcommpayOperation {
  const now = Date.now();
  const number = String(earlier.length + 1).padStart(8, '0');
  return {
    ...beginning,
    id: nextTransactionNumber(),
    status: 'processing',
    requestId: `${randomBytes(20).toString('hex')}-${number}`,
    code: UNDER_WAY,
    providerPaymentId: randomBytes(8).readBigUInt64BE().toString(),
    createdAt: now,
    changedAt: now,
  };
}
