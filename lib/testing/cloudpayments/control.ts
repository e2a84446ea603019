import { PaymentsError } from '../../domain/errors.ts';
import type { NotificationAnswer } from '../send-notification.ts';
import type { Acquirer } from './acquirer.ts';
import type { SentNotification } from './notification-log.ts';
import type { Notifier } from './notifier.ts';
import type { StandInPayment } from './payment.ts';
import type { PaymentLedger } from './payment-ledger.ts';
import { parseWidgetIntent } from './widget-intent.ts';

/** What a payer does in `control.pay`. */
export interface PayOptions {
  /** What a page would hand to `widget.start`; source of the names: https://developers.cloudpayments.ru/#parametry */
  readonly intent: Readonly<Record<string, unknown>>;
  /** Number of a test card, without spaces. Default 4000000000003055: paid at once. */
  readonly card?: string;
  /** The payer's address. Default 127.0.0.1. */
  readonly ipAddress?: string;
}

/** What `delay`, `lose` and `editNext` have set up for the next payment. */
export interface PlannedMischief {
  readonly delayMs: number;
  readonly isLost: boolean;
  readonly amount: string | undefined;
}

/** The hand of a test or a person on the stand-in. Amounts are decimal text; unknown transactions and impossible acts throw `PaymentsError`. */
export interface CloudPaymentsControl {
  /** All payments and refunds, oldest first. */
  list(): readonly StandInPayment[];
  /** The newest 500 notifications with every attempt, oldest first. */
  notifications(): readonly SentNotification[];
  /** A payment without a browser; with a 3-D Secure card it waits for `authenticate`. */
  pay(options: PayOptions): Promise<StandInPayment>;
  /** Ends the wait of a 3-D Secure card. */
  authenticate(transactionId: number, isPassed: boolean): StandInPayment;
  /** Sends the Pay of a payment again, byte for byte, `times` at the same moment (default 1). Status 0 stands for no answer. */
  duplicate(transactionId: number, times?: number): Promise<readonly NotificationAnswer[]>;
  /** The next Pay is first sent after so many milliseconds. */
  delay(ms: number): void;
  /** The next Pay is not sent until it is released. */
  lose(): void;
  /** Sends what was held back, of one transaction or all; returns how many. */
  release(transactionId?: number): number;
  /** The next payment goes on with this amount, as if the payer had edited the page. */
  editNext(amount: string): void;
  /** What waits for the next payment. */
  planned(): PlannedMischief;
  /** Money back: all that is left, or a part. Returns the refund. */
  refund(transactionId: number, amount?: string): StandInPayment;
  /** Gives a reservation up. */
  cancel(transactionId: number): StandInPayment;
  /** Takes reserved money: all of it, or a part. */
  confirm(transactionId: number, amount?: string): StandInPayment;
  /** Resolves when nothing is being sent or waits for a repeat any more; what is held back does not count. */
  settled(): Promise<void>;
}

const PAID_AT_ONCE = '4000000000003055';

export function createControl(ledger: PaymentLedger, acquirer: Acquirer, notifier: Notifier): CloudPaymentsControl {
  return {
    list: () => ledger.list(),
    notifications: () => notifier.log.list(),
    pay: ({ intent, card = PAID_AT_ONCE, ipAddress = '127.0.0.1' }) =>
      acquirer.pay(parseWidgetIntent(JSON.stringify(intent)), { number: card, expiry: '12/39', email: undefined, ipAddress }),
    authenticate: (transactionId, isPassed) => acquirer.authenticate(transactionId, isPassed),
    duplicate: async (transactionId, times = 1) => notifier.duplicate(findPay(notifier, transactionId), times),
    delay: (ms) => notifier.delayNextPay(ms),
    lose: () => notifier.loseNextPay(),
    release: (transactionId) => releaseHeld(notifier, transactionId),
    editNext: (amount) => acquirer.editNext(amount),
    planned: () => ({ ...notifier.nextPay, amount: acquirer.nextAmount }),
    refund: (transactionId, amount) => acquirer.refund(transactionId, amount),
    cancel: (transactionId) => acquirer.cancel(transactionId),
    confirm: (transactionId, amount) => acquirer.confirm(transactionId, amount),
    settled: () => notifier.settled(),
  };
}

function findPay(notifier: Notifier, transactionId: number): SentNotification {
  const pay = notifier.log.list().find((each) => each.type === 'pay' && each.transactionId === transactionId);
  if (pay !== undefined) return pay;
  throw new PaymentsError('ERR_PAYMENTS_NOT_FOUND', `No Pay was made for transaction ${transactionId}.`);
}

function releaseHeld(notifier: Notifier, transactionId: number | undefined): number {
  const held = notifier.log
    .list()
    .filter((each) => each.state === 'held' && (transactionId === undefined || each.transactionId === transactionId));
  for (const notification of held) notifier.release(notification);
  return held.length;
}
