import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CurrencyTable } from '../domain/currencies.ts';
import { errorText } from '../domain/errors.ts';
import { PaymentsEmitter } from '../domain/events.ts';
import { silentLogger } from '../domain/logger.ts';
import { parseOptions } from '../options.ts';
import { reconcileCashu } from '../payments/reconcile-cashu.ts';
import type { CashuReconciliation, TimeSpan } from '../payments-cashu.ts';
import type { CashuConfig } from '../payments-config.ts';
import { EcommpayDataApi } from '../providers/ecommpay/index.ts';
import { CashuStore } from '../storage/cashu-store.ts';
import { DatabaseGate } from '../storage/database-gate.ts';
import { requireMigrated } from '../storage/migrate.ts';
import { openDatabase } from '../storage/open-database.ts';
import { type ReportFormat, renderReconciliation } from './render-reconciliation.ts';
import type { Output, Variables } from './run-command.ts';
import { UsageError } from './usage-error.ts';

export const RECONCILE_HELP = `Usage: express-cloudpayments reconcile --from <date> --to <date> [--format text|csv|json]

Compares ECommPay's list of CashU operations with the tables of the site: what is missing here or there, what differs in
amount or status. It reports and changes nothing.

  --from     first moment, 2026-11-01 or 2026-11-01T12:00:00Z (UTC)
  --to       first moment that is not part of it any more
  --format   text (for people, the default), csv or json

Environment:
  DATABASE_URL            sqlite:<path>, postgres://… or mysql://…
  ECOMMPAY_PROJECT_ID     number of the project
  ECOMMPAY_DATA_TOKEN     token of the Data API, from ECommPay's Dashboard
  ECOMMPAY_DATA_SECRET    secret of that token
  ECOMMPAY_DATA_URL       default https://data.ecommpay.com/v1
  ECOMMPAY_CURRENCIES     decimals that differ from the built-in ones: KWD=2,BHD=2

Exit code: 0 when both sides agree, 1 when they differ, 2 when they could not be compared.
`;

/** `express-cloudpayments reconcile` */
export async function reconcile(args: readonly string[], variables: Variables, { out }: Output): Promise<number> {
  const { span, format } = readArguments(args);
  const config = readConfig(variables);
  const report = await compare(span, config);
  out(renderReconciliation(report, format));
  return report.differences.length === 0 ? 0 : 1;
}

async function compare({ from, to }: TimeSpan, { database: address, cashu, dataApi }: ReconcileConfig): Promise<CashuReconciliation> {
  const database = openDatabase(address);
  try {
    await requireMigrated(database);
    const store = new CashuStore(database, new DatabaseGate(database.dialect, new PaymentsEmitter(silentLogger), silentLogger));
    const api = new EcommpayDataApi({ ...dataApi, projectId: cashu.projectId, currencies: cashu.currencies });
    return await reconcileCashu({ from: from.getTime(), to: to.getTime() }, api, store);
  } finally {
    await database.knex.destroy();
  }
}

function readArguments(args: readonly string[]): { readonly span: TimeSpan; readonly format: ReportFormat } {
  let values: { from?: string; to?: string; format?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { from: { type: 'string' }, to: { type: 'string' }, format: { type: 'string' } },
    }));
  } catch (error) {
    throw new UsageError(errorText(error));
  }
  const span = { from: readMoment('--from', values.from), to: readMoment('--to', values.to) };
  if (span.from >= span.to) throw new UsageError('--from has to be earlier than --to.');
  const { format = 'text' } = values;
  if (format !== 'text' && format !== 'csv' && format !== 'json')
    throw new UsageError(`--format has to be text, csv or json, not "${format}".`);
  return { span, format };
}

/** A day is its first moment; what names no time zone is UTC, whatever the machine's is. */
function readMoment(name: string, text: string | undefined): Date {
  if (text === undefined) throw new UsageError(`${name} is missing.`);
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? 'Z'}`);
  const isRealDay = !Number.isNaN(ms) && new Date(`${match?.[1]}T00:00Z`).toISOString().startsWith(match?.[1] ?? '');
  if (!isRealDay) throw new UsageError(`${name} has to be a date such as 2026-11-01 or 2026-11-01T12:00:00Z, not "${text}".`);
  return new Date(ms);
}

interface ReconcileConfig {
  readonly database: string;
  readonly cashu: CashuConfig;
  readonly dataApi: NonNullable<CashuConfig['dataApi']>;
}

function readConfig(variables: Variables): ReconcileConfig {
  const needed = (name: string): string => {
    const value = variables[name]?.trim() ?? '';
    if (value === '') throw new UsageError(`The environment variable ${name} is missing.`);
    return value;
  };
  const database = needed('DATABASE_URL');
  const file = /^sqlite:(?:\/\/(?=[/.]))?(.*)$/i.exec(database)?.[1];
  if (file !== undefined && !existsSync(file)) throw new UsageError(`DATABASE_URL: there is no database at ${file}.`);
  const url = variables['ECOMMPAY_DATA_URL']?.trim();
  const { cashu } = parseOptions({
    database,
    cashu: {
      projectId: readNumber('ECOMMPAY_PROJECT_ID', needed('ECOMMPAY_PROJECT_ID')),
      // Nothing is signed with it here.
      secret: 'unused',
      currencies: readCurrencies(variables['ECOMMPAY_CURRENCIES']),
      dataApi: { token: needed('ECOMMPAY_DATA_TOKEN'), secret: needed('ECOMMPAY_DATA_SECRET'), ...(url && { url }) },
    },
  });
  if (cashu?.dataApi === undefined) throw new Error('the options have lost the Data API');
  return { database, cashu, dataApi: cashu.dataApi };
}

function readNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name} has to be a number, not "${text}".`);
}

function readCurrencies(text: string | undefined): CurrencyTable {
  const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const match = /^\s*([A-Za-z]{3})\s*=\s*([0-4])\s*$/.exec(pair);
      if (match === null) throw new UsageError(`ECOMMPAY_CURRENCIES has to be a list such as KWD=2,BHD=2, not "${text}".`);
      return [match[1] ?? '', Number(match[2])] as const;
    }),
  );
}
