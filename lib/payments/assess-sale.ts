import { type CurrencyTable, currencyDecimals } from '../domain/currencies.ts';
import { compareAmounts } from '../domain/money.ts';
import {
  fromMinorUnits,
  isRefund,
  judgeOperation,
  judgePayment,
  type PaymentReport,
  type ReportedOperation,
} from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow } from '../storage/cashu-rows.ts';

/** What ECommPay says was paid, held against what was ordered. */
export type SaleAssessment =
  | { readonly kind: 'as-ordered' }
  | {
      readonly kind: 'mismatch';
      readonly reason: 'amount_mismatch' | 'currency_mismatch';
      readonly paidSum: string;
      readonly paidCurrency: string;
    }
  /** Paid, by a sale that was not, or without a sum to compare: only a whole answer can be believed. */
  | { readonly kind: 'unclear' };

/** The sale of a report that says paid; of several attempts the one that succeeded, else the last. */
export function saleOperation({ operations }: PaymentReport): ReportedOperation | undefined {
  const sales = operations.filter(({ type }) => type === 'sale');
  return sales.find(({ status }) => judgeOperation(status) === 'done') ?? sales.at(-1);
}

export function assessSale(report: PaymentReport, payment: CashuPaymentRow, currencies: CurrencyTable): SaleAssessment {
  const sale = saleOperation(report);
  if (sale === undefined ? report.operations.length > 0 : judgeOperation(sale.status) !== 'done') return { kind: 'unclear' };
  // What stands with the payment is the rest, once something was refunded.
  const isWhole = judgePayment(report.status) === 'paid' && !report.operations.some(isRefund);
  const sums = [isWhole ? report.sum : undefined, sale?.sum].filter((sum) => sum !== undefined);
  if (sums.length === 0) return { kind: 'unclear' };
  for (const { units, currency } of sums) {
    const paidSum = fromMinorUnits(units, currencyDecimals(currencies, currency));
    if (currency !== payment.currency) return { kind: 'mismatch', reason: 'currency_mismatch', ...storable(paidSum, currency, payment) };
    if (paidSum === undefined || compareAmounts(paidSum, payment.sum) !== 0)
      return { kind: 'mismatch', reason: 'amount_mismatch', ...storable(paidSum, currency, payment) };
  }
  return { kind: 'as-ordered' };
}

/** Signed does not mean sane: what no column takes is kept in the log of requests only. */
function storable(paidSum: string | undefined, currency: string, payment: CashuPaymentRow): { paidSum: string; paidCurrency: string } {
  return { paidSum: paidSum ?? '0.00', paidCurrency: /^[A-Z]{3}$/.test(currency) ? currency : payment.currency };
}
