import { storableText } from './storable-text.ts';

const HIDDEN = '[redacted]';

const HIDDEN_HEADERS =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-?api-?key|x-auth.*|x-amz-security-token|(x-)?content-hmac|.*(signature|token|secret|password|session).*)$/i;

/** Parameters whose values are means of payment or proof of who somebody is. */
const HIDDEN_NAMES =
  '[a-z0-9_.-]*(?:token(?:recipient)?|secret|password|signature|cryptogram(?:packet)?|authorization|cvv|cvc|cardnumber|card_number)';
const HIDDEN_FORM_VALUES = new RegExp(`(^|[?&;])(${HIDDEN_NAMES})=[^&;#]*`, 'gi');
const HIDDEN_JSON_VALUES = new RegExp(`("(?:${HIDDEN_NAMES})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|[^,}\\]\\s]+)`, 'gi');

/** The same JSON as a value of a form. */
const HIDDEN_ENCODED_VALUES = new RegExp(`(%22(?:${HIDDEN_NAMES})%22(?:%20|\\+)*%3a(?:%20|\\+)*%22)((?!%22)[^&])*`, 'gi');

const SEPARATOR = '(?:[ \\t\\u00a0+._-]|%20|%09|%2b|%2d|%c2%a0)';
/** Groups of digits; before them perhaps an escape, whose own digits are none of theirs: `%224111…` */
const DIGIT_GROUPS = new RegExp(`(%[0-9a-f]{2})?([0-9]+(?:${SEPARATOR}{1,3}[0-9]+)*)`, 'gi');
const SEPARATORS = new RegExp(`(${SEPARATOR}+)`, 'i');
const FEWEST_CARD_DIGITS = 13;
const MOST_CARD_DIGITS = 19;

/** Request headers as JSON, without what opens doors. */
export function redactHeaders(headers: NodeJS.Dict<string | string[]>): string {
  const shown = Object.entries(headers).map(([name, value]) => [name, HIDDEN_HEADERS.test(name) ? HIDDEN : redactText(String(value))]);
  return storableText(JSON.stringify(Object.fromEntries(shown)));
}

/** An address, a form body or JSON, without secrets and card numbers. */
export function redactText(text: string): string {
  const hidden = text.replace(HIDDEN_FORM_VALUES, `$1$2=${HIDDEN}`).replace(HIDDEN_ENCODED_VALUES, `$1${HIDDEN}`);
  return storableText(redactCards(redactJson(hidden)));
}

/** JSON without secrets; everything else stays as it is. */
export function redactJson(text: string): string {
  return text.replace(HIDDEN_JSON_VALUES, `$1"${HIDDEN}"`);
}

function redactCards(text: string): string {
  return text.replace(DIGIT_GROUPS, (_match, before: string | undefined, groups: string) => {
    const shown = redactGroups(groups);
    // A percent sign that begins no escape: `%4111…`.
    if (before !== undefined && shown === groups && /^%[0-9]{2}/.test(before)) return `%${redactGroups(`${before.slice(1)}${groups}`)}`;
    return `${before ?? ''}${shown}`;
  });
}

/** A card number may be any row of whole groups: there may be another number before or after it. */
function redactGroups(text: string): string {
  const parts = text.split(SEPARATORS);
  let shown = '';
  for (let first = 0; first < parts.length; ) {
    const last = endOfCard(parts, first);
    shown += last === undefined ? `${parts[first]}${parts[first + 1] ?? ''}` : `[card]${parts[last + 1] ?? ''}`;
    first = (last ?? first) + 2;
  }
  return shown;
}

/** Digits stand at the even places, what separates them at the odd ones. */
function endOfCard(parts: readonly string[], first: number): number | undefined {
  let end: number | undefined;
  let digits = '';
  for (let index = first; index < parts.length; index += 2) {
    digits += parts[index];
    if (digits.length > MOST_CARD_DIGITS) break;
    if (digits.length >= FEWEST_CARD_DIGITS && looksLikeCard(digits)) end = index;
  }
  return end;
}

/** A number that passes the check digit, or has the length and the first digit of nearly all cards. */
function looksLikeCard(digits: string): boolean {
  return (digits.length === 16 && /^[2-6]/.test(digits)) || hasValidCheckDigit(digits);
}

/** ISO/IEC 7812-1, annex B (Luhn). */
function hasValidCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
