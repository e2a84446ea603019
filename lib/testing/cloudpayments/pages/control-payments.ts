import type { ControlView } from '../../control-view.ts';
import { type Html, html } from '../../html.ts';
import type { CloudPaymentsControl } from '../control.ts';
import type { StandInPayment } from '../payment.ts';
import { CONTROL_MESSAGES, type ControlMessages } from './control-messages.ts';
import { formatMoney } from './messages.ts';

/** Payments and refunds with what can be done to each; newest first. */
export function paymentList(view: ControlView, control: CloudPaymentsControl): Html {
  const text = CONTROL_MESSAGES[view.language];
  const payments = control.list().toReversed();
  if (payments.length === 0) return html`<p class="empty">${text.noPayments}</p>`;
  const held = new Set(control.notifications().flatMap(({ state, transactionId }) => (state === 'held' ? [transactionId] : [])));
  return html`<ul class="payments">${payments.map(
    (payment) => html`<li>
<div class="sum">${formatMoney(payment.amount, payment.currency, view.language)}</div>
<div class="about"><span class="badge ${payment.status}">${text.statuses[payment.status]}</span>
<span class="mono">${payment.transactionId}</span> ${about(payment, text, view)}</div>
<div class="acts">${acts(payment, text, view, held.has(payment.transactionId))}</div></li>`,
  )}</ul>`;
}

function about(payment: StandInPayment, text: ControlMessages, { language }: ControlView): Html {
  const facts = [
    payment.originalTransactionId !== undefined && `${text.refundOf} ${payment.originalTransactionId}`,
    payment.accountId !== undefined && `${text.account} ${payment.accountId}`,
    payment.invoiceId !== undefined && `${text.order} ${payment.invoiceId}`,
    `${payment.card.brand} ·· ${payment.card.lastFour}`,
    payment.refunded !== '0.00' && `${text.refunded} ${formatMoney(payment.refunded, payment.currency, language)}`,
  ];
  return html`<span class="soft">${facts.filter((fact) => fact !== false).join(' · ')}</span>`;
}

function acts(payment: StandInPayment, text: ControlMessages, view: ControlView, isHeld: boolean): Html {
  const { transactionId, operation, status } = payment;
  const isPaid = operation === 'Payment' && status === 'Completed';
  const isReserved = status === 'Authorized';
  const act = (action: string, label: string, extra?: Html) => button(view, { action, label, transactionId, extra });
  return html`${isHeld && act('release', text.release)}
${(isPaid || isReserved) && act('duplicate', text.duplicate)}
${(isPaid || isReserved) && act('duplicate', text.tenTimes, html`<input type="hidden" name="times" value="10">`)}
${isPaid && payment.refunded !== payment.amount && act('refund', text.refund, amountInput(payment, 'refund', text))}
${isReserved && act('confirm', text.confirm, amountInput(payment, 'confirm', text))}
${isReserved && act('cancel', text.cancel)}`;
}

function amountInput({ transactionId, amount }: StandInPayment, action: string, text: ControlMessages): Html {
  return html`<input name="amount" id="${action}-${transactionId}" inputmode="decimal" placeholder="${amount}" aria-label="${text.amount}">`;
}

interface ActButton {
  readonly action: string;
  readonly label: string;
  readonly transactionId: number;
  readonly extra: Html | undefined;
}

function button({ base }: ControlView, { action, label, transactionId, extra }: ActButton): Html {
  return html`<form method="post" action="${base}/control/${action}" class="row"><input type="hidden" name="transactionId" value="${transactionId}">${extra}<button>${label}</button></form>`;
}
