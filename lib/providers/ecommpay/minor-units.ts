import { fromScaled, parseAmount, toScaled } from '../../domain/money.ts';

/** The largest amount that ECommPay takes. Source: its Payment Page parameters, `payment_amount`. */
const MAX_MINOR_UNITS = 10_000_000_000_000n;
const SCALE_DECIMALS = 4;

/** A canonical amount in the smallest units of its currency: "12.345" with 3 decimals → 12345. Undefined where it has more decimals, or is out of range. */
export function toMinorUnits(amount: string, decimals: number): number | undefined {
  const unit = 10n ** BigInt(SCALE_DECIMALS - decimals);
  const scaled = toScaled(amount);
  const units = scaled / unit;
  return scaled % unit === 0n && units > 0n && units <= MAX_MINOR_UNITS ? Number(units) : undefined;
}

/** The canonical amount of so many smallest units; undefined for anything but a whole number that is not negative. */
export function fromMinorUnits(units: string, decimals: number): string | undefined {
  if (!/^\d{1,15}$/.test(units)) return undefined;
  return parseAmount(fromScaled(BigInt(units) * 10n ** BigInt(SCALE_DECIMALS - decimals)));
}
