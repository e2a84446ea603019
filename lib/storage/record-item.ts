import type { HttpLogRow, NotificationRow, TransactionRow } from './rows.ts';

/** `repeated`: it came before and says the same. `conflict`: it came before and said something else of money. */
export type StoredOutcome = 'stored' | 'repeated' | 'conflict';

/** What one request stores. */
export interface RecordItem {
  readonly log: HttpLogRow;
  readonly notification?: NotificationRow | undefined;
  readonly transaction?: TransactionRow | undefined;
}

export interface RecordOutcome {
  /** `none` where the request carried no notification. */
  readonly notification: StoredOutcome | 'none';
  /** Its effect on the transaction must still be worked out. */
  readonly isPending: boolean;
  readonly isTransactionNew: boolean;
}
