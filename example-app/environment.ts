import { SettingsError } from './settings-error.ts';

/** Reads one variable after another; an empty one counts as unset. Each method throws `SettingsError` for a value of no use. */
export class Environment {
  readonly #variables: NodeJS.ProcessEnv;

  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables;
  }

  text(name: string): string | undefined {
    const value = this.#variables[name]?.trim();
    return value === '' ? undefined : value;
  }

  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined || value === '0' || value === 'false') return false;
    return value === '1' || value === 'true' || refuse(`${name} has to be 1 or 0, not "${value}".`);
  }

  port(name: string, otherwise: number): number {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    return port <= 65_535 ? port : refuse(`${name} has to be a port, 0 to 65535, not "${value}".`);
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    return choices.find((choice) => choice === value) ?? refuse(`${name} has to be ${choices.join(' or ')}, not "${value}".`);
  }

  /** An absolute http(s) address. */
  url(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const { protocol = '', username = '' } = URL.canParse(value) ? new URL(value) : {};
    const isUsable = /^https?:$/.test(protocol) && username === '';
    return isUsable ? value : refuse(`${name} has to be an address with http:// or https:// and without a user name.`);
  }
}

/** Ends the reading with a sentence that names the variable. */
export function refuse(sentence: string): never {
  throw new SettingsError(sentence);
}
