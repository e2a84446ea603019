import type { Language } from '../http/choose-language.ts';

/** Where a control page stands and how it speaks. */
export interface ControlView {
  /** Path of the mounted router. */
  readonly base: string;
  readonly language: Language;
}
