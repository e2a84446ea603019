import type { NotificationAttempt } from '../notification-attempt.ts';

/** A callback with everything that was tried. */
export interface EcommpayCallback {
  readonly id: number;
  readonly paymentId: string;
  /** What it says of the operation: "sale success", "refund decline", … */
  readonly subject: string;
  readonly address: string;
  /** The text as sent: signed JSON. */
  readonly body: string;
  /** A further copy of one that was sent before. */
  readonly isRepeat: boolean;
  /** `queued` until it is due; `waiting` for its next attempt; `lost` on purpose; `given-up` after the last attempt. */
  readonly state: 'queued' | 'sending' | 'waiting' | 'lost' | 'delivered' | 'given-up';
  readonly attempts: readonly NotificationAttempt[];
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

const KEPT = 500;

/** What was sent and what was answered; the newest 500, oldest first. */
export class CallbackLog {
  readonly #entries = new Map<number, EcommpayCallback>();
  #lastId = 0;

  open(entry: Omit<EcommpayCallback, 'id' | 'attempts' | 'createdAt'>): EcommpayCallback {
    this.#lastId += 1;
    this.#forgetOldest();
    return this.change({ ...entry, id: this.#lastId, attempts: [], createdAt: Date.now() }, {});
  }

  change(callback: EcommpayCallback, change: Partial<EcommpayCallback>): EcommpayCallback {
    const changed = { ...callback, ...change };
    this.#entries.set(changed.id, changed);
    return changed;
  }

  list(): readonly EcommpayCallback[] {
    return [...this.#entries.values()];
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= KEPT) this.#entries.delete(oldest);
  }
}
