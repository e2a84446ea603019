import type { CurrencyTable } from '../domain/currencies.ts';
import type { PaymentsEmitter } from '../domain/events.ts';
import type { Logger } from '../domain/logger.ts';
import type { CashuConfig } from '../payments-config.ts';
import type { EcommpayGate } from '../providers/ecommpay/index.ts';
import type { CashuStore } from '../storage/cashu-store.ts';
import type { DatabaseGate } from '../storage/database-gate.ts';
import type { Database } from '../storage/open-database.ts';
import type { DeliveryPlan } from './plan-delivery.ts';

/** What the verbs of CashU payments work with. */
export interface CashuContext {
  readonly config: CashuConfig;
  readonly currencies: CurrencyTable;
  readonly database: Database;
  readonly gate: DatabaseGate;
  readonly store: CashuStore;
  readonly api: EcommpayGate;
  readonly plan: DeliveryPlan;
  readonly emitter: PaymentsEmitter;
  readonly logger: Logger;
  /** Something is owed to the merchant. */
  wake(): void;
  /** ECommPay is to be asked at once. */
  wakeWatcher(): void;
}
