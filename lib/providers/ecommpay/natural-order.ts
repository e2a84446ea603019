const ZERO = 0x30;
const NINE = 0x39;
/** Space, tab, line feed, vertical tab, form feed, carriage return. */
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);

/**
 * Natural order of two texts in UTF-8, as PHP's `SORT_NATURAL` has it, in which ECommPay's oldest library sorts before it signs: numbers
 * inside the text count as numbers, white space is skipped, bytes decide the rest. Negative, zero or positive.
 */
export function compareNaturally(a: Uint8Array, b: Uint8Array): number {
  if (a.length === 0 || b.length === 0) return a.length - b.length;
  const left = { bytes: a, at: skipZeros(a) };
  const right = { bytes: b, at: skipZeros(b) };
  for (;;) {
    skipSpaces(left);
    skipSpaces(right);
    if (isDigit(current(left)) && isDigit(current(right))) {
      const difference = compareNumbers(left, right);
      if (difference !== 0) return difference;
      if (isAtEnd(left) || isAtEnd(right)) return Number(isAtEnd(right)) - Number(isAtEnd(left));
    }
    const difference = current(left) - current(right);
    if (difference !== 0) return difference;
    left.at++;
    right.at++;
    if (isAtEnd(left) || isAtEnd(right)) return Number(isAtEnd(right)) - Number(isAtEnd(left));
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** A run that begins with a zero is compared like a fraction, digit by digit; of other runs the longer one is greater. */
function compareNumbers(left: Cursor, right: Cursor): number {
  const isFraction = current(left) === ZERO || current(right) === ZERO;
  let first = 0;
  for (; ; left.at++, right.at++) {
    const hasLeft = isDigit(current(left));
    const hasRight = isDigit(current(right));
    if (!hasLeft || !hasRight) return hasLeft === hasRight ? first : Number(hasLeft) - Number(hasRight);
    if (first === 0) first = current(left) - current(right);
    if (isFraction && first !== 0) return first;
  }
}

/** Zeros before a digit, at the very beginning only. */
function skipZeros(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === ZERO && isDigit(bytes[at + 1] ?? 0)) at++;
  return at;
}

function skipSpaces(cursor: Cursor): void {
  while (SPACES.has(current(cursor))) cursor.at++;
}

/** Past the end it is 0, which is no digit and comes before everything. */
function current({ bytes, at }: Cursor): number {
  return bytes[at] ?? 0;
}

function isAtEnd({ bytes, at }: Cursor): boolean {
  return at >= bytes.length;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
