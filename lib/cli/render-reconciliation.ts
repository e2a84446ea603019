import type { CashuDifference, CashuReconciledSide, CashuReconciliation } from '../payments-cashu.ts';

export type ReportFormat = 'text' | 'csv' | 'json';

const COLUMNS = [
  ...(['kind', 'type', 'payment_id', 'operation_id', 'refund_id'] as const),
  ...(['amount_here', 'currency_here', 'status_here', 'amount_there', 'currency_there', 'status_there'] as const),
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const KINDS: Readonly<Record<CashuDifference['kind'], string>> = {
  missing_here: 'missing here',
  missing_there: 'missing at ECommPay',
  amount: 'amount differs',
  status: 'status differs',
};

/** The report as a text that ends with a line feed. */
export function renderReconciliation(report: CashuReconciliation, format: ReportFormat): string {
  if (format === 'json') return `${JSON.stringify(toJson(report), null, 2)}\n`;
  return format === 'csv' ? toCsv(report.differences.map(toRow)) : toText(report);
}

function toJson({ from, to, matched, differences }: CashuReconciliation): object {
  return { from: from.toISOString(), to: to.toISOString(), matched, differences: differences.map(toRow) };
}

/** RFC 4180. A cell that a spreadsheet would take for a formula is quoted with an apostrophe. */
function toCsv(rows: readonly Row[]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name]))].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function toText({ from, to, matched, differences }: CashuReconciliation): string {
  const head = `CashU operations from ${from.toISOString()} to ${to.toISOString()}: ${matched} agree, ${differences.length} differ.\n`;
  return head + differences.map((difference) => `${lineOf(difference)}\n`).join('');
}

function lineOf({ kind, type, paymentId, operationId, refundId, here, there }: CashuDifference): string {
  const names = [operationId && `operation ${operationId}`, refundId && `refund ${refundId}`].filter(Boolean).join(', ');
  const sides = [here && `here ${sideText(here)}`, there && `there ${sideText(there)}`].filter(Boolean).join('; ');
  return `  ${KINDS[kind]}: ${type} of ${paymentId}${names === '' ? '' : ` (${names})`}: ${sides}`;
}

function sideText({ amount, currency, status }: CashuReconciledSide): string {
  return `${amount ?? '?'} ${currency} ${status}`;
}

function toRow({ kind, type, paymentId, operationId, refundId, here, there }: CashuDifference): Row {
  return {
    ...{ kind, type, payment_id: paymentId, operation_id: operationId ?? '', refund_id: refundId ?? '' },
    ...{ amount_here: here?.amount ?? '', currency_here: here?.currency ?? '', status_here: here?.status ?? '' },
    ...{ amount_there: there?.amount ?? '', currency_there: there?.currency ?? '', status_there: there?.status ?? '' },
  };
}
