import { PaymentsError } from '../../domain/errors.ts';
import { signData } from '../../providers/ecommpay/index.ts';
import type { CallbackDraft, CallbackSender } from './callback-sender.ts';
import type { EcommpayOutcome, EcommpayRefundOutcome } from './outcomes.ts';
import type { EcommpayOperation, EcommpayPayment } from './payment.ts';
import { operationPart, paymentPart, type WirePart } from './payment-parts.ts';
import type { EcommpayConfig } from './stand-in-options.ts';

/** News of a payment. */
export interface News {
  readonly payment: EcommpayPayment;
  readonly operation: EcommpayOperation;
  /** Loses, delays or repeats the callback. */
  readonly outcome: EcommpayOutcome | EcommpayRefundOutcome;
  /** Further members, such as `redirect_data`. */
  readonly extra?: WirePart;
}

/** How late a late result comes: after the limit of every payment. */
export const LATE_MS: number = 35 * 60_000;
const SECOND_MS = 1000;

/** Writes and signs callbacks, and plays what may happen to them. */
export class CallbackDesk {
  readonly #config: EcommpayConfig;
  readonly #sender: CallbackSender;

  constructor(config: EcommpayConfig, sender: CallbackSender) {
    this.#config = config;
    this.#sender = sender;
  }

  /** On the way to a result; goes at once. */
  sendProgress(news: News): void {
    this.#send(this.#draft(news), news, 0);
  }

  /** How an operation has ended. */
  sendResult(news: News): void {
    const { speed, stepMs } = this.#config;
    const draft = this.#draft(news);
    const delayMs = news.outcome === 'late' ? LATE_MS / speed : stepMs;
    this.#send(draft, news, delayMs);
    if (news.outcome !== 'duplicate') return;
    this.#send({ ...draft, isRepeat: true }, news, delayMs);
    this.#send({ ...this.#draft(aSecondLater(news)), isRepeat: true }, news, delayMs);
  }

  /** Sends the last callback of a payment once more, byte for byte; a lost one counts. Throws when there was none. */
  resend(paymentId: string): void {
    const last = this.#sender.log.list().findLast((callback) => callback.paymentId === paymentId);
    if (last === undefined) throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `No callback was made for payment "${paymentId}".`);
    const { subject, address, body } = last;
    this.#sender.send({ paymentId, subject, address, body, isRepeat: true }, 0);
  }

  #send(draft: CallbackDraft, { outcome }: News, delayMs: number): void {
    if (outcome === 'lost') this.#sender.lose(draft);
    else this.#sender.send(draft, delayMs);
  }

  #draft({ payment, operation, extra }: News): CallbackDraft {
    const { id: paymentId, customerId, currency } = payment;
    const { merchantRefundId, description, type, status, callbackUrl } = operation;
    const reference = merchantRefundId === undefined ? {} : { merchant_refund_id: merchantRefundId };
    const body = {
      project_id: this.#config.projectId,
      payment: { ...paymentPart(payment, description), ...reference },
      customer: { id: customerId },
      operation: operationPart(operation, currency),
      ...extra,
    };
    const signed = { ...body, signature: signData(body, this.#config.secret) };
    return { paymentId, subject: `${type} ${status}`, address: callbackUrl, body: JSON.stringify(signed), isRepeat: false };
  }
}

/** Seen in practice: the same callback again, with other dates. */
function aSecondLater({ payment, operation, ...rest }: News): News {
  return {
    ...rest,
    payment: { ...payment, changedAt: payment.changedAt + SECOND_MS },
    operation: { ...operation, changedAt: operation.changedAt + SECOND_MS },
  };
}
