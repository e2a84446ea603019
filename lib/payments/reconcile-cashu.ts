import { compareAmounts } from '../domain/money.ts';
import type { CashuDifference, CashuOperation, CashuReconciledSide, CashuReconciliation } from '../payments-cashu.ts';
import { type EcommpayDataApi, isRefund } from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuRefundRow } from '../storage/cashu-rows.ts';
import type { CashuStore, Interval } from '../storage/cashu-store.ts';

/** Both sides book at their own moment: what lies at the edge of the time is looked for a little beyond it. */
const MARGIN_MS = 3_600_000;

/** A movement of money as one side has it. */
interface Movement {
  readonly type: 'sale' | 'refund';
  readonly paymentId: string;
  readonly operationId: string | undefined;
  readonly refundId: string | undefined;
  readonly side: CashuReconciledSide;
  readonly hasMoved: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
}

/**
 * Compares ECommPay's list of operations with the tables: what is missing on either side, what differs. Reports, and changes nothing.
 * Throws `ApiError`.
 */
export async function reconcileCashu(interval: Interval, api: EcommpayDataApi, store: CashuStore): Promise<CashuReconciliation> {
  const from = new Date(interval.from);
  const to = new Date(interval.to);
  const operations = await api.operations({ from: new Date(interval.from - MARGIN_MS), to: new Date(interval.to + MARGIN_MS) });
  const theirs = movementsThere(operations);
  const ours = await movementsHere(theirs, interval, store);
  const differences: CashuDifference[] = [];
  let matched = 0;
  for (const { here, there } of pair(ours, theirs)) {
    // A movement belongs to the time in which the side that has it saw it.
    const isAskedFor = [there, here].some((movement) => movement?.hasMoved === true && isWithin(movement, interval));
    if (!isAskedFor) continue;
    const kind = compare(here, there);
    if (kind === undefined) matched++;
    else differences.push(difference(kind, here, there));
  }
  return { from, to, matched, differences };
}

function movementsThere(operations: readonly CashuOperation[]): readonly Movement[] {
  const listed = operations.filter((operation) => isCashu(operation) && (operation.type === 'sale' || isRefund(operation)));
  const movements = listed.map(movementThere);
  const sales = new Map<string, Movement>();
  for (const sale of movements.filter(({ type }) => type === 'sale')) {
    // Of several attempts to pay the one that succeeded counts.
    if (sale.hasMoved || !sales.has(sale.paymentId)) sales.set(sale.paymentId, sale);
  }
  return [...sales.values(), ...movements.filter(({ type }) => type === 'refund')];
}

/** The project may have other methods. */
function isCashu({ method }: CashuOperation): boolean {
  return method === undefined || /cashu/i.test(method);
}

function movementThere({ operationId, paymentId, type, status, amount, currency, completedAt }: CashuOperation): Movement {
  return {
    type: type === 'sale' ? 'sale' : 'refund',
    paymentId: paymentId.toLowerCase(),
    operationId,
    refundId: undefined,
    side: { amount, currency, status },
    hasMoved: status === 'success',
    at: completedAt?.getTime(),
  };
}

/** All movements of the payments that ECommPay names, and of those that moved money here in that time. */
async function movementsHere(theirs: readonly Movement[], interval: Interval, store: CashuStore): Promise<readonly Movement[]> {
  const paid = await store.paidWithin(interval);
  const refunded = await store.refundedWithin(interval);
  const ids = new Set([...theirs, ...paid, ...refunded].map(({ paymentId }) => paymentId));
  const payments = await store.findAll([...ids]);
  const refunds = await store.refundsOf(payments.map(({ paymentId }) => paymentId));
  const byId = new Map(payments.map((payment) => [payment.paymentId, payment]));
  return [
    ...payments.map(saleHere),
    ...refunds.flatMap((refund) => {
      const payment = byId.get(refund.paymentId);
      return payment === undefined ? [] : [refundHere(refund, payment)];
    }),
  ];
}

function saleHere({ paymentId, paidSum, sum, paidCurrency, currency, status, paidAt }: CashuPaymentRow): Movement {
  return {
    type: 'sale',
    paymentId,
    operationId: undefined,
    refundId: undefined,
    side: { amount: paidSum ?? sum, currency: paidCurrency ?? currency, status },
    hasMoved: paidAt !== undefined,
    at: paidAt?.getTime(),
  };
}

function refundHere({ refundId, paymentId, operationId, amount, status, finishedAt }: CashuRefundRow, payment: CashuPaymentRow): Movement {
  return {
    type: 'refund',
    paymentId,
    operationId,
    refundId,
    side: { amount, currency: payment.paidCurrency ?? payment.currency, status },
    hasMoved: status === 'success',
    at: finishedAt?.getTime(),
  };
}

interface Pair {
  readonly here: Movement | undefined;
  readonly there: Movement | undefined;
}

/** Each movement stands in one pair: sales by their payment, refunds by their operation, and what is left of these by its sum. */
function pair(ours: readonly Movement[], theirs: readonly Movement[]): readonly Pair[] {
  const byPayment = groupByPayment(ours);
  const left = new Set(ours);
  const take = ({ paymentId, type }: Movement, fits: (here: Movement) => boolean): Movement | undefined => {
    const here = byPayment.get(paymentId)?.find((movement) => left.has(movement) && movement.type === type && fits(movement));
    if (here !== undefined) left.delete(here);
    return here;
  };
  const exact = theirs.map((there) => ({
    there,
    here: take(there, (here) => there.type === 'sale' || here.operationId === there.operationId),
  }));
  const pairs = exact.map(({ there, here }) => ({
    there,
    here: here ?? take(there, ({ operationId, side }) => operationId === undefined && hasSameSum(side, there.side)),
  }));
  return [...pairs, ...[...left].map((here) => ({ here, there: undefined }))];
}

function groupByPayment(movements: readonly Movement[]): ReadonlyMap<string, readonly Movement[]> {
  const groups = new Map<string, Movement[]>();
  for (const movement of movements) groups.set(movement.paymentId, [...(groups.get(movement.paymentId) ?? []), movement]);
  return groups;
}

function isWithin({ at }: Movement, { from, to }: Interval): boolean {
  return at === undefined || (at >= from && at < to);
}

function compare(here: Movement | undefined, there: Movement | undefined): CashuDifference['kind'] | undefined {
  if (here === undefined) return 'missing_here';
  if (there === undefined) return 'missing_there';
  if (here.hasMoved !== there.hasMoved) return 'status';
  return hasSameSum(here.side, there.side) ? undefined : 'amount';
}

function hasSameSum(a: CashuReconciledSide, b: CashuReconciledSide): boolean {
  return a.currency === b.currency && a.amount !== undefined && b.amount !== undefined && compareAmounts(a.amount, b.amount) === 0;
}

function difference(kind: CashuDifference['kind'], here: Movement | undefined, there: Movement | undefined): CashuDifference {
  const { type, paymentId } = here ?? there ?? { type: 'sale', paymentId: '' };
  const operationId = there?.operationId ?? here?.operationId;
  return { kind, type, paymentId, operationId, refundId: here?.refundId, here: here?.side, there: there?.side };
}
