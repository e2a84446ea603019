/** One try of sending a notification. */
export interface NotificationAttempt {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly tookMs: number;
  /** HTTP status, or undefined when no answer came. */
  readonly status: number | undefined;
  /** The answer's text, or why none came. */
  readonly text: string;
}
