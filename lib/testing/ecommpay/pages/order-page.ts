import { html } from '../../html.ts';
import type { SaleOrder } from '../new-payment.ts';
import { shownSum } from '../sums.ts';
import { MESSAGES } from './messages.ts';
import { facts, type PayerView, payerLayout, sentParameters } from './payer-layout.ts';

interface OrderPage extends PayerView {
  readonly order: SaleOrder;
  /** As they came; they travel with the form, and are checked again. */
  readonly parameters: URLSearchParams;
}

/** The Payment Page before anything is registered. */
export function orderPage({ base, language, order, parameters }: OrderPage): string {
  const text = MESSAGES[language];
  const content = html`<h1>${text.order}</h1>
<p class="sum">${shownSum(order.amount, order.currency, language)}</p>
${order.description !== '' && html`<p class="soft">${order.description}</p>`}
${facts([
  [text.payment, order.id],
  [text.customer, order.customerId],
])}
<form method="post" action="${base}/payment/confirm">
${[...parameters].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<h2>${text.method}</h2>
<button class="primary">${text.payWith}</button>
</form>
${sentParameters(parameters, language, false)}`;
  return payerLayout({ base, language, title: text.order, brand: 'ECommPay', content });
}
