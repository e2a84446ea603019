import { compareAmounts } from '../domain/money.ts';
import type { CashuDifference, CashuOperation, CashuReconciledSide, CashuReconciliation } from '../payments-cashu.ts';
import { type EcommpayDataApi, isRefund } from '../providers/ecommpay/index.ts';
import type { CashuPaymentRow, CashuRefundRow } from '../storage/cashu-rows.ts';
import type { CashuStore, Interval } from '../storage/cashu-store.ts';

/** Both sides round and book at their own moment: what lies at the edge of the time is looked for a little beyond it. */
const MARGIN_MS = 3_600_000;

/** A movement of money as one side has it. */
interface Movement {
  readonly type: 'sale' | 'refund';
  readonly paymentId: string;
  readonly operationId: string | undefined;
  readonly refundId: string | undefined;
  readonly side: CashuReconciledSide;
  readonly hasMoved: boolean;
}

/**
 * Compares ECommPay's list of operations with the tables: what is missing on either side, what differs. Reports, and changes nothing.
 * Throws `ApiError`.
 */
export async function reconcileCashu(interval: Interval, api: EcommpayDataApi, store: CashuStore): Promise<CashuReconciliation> {
  const { from, to } = interval;
  const wide = { from: from - MARGIN_MS, to: to + MARGIN_MS };
  const operations = await api.operations({ from: new Date(wide.from), to: new Date(wide.to) });
  const listed = operations.filter((operation) => isCashu(operation) && (operation.type === 'sale' || isRefund(operation)));
  const there = movementsThere(listed);
  const differences: CashuDifference[] = [];
  let matched = 0;
  for (const operation of listed) {
    if (!isWithin(operation, interval) || operation.status !== 'success') continue;
    const theirs = movementThere(operation);
    const difference = compare(await findHere(operation, store), theirs);
    if (difference === undefined) matched++;
    else differences.push(difference);
  }
  for (const ours of await movementsHere(interval, store)) {
    const theirs = there.get(keyOf(ours)) ?? (ours.operationId === undefined ? bySum(ours, there) : undefined);
    if (theirs === undefined || !theirs.hasMoved)
      differences.push(difference(theirs === undefined ? 'missing_there' : 'status', ours, theirs));
  }
  return { from: new Date(from), to: new Date(to), matched, differences };
}

/** The project may have other methods. */
function isCashu({ method }: CashuOperation): boolean {
  return method === undefined || /cashu/i.test(method);
}

/** Of several attempts to pay the one that succeeded counts. */
function movementsThere(operations: readonly CashuOperation[]): ReadonlyMap<string, Movement> {
  const movements = operations.map(movementThere).sort((a, b) => Number(a.hasMoved) - Number(b.hasMoved));
  return new Map(movements.map((movement) => [keyOf(movement), movement]));
}

function isWithin({ completedAt }: CashuOperation, { from, to }: Interval): boolean {
  return completedAt === undefined || (completedAt.getTime() >= from && completedAt.getTime() < to);
}

/** A payment has one sale that succeeds; refunds are told apart by their operation. */
function keyOf({ type, paymentId, operationId }: Movement): string {
  return type === 'sale' ? `sale ${paymentId}` : `refund ${paymentId} ${operationId ?? ''}`;
}

function bySum(ours: Movement, there: ReadonlyMap<string, Movement>): Movement | undefined {
  return [...there.values()].find(
    (theirs) => theirs.type === 'refund' && theirs.paymentId === ours.paymentId && theirs.hasMoved && hasSameSum(ours.side, theirs.side),
  );
}

function movementThere({ operationId, paymentId, type, status, amount, currency }: CashuOperation): Movement {
  return {
    ...{ type: type === 'sale' ? 'sale' : 'refund', paymentId: paymentId.toLowerCase(), operationId, refundId: undefined },
    ...{ side: { amount, currency, status }, hasMoved: status === 'success' },
  };
}

async function findHere(operation: CashuOperation, store: CashuStore): Promise<Movement | undefined> {
  const payment = await store.find(operation.paymentId.toLowerCase());
  if (payment === undefined) return undefined;
  if (operation.type === 'sale') return saleHere(payment);
  const refunds = await store.refundsOf([payment.paymentId]);
  const refund =
    refunds.find(({ operationId }) => operationId === operation.operationId) ??
    refunds.find(({ operationId, amount }) => operationId === undefined && amount === operation.amount);
  return refund && refundHere(refund, payment);
}

async function movementsHere(interval: Interval, store: CashuStore): Promise<readonly Movement[]> {
  const sales = (await store.paidWithin(interval)).map(saleHere);
  const refunds = await store.refundedWithin(interval);
  const movements = refunds.map(async (refund) => {
    const payment = await store.find(refund.paymentId);
    return payment === undefined ? [] : [refundHere(refund, payment)];
  });
  return [...sales, ...(await Promise.all(movements)).flat()];
}

function saleHere(payment: CashuPaymentRow): Movement {
  const { paymentId, paidSum, sum, paidCurrency, currency, status, paidAt } = payment;
  return {
    ...{ type: 'sale', paymentId, operationId: undefined, refundId: undefined, hasMoved: paidAt !== undefined },
    side: { amount: paidSum ?? sum, currency: paidCurrency ?? currency, status },
  };
}

function refundHere({ refundId, paymentId, operationId, amount, status }: CashuRefundRow, payment: CashuPaymentRow): Movement {
  return {
    ...{ type: 'refund', paymentId, operationId, refundId, hasMoved: status === 'success' },
    side: { amount, currency: payment.paidCurrency ?? payment.currency, status },
  };
}

function compare(ours: Movement | undefined, theirs: Movement): CashuDifference | undefined {
  if (ours === undefined) return difference('missing_here', undefined, theirs);
  if (!ours.hasMoved) return difference('status', ours, theirs);
  return hasSameSum(ours.side, theirs.side) ? undefined : difference('amount', ours, theirs);
}

function hasSameSum(a: CashuReconciledSide, b: CashuReconciledSide): boolean {
  return a.currency === b.currency && a.amount !== undefined && b.amount !== undefined && compareAmounts(a.amount, b.amount) === 0;
}

function difference(kind: CashuDifference['kind'], ours: Movement | undefined, theirs: Movement | undefined): CashuDifference {
  const { type, paymentId } = ours ?? theirs ?? { type: 'sale', paymentId: '' };
  const operationId = theirs?.operationId ?? ours?.operationId;
  return { kind, type, paymentId, operationId, refundId: ours?.refundId, here: ours?.side, there: theirs?.side };
}
