import { readJson } from './parse.ts';

/** The JSON of an answer; undefined for a proxy's page, or nothing at all. */
export function readAnswer(text: string): ReturnType<typeof readJson> | undefined {
  try {
    return readJson(text);
  } catch {
    // Who asked says what is missing.
    return undefined;
  }
}
