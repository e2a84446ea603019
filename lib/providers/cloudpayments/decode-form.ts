import { NotificationError } from '../../domain/errors.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type FormPair = readonly [name: string, value: string];

/**
 * The decoded pairs of a form body or query string: `+` is a space, escapes are UTF-8.
 * Throws `NotificationError` where the bytes are no UTF-8 (usually Windows-1251).
 */
export function decodeForm(raw: Uint8Array): FormPair[] {
  const text = decodeUtf8(raw);
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decodePart(part), ''] : [decodePart(part.slice(0, at)), decodePart(part.slice(at + 1))];
    });
}

/** Text of UTF-8 bytes; throws `NotificationError` for anything else. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new NotificationError(
      'The parameters are not UTF-8. Set the encoding of this notification to UTF-8 in the merchant cabinet.',
      undefined,
      'ERR_PAYMENTS_BODY_ENCODING',
    );
  }
}

function decodePart(part: string): string {
  const spaced = part.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLoosely(spaced);
  }
}

/** For text with a percent sign that begins no escape: it stands for itself, as browsers read it. */
function decodeLoosely(text: string): string {
  const bytes: Buffer[] = text
    .split(/(%[0-9a-f]{2})/i)
    .map((piece, index) => (index % 2 === 1 ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece)));
  return decodeUtf8(Buffer.concat(bytes));
}
