import { isLosslessNumber } from 'lossless-json';
import { compareNaturally } from './natural-order.ts';

/** In which order the pairs stand before they are joined. ECommPay's own libraries know three. */
export type PairOrder = 'natural' | 'paths' | 'pairs';

interface Pair {
  readonly path: Buffer;
  /** `path:value` */
  readonly text: string;
  readonly bytes: Buffer;
}

/** Members that no signature covers, at any depth. */
const UNSIGNED_NAMES: ReadonlySet<string> = new Set(['signature', 'frame_mode']);
const MAX_DEPTH = 64;

/**
 * The text that is signed: every value with its path, `payment:sum:amount:1000`, sorted and joined by semicolons. Null and empty text stay
 * as `path:`, empty lists and objects leave nothing, numbers of `lossless-json` keep their text. Throws `RangeError` for what is nested too deeply.
 * Source: https://developers.ecommpay.com/en/en_platform_signature.html
 */
export function canonicalString(data: unknown, order: PairOrder = 'natural'): string {
  return joined(collectPairs(data), order);
}

/** The same in each of the orders. Throws `RangeError` as well for more than `maxBytes`: long names stand in every path below them. */
export function canonicalStrings(data: unknown, maxBytes: number): readonly string[] {
  const pairs = collectPairs(data, maxBytes);
  return (['natural', 'paths', 'pairs'] as const).map((order) => joined(pairs, order));
}

function collectPairs(data: unknown, maxBytes: number = Number.POSITIVE_INFINITY): readonly Pair[] {
  const pairs: Pair[] = [];
  let size = 0;
  for (const pair of pairsOf(data)) {
    size += pair.bytes.length;
    if (size > maxBytes) throw new RangeError('the data are too large to be signed');
    pairs.push(pair);
  }
  return pairs;
}

function joined(pairs: readonly Pair[], order: PairOrder): string {
  return [...pairs]
    .sort(COMPARE[order])
    .map((pair) => pair.text)
    .join(';');
}

const COMPARE: Readonly<Record<PairOrder, (a: Pair, b: Pair) => number>> = {
  natural: (a, b) => compareNaturally(a.path, b.path),
  paths: (a, b) => Buffer.compare(a.path, b.path),
  pairs: (a, b) => Buffer.compare(a.bytes, b.bytes),
};

function* pairsOf(value: unknown, names: readonly string[] = []): Generator<Pair> {
  if (names.length > MAX_DEPTH) throw new RangeError('the data are nested too deeply to be signed');
  if (typeof value === 'object' && value !== null && !isLosslessNumber(value)) {
    for (const [name, item] of Object.entries(value)) {
      // A list has its index here, a colon in a name is doubled.
      if (!UNSIGNED_NAMES.has(name)) yield* pairsOf(item, [...names, name.replaceAll(':', '::')]);
    }
    return;
  }
  if (value === undefined) return;
  const path = names.join(':');
  const text = `${path}:${valueText(value)}`;
  yield { path: Buffer.from(path), text, bytes: Buffer.from(text) };
}

function valueText(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return isLosslessNumber(value) ? value.value : String(value);
}
