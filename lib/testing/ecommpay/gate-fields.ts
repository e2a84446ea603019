import { isLosslessNumber } from 'lossless-json';
import { MAX_TEXT, requireUrl } from './order-rules.ts';
import { invalidValue, RefusalError } from './refusal-error.ts';

type Json = Readonly<Record<string, unknown>>;

/** The members of a request of the Gate, `general.payment_id`; each method throws `RefusalError` for a value of the wrong kind. */
export class GateFields {
  readonly #data: Json;

  constructor(data: Json) {
    this.#data = data;
  }

  /** Text of at most 255 characters; undefined where it is absent or empty. */
  text(path: string): string | undefined {
    const value = this.#find(path);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw invalidValue(path, 'a string');
    if ([...value].length > MAX_TEXT) throw invalidValue(path, `at most ${MAX_TEXT} characters`);
    return value;
  }

  requiredText(path: string): string {
    return this.text(path) ?? missing(path);
  }

  /** A whole number as its text; a string is no number. */
  number(path: string): string | undefined {
    const value = this.#find(path);
    if (value === undefined) return undefined;
    if (isLosslessNumber(value) && /^\d+$/.test(value.value)) return value.value;
    throw invalidValue(path, 'a whole number');
  }

  requiredNumber(path: string): string {
    return this.number(path) ?? missing(path);
  }

  /** An http(s) address. */
  url(path: string): string | undefined {
    const text = this.text(path);
    return text === undefined ? undefined : requireUrl(path, text);
  }

  #find(path: string): unknown {
    return path.split('.').reduce<unknown>(member, this.#data) ?? undefined;
  }
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined;
}

function missing(field: string): never {
  throw new RefusalError('2004', { field });
}
