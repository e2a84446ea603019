import type { Knex } from 'knex';
import {
  newRefundColumns,
  paymentColumns,
  paymentUpdateColumns,
  readPayment,
  readRefund,
  refundColumns,
  refundUpdateColumns,
} from './cashu-columns.ts';
import type { CashuRecord, CashuSettlement } from './cashu-rows.ts';
import type { Database } from './open-database.ts';
import { retryTransient } from './retry-transient.ts';
import { writeSettlement } from './settle.ts';
import { readTransaction, transactionColumns } from './transaction-columns.ts';

/**
 * Lets `decide` work out what becomes of a CashU payment, and writes that with its refunds, its transaction and what the merchant is owed,
 * in one database transaction. The row of the payment is locked, so that two instances decide one after the other. Undefined when there is
 * no such payment; what `decide` throws is thrown, and nothing is written.
 */
export async function settleCashu<S extends CashuSettlement>(
  database: Database,
  paymentId: string,
  decide: (record: CashuRecord) => S,
): Promise<S | undefined> {
  const { knex, dialect } = database;
  let duplicates = 0;
  // An order that another payment has just paid is seen at the next try; the number of another payment's refund never is.
  const isPassing = (error: unknown) => dialect.isTransient(error) || (dialect.isDuplicate(error) && ++duplicates < MAX_DUPLICATES);
  return await retryTransient(isPassing, () =>
    knex.transaction(async (transaction) => {
      await dialect.takeWriteLock(transaction);
      const record = await readRecord(database, transaction, paymentId);
      if (record === undefined) return undefined;
      const settlement = decide(record);
      await write(database, transaction, paymentId, settlement);
      return settlement;
    }, dialect.transactions),
  );
}

const MAX_DUPLICATES = 3;

async function readRecord(database: Database, transaction: Knex.Transaction, paymentId: string): Promise<CashuRecord | undefined> {
  const { knex, dialect } = database;
  const query = transaction('cloudpayments_cashu_payment').where({ payment_id: paymentId }).select(paymentColumns(database));
  const row = await (dialect.name === 'sqlite' ? query : query.forUpdate()).first();
  if (row === undefined) return undefined;
  const payment = readPayment(row);
  const refunds = await transaction('cloudpayments_cashu_refund')
    .where({ payment_id: paymentId })
    .orderBy('id')
    .select(refundColumns(database));
  const made = await transaction('cloudpayments_transaction')
    .where({ provider: 'cashu', code: paymentId })
    .first(transactionColumns(knex, dialect));
  const paid =
    payment.orderId === undefined
      ? undefined
      : await transaction('cloudpayments_paid_order').where({ order_id: payment.orderId }).first('transaction_id');
  return {
    payment,
    refunds: refunds.map(readRefund),
    transaction: made === undefined ? undefined : readTransaction(made),
    isOrderPaid: paid !== undefined && String(paid.transaction_id) !== String(made?.id),
  };
}

async function write(database: Database, transaction: Knex.Transaction, paymentId: string, settlement: CashuSettlement): Promise<void> {
  const { payment = {}, newRefunds = [], refunds = [], transaction: made } = settlement;
  const columns = paymentUpdateColumns(payment, database);
  if (Object.keys(columns).length > 0) await transaction('cloudpayments_cashu_payment').where({ payment_id: paymentId }).update(columns);
  for (const refund of newRefunds) await transaction('cloudpayments_cashu_refund').insert(newRefundColumns(refund, database));
  for (const refund of refunds) {
    await transaction('cloudpayments_cashu_refund').where({ refund_id: refund.refundId }).update(refundUpdateColumns(refund, database));
  }
  if (made !== undefined) await writeSettlement(database, transaction, { provider: 'cashu', code: paymentId }, made);
}
