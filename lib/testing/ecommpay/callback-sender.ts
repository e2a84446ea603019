import type { NotificationAttempt } from '../notification-attempt.ts';
import type { Agenda } from './agenda.ts';
import { CallbackLog, type EcommpayCallback } from './callback-log.ts';
import { MAX_ATTEMPTS, pauseAfter } from './retry-schedule.ts';
import type { EcommpayConfig } from './stand-in-options.ts';

/** A callback that is ready to go. */
export type CallbackDraft = Pick<EcommpayCallback, 'paymentId' | 'subject' | 'address' | 'body' | 'isRepeat'>;

/** Sends callbacks until the site has answered 200: those of one payment one after another, repeats at their own time. */
export class CallbackSender {
  readonly log: CallbackLog = new CallbackLog();
  readonly #config: EcommpayConfig;
  readonly #agenda: Agenda;
  /** The last first attempt of each payment. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(config: EcommpayConfig, agenda: Agenda) {
    this.#config = config;
    this.#agenda = agenda;
  }

  send(draft: CallbackDraft, delayMs: number): void {
    const callback = this.log.open({ ...draft, state: 'queued' });
    this.#agenda.after(delayMs, () => this.#queue(callback));
  }

  /** Only writes it down. */
  lose(draft: CallbackDraft): void {
    this.log.open({ ...draft, state: 'lost' });
  }

  #queue(callback: EcommpayCallback): void {
    const before = this.#turns.get(callback.paymentId) ?? Promise.resolve();
    const turn = before.then(() => this.#deliver(callback));
    this.#turns.set(callback.paymentId, turn);
    this.#agenda.during(turn);
  }

  async #deliver(callback: EcommpayCallback): Promise<void> {
    const { attempts } = this.log.change(callback, { state: 'sending' });
    const attempt = await this.#attempt(callback);
    const tried = this.log.change(callback, { attempts: [...attempts, attempt], state: 'sending' });
    if (this.#agenda.signal.aborted) return;
    if (attempt.status === 200) this.log.change(tried, { state: 'delivered' });
    else if (tried.attempts.length >= MAX_ATTEMPTS) this.log.change(tried, { state: 'given-up' });
    else this.#repeat(this.log.change(tried, { state: 'waiting' }));
  }

  #repeat(callback: EcommpayCallback): void {
    const pauseMs = pauseAfter(callback.attempts.length, this.#config.speed);
    this.#agenda.after(pauseMs, () => this.#agenda.during(this.#deliver(callback)));
  }

  async #attempt({ address, body }: EcommpayCallback): Promise<NotificationAttempt> {
    const at = Date.now();
    const signal = AbortSignal.any([this.#agenda.signal, AbortSignal.timeout(this.#config.answerTimeoutMs)]);
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(address, { method: 'POST', headers, body, redirect: 'manual', signal });
      const text = (await response.text()).slice(0, 2000);
      return { at, tookMs: Date.now() - at, status: response.status, text };
    } catch (error) {
      return { at, tookMs: Date.now() - at, status: undefined, text: reasonText(error) };
    }
  }
}

/** `fetch` hides why it failed in the error's cause. */
function reasonText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
