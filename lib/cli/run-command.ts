import { errorText } from '../domain/errors.ts';
import { RECONCILE_HELP, reconcile } from './reconcile.ts';
import { UsageError } from './usage-error.ts';

/** Where a command writes. */
export interface Output {
  /** The result, for people or programs. */
  out(text: string): void;
  /** What went wrong. */
  err(text: string): void;
}

export type Variables = Readonly<Record<string, string | undefined>>;

type Command = (args: readonly string[], variables: Variables, output: Output) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly help: string }>> = {
  reconcile: { run: reconcile, help: RECONCILE_HELP },
};

const HELP = `Usage: express-cloudpayments <command> [options]

Commands:
  reconcile   compare ECommPay's list of CashU operations with the tables

express-cloudpayments <command> --help tells more.
`;

/** A command line that could not be carried out: wrong options, no database, no answer. */
const FAILED = 2;

/** Runs one command line. Gives the exit code: 0, 1 where a command says so, 2 when it could not be carried out. */
export async function runCommand(args: readonly string[], variables: Variables, output: Output): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    output.out(HELP);
    return args.length === 0 ? FAILED : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    output.err(`There is no command "${name}".\n\n${HELP}`);
    return FAILED;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    output.out(command.help);
    return 0;
  }
  try {
    return await command.run(rest, variables, output);
  } catch (error) {
    output.err(`${errorText(error)}\n${error instanceof UsageError ? `\n${command.help}` : ''}`);
    return FAILED;
  }
}
