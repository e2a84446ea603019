import { OPERATION_CODES } from '../../../providers/ecommpay/index.ts';
import { type Html, html } from '../../html.ts';
import { type EcommpayPayment, isOpen, isPaid, saleOf, wayBackOf } from '../payment.ts';
import { shownSum } from '../sums.ts';
import { MESSAGES, type Messages } from './messages.ts';
import { type PayerView, payerLayout } from './payer-layout.ts';

interface ResultPage extends PayerView {
  readonly payment: EcommpayPayment;
}

const RELOAD_SECONDS = 2;

/** How the payment ended; also for a payer who opens an old link. */
export function resultPage({ base, language, payment }: ResultPage): string {
  const text = MESSAGES[language];
  const title = titleOf(payment, text);
  const content = html`${mark(payment)}
<h1>${title}</h1>
<p class="sum">${shownSum(isPaid(payment) ? saleOf(payment).amount : payment.amount, payment.currency, language)}</p>
${explanation(payment, text)}
<p class="soft">${text.payment} ${payment.id}</p>
${exit(payment, text)}`;
  return payerLayout({ base, language, title, brand: 'ECommPay', content, reloadAfter: isOpen(payment) ? RELOAD_SECONDS : undefined });
}

function titleOf(payment: EcommpayPayment, text: Messages): string {
  if (isOpen(payment)) return text.open;
  if (payment.status === 'partially refunded') return text.partiallyRefunded;
  return payment.status === 'refunded' ? text.refunded : text[payment.status === 'success' ? 'success' : failure(payment)];
}

function failure({ status }: EcommpayPayment): 'error' | 'decline' {
  return status === 'error' ? 'error' : 'decline';
}

function mark(payment: EcommpayPayment): Html {
  if (isOpen(payment)) return html`<div class="mark open" aria-hidden="true">…</div>`;
  return isPaid(payment) ? html`<div class="mark good" aria-hidden="true">✓</div>` : html`<div class="mark bad" aria-hidden="true">×</div>`;
}

function explanation(payment: EcommpayPayment, text: Messages): Html {
  if (isOpen(payment)) return html`<p class="soft" role="status">${text.openHint}</p>`;
  if (isPaid(payment)) return html`${payment.status === 'success' && html`<p class="soft" role="status">${text.successHint}</p>`}`;
  const { code } = saleOf(payment);
  return html`<p class="problem" role="alert" lang="en">${code} ${OPERATION_CODES[code]}</p>`;
}

function exit(payment: EcommpayPayment, text: Messages): Html {
  const { address } = wayBackOf(payment);
  if (address === undefined) return html`<p class="soft">${text.close}</p>`;
  return html`<a class="primary" href="${address}">${text.back}</a>`;
}
