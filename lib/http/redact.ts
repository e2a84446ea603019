import { storableText } from '../domain/storable-text.ts';

const HIDDEN = '[redacted]';

const HIDDEN_HEADERS =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-?api-?key|x-auth.*|x-amz-security-token|(x-)?content-hmac|.*(signature|token|secret|password|session).*)$/i;

/** Parameters whose values are means of payment or proof of who somebody is. */
const HIDDEN_NAMES =
  '[a-z0-9_.-]*(?:token(?:recipient)?|secret|password|signature|cryptogram(?:packet)?|authorization|cvv|cvc|cardnumber|card_number)';
const HIDDEN_FORM_VALUES = new RegExp(`(^|[?&;])(${HIDDEN_NAMES})=[^&;#]*`, 'gi');
const HIDDEN_JSON_VALUES = new RegExp(`("(?:${HIDDEN_NAMES})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|[^,}\\]\\s]+)`, 'gi');

/** 13 to 19 digits, perhaps in groups, also percent-encoded ones. */
const CARD_CANDIDATE = /(?<![0-9])[0-9](?:(?:[ +-]|%20|%2d)?[0-9]){12,18}(?![0-9])/gi;

/** Request headers as JSON, without what opens doors. */
export function redactHeaders(headers: NodeJS.Dict<string | string[]>): string {
  const shown = Object.entries(headers).map(([name, value]) => [name, HIDDEN_HEADERS.test(name) ? HIDDEN : redactCards(String(value))]);
  return storableText(JSON.stringify(Object.fromEntries(shown)));
}

/** An address, a form body or JSON, without secrets and card numbers. */
export function redactText(text: string): string {
  const hidden = text.replace(HIDDEN_FORM_VALUES, `$1$2=${HIDDEN}`).replace(HIDDEN_JSON_VALUES, `$1"${HIDDEN}"`);
  return storableText(redactCards(hidden));
}

function redactCards(text: string): string {
  return text.replace(CARD_CANDIDATE, (candidate) => (looksLikeCard(candidate.replace(/%20|%2d|[^0-9]/gi, '')) ? '[card]' : candidate));
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
