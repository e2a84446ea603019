import { type NotificationAnswer, sendNotification } from '../send-notification.ts';
import { answerCode, checkReason } from './check-answer.ts';
import { NotificationLog, type SentNotification } from './notification-log.ts';
import type { StandInPayment } from './payment.ts';
import { type PaymentNotificationType, paymentNotification } from './payment-notification.ts';
import { MAX_ATTEMPTS, pauseAfter } from './retry-schedule.ts';
import type { StandInConfig } from './stand-in-options.ts';

/** What happens to the first attempt of a Pay. */
interface PayPlan {
  readonly isLost: boolean;
  readonly delayMs: number;
}

const ORDINARY: PayPlan = { isLost: false, delayMs: 0 };

/** Sends notifications as CloudPayments does: Check once, everything else until the site has answered `{"code":0}`. */
export class Notifier {
  readonly log: NotificationLog = new NotificationLog();
  readonly #config: StandInConfig;
  readonly #stopping = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #open = new Set<number>();
  readonly #whenSettled: (() => void)[] = [];
  #nextPay: PayPlan = ORDINARY;

  constructor(config: StandInConfig) {
    this.#config = config;
  }

  get nextPay(): PayPlan {
    return this.#nextPay;
  }

  /** Asks the site before a payment: 0, or the reason for which it is declined. Without a Check address everything may proceed. */
  async ask(payment: StandInPayment): Promise<number> {
    const notification = this.#prepare('check', payment);
    if (notification === undefined) return 0;
    const { answer, entry } = await this.#attempt(notification);
    const reason = checkReason(answer);
    this.log.change(entry, { state: reason === 0 ? 'delivered' : 'refused' });
    return reason;
  }

  send(type: Exclude<PaymentNotificationType, 'check'>, payment: StandInPayment): void {
    const notification = this.#prepare(type, payment);
    if (notification === undefined) return;
    const { isLost, delayMs } = type === 'pay' ? this.#takePlan() : ORDINARY;
    if (isLost) this.log.change(notification, { state: 'held' });
    else this.#deliverIn(delayMs, notification);
  }

  /** Sends one that was sent before again, several times at the same moment, without repeats. */
  async duplicate(notification: SentNotification, times: number): Promise<readonly NotificationAnswer[]> {
    const copies = Array.from({ length: times }, () => this.log.open({ ...notification, isDuplicate: true }));
    const attempts = await Promise.all(copies.map((copy) => this.#attempt(copy)));
    return attempts.map(({ answer, entry }) => {
      this.log.change(entry, { state: isTaken(answer) ? 'delivered' : 'given-up' });
      return answer instanceof Error ? { status: 0, body: answer.message } : answer;
    });
  }

  /** The next Pay is first sent after so many milliseconds. */
  delayNextPay(delayMs: number): void {
    this.#nextPay = { ...this.#nextPay, delayMs };
  }

  /** The next Pay is kept back until `release`. */
  loseNextPay(): void {
    this.#nextPay = { ...this.#nextPay, isLost: true };
  }

  release(notification: SentNotification): void {
    this.#deliverIn(0, notification);
  }

  /** Resolves when nothing is under way any more; what is held back does not count. */
  settled(): Promise<void> {
    return this.#open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenSettled.push(resolve));
  }

  close(): void {
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#open.clear();
    this.#tellSettled();
  }

  #prepare(type: PaymentNotificationType, payment: StandInPayment): SentNotification | undefined {
    const setting = this.#config.notifications.get(type);
    if (!setting?.isEnabled || this.#stopping.signal.aborted) return undefined;
    return this.log.open({
      type,
      transactionId: payment.transactionId,
      address: setting.address,
      method: setting.method,
      fields: paymentNotification(type, payment, this.#config.testMode),
      isDuplicate: false,
    });
  }

  #takePlan(): PayPlan {
    const plan = this.#nextPay;
    this.#nextPay = ORDINARY;
    return plan;
  }

  #deliverIn(delayMs: number, notification: SentNotification): void {
    this.#open.add(notification.id);
    const waiting = this.log.change(notification, { state: 'waiting' });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(waiting);
    }, delayMs).unref();
    this.#timers.add(timer);
  }

  async #deliver(notification: SentNotification): Promise<void> {
    const { answer, entry } = await this.#attempt(notification);
    if (this.#stopping.signal.aborted) return;
    if (!isTaken(answer) && entry.attempts.length < MAX_ATTEMPTS) {
      this.#deliverIn(pauseAfter(entry.attempts.length, this.#config.speed), entry);
      return;
    }
    this.log.change(entry, { state: isTaken(answer) ? 'delivered' : 'given-up' });
    this.#open.delete(notification.id);
    this.#tellSettled();
  }

  async #attempt(notification: SentNotification): Promise<{ answer: NotificationAnswer | Error; entry: SentNotification }> {
    const at = Date.now();
    const sending = this.log.change(notification, { state: 'sending' });
    const answer = await this.#exchange(notification);
    const [status, text] = answer instanceof Error ? [undefined, reasonText(answer)] : [answer.status, answer.body];
    const attempt = { at, tookMs: Date.now() - at, status, text: text.slice(0, 2000) };
    return { answer, entry: this.log.change(sending, { attempts: [...sending.attempts, attempt] }) };
  }

  async #exchange({ address, method, fields }: SentNotification): Promise<NotificationAnswer | Error> {
    const { format, apiSecret, answerTimeoutMs } = this.#config;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(answerTimeoutMs)]);
    try {
      return await sendNotification({ url: address, method, format, fields, secret: apiSecret, signal });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #tellSettled(): void {
    if (this.#open.size > 0) return;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }
}

function isTaken(answer: NotificationAnswer | Error): boolean {
  return !(answer instanceof Error) && answerCode(answer) === 0;
}

/** `fetch` hides why it failed in the error's cause. */
function reasonText(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
