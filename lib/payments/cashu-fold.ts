import type { CashuStatus } from '../domain/cashu-payment.ts';
import type { CurrencyTable } from '../domain/currencies.ts';
import type { NewTransaction, ReviewReason } from '../domain/transaction.ts';
import type { CashuSettlement } from '../storage/cashu-rows.ts';
import type { DeliveryPlan } from './plan-delivery.ts';

/** What happened, to be told after the commit. */
export type CashuEvent =
  | { readonly kind: 'status'; readonly status: CashuStatus; readonly operationCode: string | undefined }
  | { readonly kind: 'payment'; readonly transaction: NewTransaction }
  | { readonly kind: 'review'; readonly reason: ReviewReason }
  | { readonly kind: 'refund'; readonly refundId: string; readonly amount: string; readonly status: 'success' | 'decline' }
  | { readonly kind: 'conflict'; readonly reason: string };

export interface CashuFold extends CashuSettlement {
  readonly events: readonly CashuEvent[];
  /** What was said leaves something open: ECommPay has to be asked. */
  readonly mustAsk: boolean;
}

export interface CashuFoldRules {
  readonly currencies: CurrencyTable;
  readonly plan: DeliveryPlan;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
