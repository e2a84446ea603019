import type { Knex } from 'knex';
import type { Provider } from '../domain/notification.ts';
import type { NewTransaction, ReviewReason, Transaction, TransactionState } from '../domain/transaction.ts';
import { readAmount, readText } from './column-values.ts';
import type { Dialect } from './dialects/dialect.ts';

/** The columns of a transaction, with times as milliseconds. */
export function transactionColumns(knex: Knex, dialect: Dialect): (string | Knex.Raw)[] {
  return [
    ...['id', 'provider', 'code', 'account', 'sum', 'currency', 'state', 'status', 'refunded_sum', 'test_mode', 'review'],
    ...['invoice_id', 'subscription_id', 'description', 'reference'],
    knex.raw(`${dialect.epochMs('created_at')} AS created_ms`),
    knex.raw(`${dialect.epochMs('received_at')} AS received_ms`),
  ];
}

type Row = Readonly<Record<string, unknown>>;

/** The columns hold what this package wrote, so that the closed sets of words need no check. */
export function readTransaction(row: Row): Transaction {
  return {
    id: String(row['id']),
    provider: String(row['provider']) as Provider,
    code: String(row['code']),
    account: String(row['account']),
    sum: readAmount(row['sum']),
    currency: String(row['currency']),
    state: String(row['state']) as TransactionState,
    isCompleted: Number(row['status']) === 1,
    refundedSum: readAmount(row['refunded_sum']),
    isTest: Number(row['test_mode']) === 1,
    review: readText(row['review']) as ReviewReason | undefined,
    invoiceId: readText(row['invoice_id']),
    subscriptionId: readText(row['subscription_id']),
    description: readText(row['description']),
    reference: readText(row['reference']),
    createdAt: new Date(Number(row['created_ms'])),
    receivedAt: new Date(Number(row['received_ms'])),
  };
}

/** Column values of a new transaction. */
export function newTransactionColumns(transaction: NewTransaction, dialect: Dialect): Record<string, unknown> {
  return {
    provider: transaction.provider,
    code: transaction.code,
    account: transaction.account,
    sum: transaction.sum,
    currency: transaction.currency,
    state: transaction.state,
    test_mode: Number(transaction.isTest),
    review: transaction.review ?? null,
    invoice_id: transaction.invoiceId ?? null,
    subscription_id: transaction.subscriptionId ?? null,
    description: transaction.description ?? null,
    reference: transaction.reference ?? null,
    created_at: dialect.time(transaction.createdAt),
    received_at: dialect.time(transaction.receivedAt),
  };
}
