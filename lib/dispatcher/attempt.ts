import type { ClaimedDelivery } from '../storage/rows.ts';

/** How one try ended. */
export interface AttemptResult {
  readonly isTaken: boolean;
  /** Worth another try at once: the connection broke, or a proxy says that the back-end is just restarting. */
  readonly isQuickRetry: boolean;
  /** The endpoint as a whole seems to be down, and not only this delivery refused. */
  readonly isEndpointFault: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfterMs: number | undefined;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: string | null;
  readonly responseBody: string | null;
}

/** Hands one delivery over, once. Never throws; the signal ends it. */
export type Attempt = (delivery: ClaimedDelivery, signal: AbortSignal) => Promise<AttemptResult>;

/** A sender of one kind, with what must be closed when the dispatcher stops. */
export interface Sender {
  readonly attempt: Attempt;
  /** For the webhook log. */
  readonly url: string;
  close(): Promise<void>;
}
