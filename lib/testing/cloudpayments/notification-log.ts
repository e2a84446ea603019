import type { NotificationAttempt } from '../notification-attempt.ts';
import type { NotificationFields } from '../notification-fields.ts';
import type { PaymentNotificationType } from './payment-notification.ts';

/** A notification with everything that was tried. */
export interface SentNotification {
  readonly id: number;
  readonly type: PaymentNotificationType;
  readonly transactionId: number;
  readonly address: string;
  readonly method: 'GET' | 'POST';
  readonly fields: NotificationFields;
  /** A second copy of one that was sent before. */
  readonly isDuplicate: boolean;
  /** `waiting` for its next attempt; `held` back until it is released; `refused` by the answer to a Check; `given-up` after the last attempt. */
  readonly state: 'sending' | 'waiting' | 'held' | 'delivered' | 'refused' | 'given-up';
  readonly attempts: readonly NotificationAttempt[];
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

const KEPT = 500;

/** What was sent and what was answered; the newest 500, oldest first. */
export class NotificationLog {
  readonly #entries = new Map<number, SentNotification>();
  #lastId = 0;

  open(entry: Omit<SentNotification, 'id' | 'state' | 'attempts' | 'createdAt'>): SentNotification {
    this.#lastId += 1;
    this.#forgetOldest();
    return this.#keep({ ...entry, id: this.#lastId, state: 'sending', attempts: [], createdAt: Date.now() });
  }

  change(notification: SentNotification, change: Partial<SentNotification>): SentNotification {
    return this.#keep({ ...notification, ...change });
  }

  list(): readonly SentNotification[] {
    return [...this.#entries.values()];
  }

  #keep(entry: SentNotification): SentNotification {
    this.#entries.set(entry.id, entry);
    return entry;
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= KEPT) this.#entries.delete(oldest);
  }
}
