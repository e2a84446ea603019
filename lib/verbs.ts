import type { Delivery } from './domain/delivery.ts';
import { PaymentsError } from './domain/errors.ts';
import { holdProcess } from './domain/hold-process.ts';
import type { Transaction } from './domain/transaction.ts';
import { refundByApi } from './payments/refund-by-api.ts';
import { approvePayment, type SettlingContext } from './payments/settle-payment.ts';
import type { DeliveryVerbs, ListOptions, TransactionVerbs } from './payments-router.ts';
import type { CloudPaymentsApi } from './providers/cloudpayments/index.ts';
import type { DatabaseGate } from './storage/database-gate.ts';
import type { DeliveryStore } from './storage/delivery-store.ts';
import type { TransactionStore } from './storage/transaction-store.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** The largest bigint of the databases; beyond it PostgreSQL refuses to compare. */
const MAX_ROW_ID = 2n ** 63n - 1n;

/** Each verb waits until the database is ready, and keeps the process alive while it works. */
export type Run = <T>(work: () => Promise<T>) => Promise<T>;

export function createRun(ready: () => Promise<void>): Run {
  return async (work) => await holdProcess(ready().then(work));
}

export interface TransactionVerbContext {
  readonly store: TransactionStore;
  readonly settling: SettlingContext;
  readonly api: CloudPaymentsApi | undefined;
  readonly gate: DatabaseGate;
}

export function createTransactionVerbs({ store, settling, api, gate }: TransactionVerbContext, run: Run): TransactionVerbs {
  return {
    get: async (id) => await run(() => store.get(rowId(id))),
    find: async ({ code, provider = 'cloudpayments' }) => await run(() => store.find(provider, code)),
    list: async (options = {}) => await run(() => store.list({ ...options, ...page(options) })),
    approve: async (id) =>
      await run(async () => {
        const transaction = found(await store.get(rowId(id)), `transaction ${id}`);
        if (!(await gate.run(() => approvePayment(transaction, settling))))
          throw stateError(`Transaction ${id} is not in review, or was refunded meanwhile.`);
        return found<Transaction>(await store.get(id), `transaction ${id}`);
      }),
    refund: async (id, options = {}) =>
      await run(async () => await refundByApi(found(await store.get(rowId(id)), `transaction ${id}`), api, options)),
  };
}

export function createDeliveryVerbs(store: DeliveryStore, wake: () => void, run: Run): DeliveryVerbs {
  const act = async (id: string, action: (id: string) => Promise<boolean>, problem: string): Promise<Delivery> =>
    await run(async () => {
      found(await store.get(rowId(id)), `delivery ${id}`);
      if (!(await action(id))) throw stateError(`Delivery ${id} ${problem}.`);
      wake();
      return found(await store.get(id), `delivery ${id}`);
    });
  return {
    get: async (id) => await run(() => store.get(rowId(id))),
    list: async ({ transactionId, ...options } = {}) =>
      await run(() =>
        store.list({ ...options, ...page(options), transactionId: transactionId === undefined ? undefined : rowId(transactionId) }),
      ),
    retryNow: async (id) => await act(id, (row) => store.retryNow(row), 'is not pending'),
    cancel: async (id) => await act(id, (row) => store.cancel(row), 'is not pending'),
    replay: async (id) => await act(id, (row) => store.replay(row), 'is still pending: use retryNow'),
  };
}

function rowId(id: string): string {
  if (/^\d{1,19}$/.test(id) && BigInt(id) <= MAX_ROW_ID) return id;
  throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `"${String(id).slice(0, 32)}" is not the id of a row: ids are whole numbers as text.`);
}

/** Rows of a list: 1 to 1000. */
export function pageLimit(limit: number = DEFAULT_LIMIT): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), MAX_LIMIT);
}

function page({ limit, beforeId }: ListOptions): { readonly limit: number; readonly beforeId: string | undefined } {
  return {
    limit: pageLimit(limit),
    beforeId: beforeId === undefined ? undefined : rowId(beforeId),
  };
}

function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `There is no ${what}.`);
  return row;
}

function stateError(message: string): PaymentsError {
  return new PaymentsError('ERR_PAYMENTS_STATE', message);
}
