const MINUTE_MS = 60_000;
const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/** A time zone by its IANA name or offset: minutes ahead of UTC at a moment. */
export type TimeZone = (ms: number) => number;

/** Undefined for a name that nobody knows. */
export function parseTimeZone(name: string): TimeZone | undefined {
  const match = OFFSET.exec(name);
  if (match !== null) {
    const minutes = (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1);
    return () => minutes;
  }
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
    return (ms) => offsetOf(format, ms);
  } catch {
    // What Intl throws says no more.
    return undefined;
  }
}

/** Milliseconds since the epoch of `YYYY-MM-DD hh:mm:ss` in a zone; undefined for any other text. */
export function parseLocalTime(text: string, zone: TimeZone): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const asUtc = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The second look is for moments close to a change of the clocks.
  const guess = asUtc - zone(asUtc) * MINUTE_MS;
  return asUtc - zone(guess) * MINUTE_MS;
}

/** `2020-01-14T11:27:24+03:00` */
export function formatLocalTime(ms: number, zone: TimeZone): string {
  const minutes = zone(ms);
  const local = new Date(ms + minutes * MINUTE_MS).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(Math.abs(minutes) / 60))}:${twoDigits(Math.abs(minutes) % 60)}`;
}

function offsetOf(format: Intl.DateTimeFormat, ms: number): number {
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d\d):(\d\d)/.exec(name);
  if (match === null) return 0;
  return (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
