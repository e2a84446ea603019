/** The command line or the environment is wrong; the message names what and how to mend it. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
