import type { ControlView } from '../../control-view.ts';
import { type Html, html } from '../../html.ts';
import type { EcommpayControl } from '../control.ts';
import { type EcommpayOperation, type EcommpayPayment, isOpen, isPaid } from '../payment.ts';
import { PAYER_ACTIONS } from '../platform.ts';
import { shownSum } from '../sums.ts';
import { CONTROL_MESSAGES, type ControlMessages } from './control-messages.ts';

/** Payments with what can be done to each; newest first. */
export function paymentList(view: ControlView, control: EcommpayControl): Html {
  const text = CONTROL_MESSAGES[view.language];
  const payments = control.payments().toReversed();
  if (payments.length === 0) return html`<p class="empty">${text.noPayments}</p>`;
  const announced = new Set(control.callbacks().map(({ paymentId }) => paymentId));
  return html`<ul class="payments">${payments.map(
    (payment) => html`<li class="payment">
<div class="sum">${shownSum(payment.amount, payment.currency, view.language)}</div>
<div class="about">${about(payment, text, view)}</div>
<div class="acts">${acts(payment, text, view)}
${announced.has(payment.id) && act(view, payment, 'resend', text.resend)}
${act(view, payment, 'processing', text.processing)}</div></li>`,
  )}</ul>`;
}

function about(payment: EcommpayPayment, text: ControlMessages, { language }: ControlView): Html {
  const facts = [
    text.via[payment.via],
    `${text.customer} ${payment.customerId}`,
    payment.outcome !== 'success' && text.outcomes[payment.outcome].title,
    payment.rest !== payment.amount && `${text.rest} ${shownSum(payment.rest, payment.currency, language)}`,
  ];
  return html`<span class="badge ${toneOf(payment)}">${text.statuses[payment.status]}</span> <span class="mono">${payment.id}</span>
<span class="soft">${facts.filter((fact) => fact !== false).join(' · ')}</span>
<ul class="operations">${payment.operations.map((operation) => html`<li>${operationLine(operation, payment, text, language)}</li>`)}</ul>`;
}

function toneOf(payment: EcommpayPayment): 'open' | 'good' | 'bad' {
  if (isOpen(payment)) return 'open';
  return isPaid(payment) ? 'good' : 'bad';
}

function operationLine(
  { type, status, amount, code }: EcommpayOperation,
  { currency }: EcommpayPayment,
  text: ControlMessages,
  language: ControlView['language'],
): string {
  return `${text.types[type]} ${shownSum(amount, currency, language)} · ${status} · ${code}`;
}

function acts(payment: EcommpayPayment, text: ControlMessages, view: ControlView): Html {
  const isWaiting = payment.status === 'awaiting redirect result';
  const amount = html`<input name="amount" id="refund-${payment.transactionCode}" inputmode="decimal" placeholder="${payment.rest}" aria-label="${text.amount}">`;
  return html`${isWaiting && html`<a class="link" href="${view.base}/cashu/wallet?code=${payment.transactionCode}">${text.toCashu}</a>`}
${isWaiting && PAYER_ACTIONS.map((action) => act(view, payment, 'payer', text.payer[action], html`<input type="hidden" name="action" value="${action}">`))}
${isOpen(payment) && act(view, payment, 'expire', text.expire)}
${isPaid(payment) && payment.status !== 'refunded' && act(view, payment, 'refund', text.refund, amount)}`;
}

function act({ base }: ControlView, { id }: EcommpayPayment, name: string, label: string, extra?: Html): Html {
  return html`<form method="post" action="${base}/control/${name}" class="row"><input type="hidden" name="paymentId" value="${id}">${extra}<button>${label}</button></form>`;
}
