import { PaymentsError } from '../../domain/errors.ts';
import type { StandInPayment } from './payment.ts';

const PAGE_SIZE = 100;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Hours ahead of UTC of the zones that the API knows by code. */
const TIME_ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  KGD: 2,
  MSK: 3,
  SAM: 4,
  YEK: 5,
  OMS: 6,
  ALMT: 5,
  AQTT: 5,
  KRA: 7,
  IRK: 8,
  YAK: 9,
  VLA: 10,
  MAG: 11,
  KAM: 12,
};

/** What a request of the API says. */
export type ApiRequest = Readonly<Record<string, unknown>>;

/** All operations that were created on the day `Date` of `TimeZone`. */
export function listDay(payments: readonly StandInPayment[], request: ApiRequest): readonly StandInPayment[] {
  const from = readDate(request, 'Date') - zoneOffset(request);
  return payments.filter(({ createdAt }) => createdAt >= from && createdAt < from + DAY_MS);
}

/** One page of 100 of what was created between two moments, oldest first. */
export function listPage(payments: readonly StandInPayment[], request: ApiRequest): readonly StandInPayment[] {
  const offset = zoneOffset(request);
  const from = readDate(request, 'CreatedDateGte') - offset;
  const to = readDate(request, 'CreatedDateLte') - offset;
  const page = Number(request['PageNumber']);
  if (!Number.isInteger(page) || page < 1) throw new PaymentsError('ERR_PAYMENTS_STATE', 'PageNumber has to be 1 or more.');
  const statuses = readStatuses(request['Statuses']);
  const found = payments.filter(({ createdAt, status }) => createdAt >= from && createdAt <= to && (statuses?.includes(status) ?? true));
  return found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
}

/** The last operation of an order; payments only, unless `all` asks for refunds too. */
export function findByInvoice(payments: readonly StandInPayment[], invoiceId: unknown, all: boolean): StandInPayment | undefined {
  return payments.findLast((payment) => payment.invoiceId === String(invoiceId) && (all || payment.operation === 'Payment'));
}

/** Milliseconds since the epoch, of a time without a zone read as UTC. */
function readDate(request: ApiRequest, name: string): number {
  const text = String(request[name] ?? '');
  const hasTime = text.includes('T') || text.includes(' ');
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) && hasTime;
  const at = Date.parse(hasTime && !isZoned ? `${text.replace(' ', 'T')}Z` : text);
  if (Number.isNaN(at)) throw new PaymentsError('ERR_PAYMENTS_STATE', `${name} has to be a date, "2026-07-01".`);
  return at;
}

function zoneOffset(request: ApiRequest): number {
  return (TIME_ZONES[String(request['TimeZone'] ?? 'UTC')] ?? 0) * HOUR_MS;
}

function readStatuses(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.map(String) : String(value).split(',');
}
