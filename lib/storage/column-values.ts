import { parseAmount } from '../domain/money.ts';

/** SQLite gives a double of at most 15 digits, whose shortest text is the decimal that was stored. */
export function readAmount(value: unknown): string {
  const amount = parseAmount(String(value));
  if (amount === undefined) throw new Error(`the amount ${String(value)} in the table is not a decimal of up to 15 digits`);
  return amount;
}

export function readText(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}
