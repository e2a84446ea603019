import type { Language } from './messages.ts';

/** Where the control page stands and how it speaks. */
export interface ControlView {
  /** Path of the mounted router. */
  readonly base: string;
  readonly language: Language;
}
