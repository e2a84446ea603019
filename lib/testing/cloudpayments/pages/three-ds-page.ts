import { html } from '../../html.ts';
import type { StandInPayment } from '../payment.ts';
import { intentLanguage } from '../widget-intent.ts';
import { frameLayout } from './frame-layout.ts';
import { formatMoney, MESSAGES } from './messages.ts';

/** The bank's page of 3-D Secure. */
export function threeDsPage(base: string, payment: StandInPayment): string {
  const language = intentLanguage(payment.culture);
  const text = MESSAGES[language];
  const content = html`<p class="bank">${text.bankName}</p>
<h1>${text.bankTitle}</h1>
<dl>
<div><dt>${text.pay}</dt><dd>${formatMoney(payment.amount, payment.currency, language)}</dd></div>
<div><dt>${text.card}</dt><dd>${payment.card.brand} ·· ${payment.card.lastFour}</dd></div>
</dl>
<p class="hint">${text.bankHint}</p>
<form method="post" action="${base}/widget/3ds/${payment.transactionId}">
<label class="field"><span>${text.code}</span>
<input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]+" required data-first></label>
<button class="primary" name="action" value="confirm">${text.confirm}</button>
<button class="quiet" name="action" value="refuse" formnovalidate>${text.refuse}</button>
</form>`;
  return frameLayout({ language, base, title: text.bankTitle, content });
}
