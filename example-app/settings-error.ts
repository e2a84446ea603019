/** What is wrong with the environment: one sentence that begins with the variable's name. */
export class SettingsError extends Error {
  override readonly name: string = 'SettingsError';
}
