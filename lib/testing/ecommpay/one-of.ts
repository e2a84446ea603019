import { PaymentsError } from '../../domain/errors.ts';

/** The choice of that name. Throws `PaymentsError` that lists them for any other. */
export function oneOf<Choice extends string>(choices: readonly Choice[], wanted: string | undefined): Choice {
  const choice = choices.find((each) => each === wanted);
  if (choice !== undefined) return choice;
  throw new PaymentsError('ERR_PAYMENTS_STATE', `"${wanted ?? ''}" is none of ${choices.join(', ')}.`);
}
