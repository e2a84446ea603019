import { isLosslessNumber } from 'lossless-json';
import { DataApiError } from './data-api-error.ts';
import { parseLocalTime, parseTimeZone, type TimeZone } from './time-zone.ts';

type Json = Readonly<Record<string, unknown>>;

/** What `/operations/get` is asked for. */
export interface OperationsQuery {
  /** Undefined for all that the token may see. */
  readonly projectIds: readonly string[] | undefined;
  /** Milliseconds since the epoch, both included. */
  readonly from: number;
  readonly to: number;
  readonly zone: TimeZone;
  readonly limit: number;
  readonly offset: number;
  readonly types: readonly string[] | undefined;
  readonly statuses: readonly string[] | undefined;
  readonly customerIds: readonly string[] | undefined;
  /** Paths of members, "sum_initial.amount"; undefined for all. */
  readonly fields: readonly string[] | undefined;
}

const MAX_LIMIT = 1000;

/** Throws `DataApiError` 400. Source: https://api-data.ecommpay.com */
export function readOperationsQuery(data: Json): OperationsQuery {
  const zone =
    parseTimeZone(textOf(data['tz']) ?? 'UTC') ?? refuse('tz has to be a name such as "Europe/Riga", or an offset such as "+03:00".');
  return {
    zone,
    projectIds: list(data, 'project_id'),
    from: readMoment(data, 'from', zone),
    to: readMoment(data, 'to', zone),
    limit: readCount(data, 'limit', MAX_LIMIT, MAX_LIMIT),
    offset: readCount(data, 'offset', 0, Number.MAX_SAFE_INTEGER),
    types: list(data, 'operation_type'),
    statuses: list(data, 'operation_status'),
    customerIds: list(data, 'customer_id'),
    fields: list(data, 'fields'),
  };
}

/** The interval is required by ECommPay's guide, and optional in its specification. */
function readMoment(data: Json, end: 'from' | 'to', zone: TimeZone): number {
  const interval: Json = Object(data['interval']);
  const text = textOf(interval[end]);
  const moment = text === undefined ? undefined : parseLocalTime(text, zone);
  return moment ?? refuse(`interval.${end} has to be YYYY-MM-DD hh:mm:ss.`);
}

function readCount(data: Json, name: string, otherwise: number, most: number): number {
  const value = data[name];
  if (value === undefined) return otherwise;
  const count = isLosslessNumber(value) && /^\d+$/.test(value.value) ? Number(value.value) : Number.NaN;
  return count <= most ? count : refuse(`${name} has to be a whole number, 0 to ${most}.`);
}

/** One value or a list of them. */
function list(data: Json, name: string): readonly string[] | undefined {
  const value = data[name];
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map((item) => textOf(item) ?? refuse(`${name} has to hold text or numbers.`));
}

function textOf(value: unknown): string | undefined {
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function refuse(sentence: string): never {
  throw new DataApiError(400, sentence);
}
