import type { LatestPayment } from '../latest-payments.ts';
import { formatMoney } from './format-money.ts';
import { type Html, html } from './html.ts';
import { type Language, MESSAGES } from './messages.ts';

interface PaymentListView {
  readonly language: Language;
  readonly payments: readonly LatestPayment[];
  readonly timezone: string;
}

/** When, how it was paid, what became of it, and the sum. */
export function paymentList({ language, payments, timezone }: PaymentListView): Html {
  const text = MESSAGES[language];
  if (payments.length === 0) return html`<p class="empty">${text.noPayments}</p>`;
  const time = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: timezone,
  });
  return html`<ul class="payments">${payments.map((payment) => {
    const { provider, sum, currency, createdAt, state } = payment;
    return html`<li><span class="when">${time.format(createdAt)}</span>
<span class="how">${text.providers[provider]} · <span class="state ${state}">${text.states[state]}${returned(payment, language)}</span></span>
<b>${formatMoney(sum, currency, language)}</b></li>`;
  })}</ul>`;
}

/** Of a part that went back, how much it was. */
function returned({ state, refundedSum, currency }: LatestPayment, language: Language): string {
  return state === 'partially_refunded' ? `: ${formatMoney(refundedSum, currency, language)}` : '';
}
