import { type Html, html } from '../../html.ts';
import type { EcommpayPayment } from '../payment.ts';
import { shownSum } from '../sums.ts';
import { MESSAGES } from './messages.ts';
import { facts, type PayerView, payerLayout } from './payer-layout.ts';

interface CashuPage extends PayerView {
  readonly payment: EcommpayPayment;
  /** Where the payer goes who does nothing. */
  readonly leaveTo: string;
}

/** The wallet's own page, with a button for each thing that can happen there. */
export function cashuPage({ base, language, payment, leaveTo }: CashuPage): string {
  const text = MESSAGES[language];
  const sum = shownSum(payment.amount, payment.currency, language);
  const content = html`<h1>${text.walletTitle}</h1>
<p class="sum">${sum}</p>
${payment.description !== '' && html`<p class="soft">${payment.description}</p>`}
${facts([[text.payment, payment.id]])}
<form method="post" action="${base}/cashu/wallet">
<input type="hidden" name="code" value="${payment.transactionCode}">
<label class="field"><span>${text.account}</span><input name="account" value="test-wallet" autocomplete="off" spellcheck="false" aria-describedby="account-hint"></label>
<p class="soft" id="account-hint">${text.accountHint}</p>
${button('pay', `${text.pay} ${sum}`, 'primary')}
<h2>${text.otherwise}</h2>
${button('refuse', text.refuse, 'quiet')}
${button('insufficient', text.insufficient, 'quiet')}
${button('cancel', text.cancel, 'quiet')}
</form>
<a class="leave" href="${leaveTo}">${text.leave}</a>
<p class="soft">${text.leaveHint} <time datetime="${new Date(payment.expiresAt).toISOString()}">${clock(payment.expiresAt)}</time>.</p>`;
  return payerLayout({ base, language, title: text.walletTitle, brand: 'CashU', content });
}

function button(action: string, label: string, look: 'primary' | 'quiet'): Html {
  return html`<button class="${look}" name="action" value="${action}">${label}</button>`;
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}
