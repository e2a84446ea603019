import type { PaymentMethod } from '../payment-methods.ts';
import { type Html, html } from './html.ts';
import { type Language, MESSAGES } from './messages.ts';

interface TopUpView {
  readonly language: Language;
  readonly account: string;
  /** Origin of this site as the browser has it. */
  readonly origin: string;
  readonly methods: readonly PaymentMethod[];
  /** The one that is chosen at first; any other text is the first of all. */
  readonly method: string | undefined;
}

/** What can be paid, and what is proposed. */
interface Offer {
  readonly currencies: readonly string[];
  readonly sums: readonly number[];
  readonly sum: string;
  /** What the sum has to look like; which currency has how many decimals is told by the payment page. */
  readonly pattern: string;
}

const CARD: Offer = { currencies: ['RUB', 'KZT', 'BYN', 'USD', 'EUR'], sums: [100, 300, 500, 1000], sum: '300', pattern: sumPattern(2) };
const CASHU: Offer = {
  currencies: ['USD', 'EUR', 'AED', 'SAR', 'KWD', 'QAR', 'BHD', 'OMR', 'JOD', 'EGP', 'MAD', 'DZD', 'LBP', 'TRY', 'GBP'],
  sums: [5, 10, 25, 50],
  sum: '10',
  pattern: sumPattern(3),
};
const OFFERS: Readonly<Record<PaymentMethod['kind'], Offer>> = { card: CARD, 'payment-page': CASHU, gate: CASHU };

/** The currency in which an account is kept that nothing was paid into yet. */
export function firstCurrency([method]: readonly PaymentMethod[]): string {
  return OFFERS[method?.kind ?? 'card'].currencies[0] ?? 'RUB';
}

/** One form for each method, each an ordinary link to its payment page; with several, the style sheet shows the one that is chosen. */
export function topUpForm(view: TopUpView): Html {
  const { language, methods } = view;
  const text = MESSAGES[language];
  const chosen = methods.find(({ kind }) => kind === view.method) ?? methods[0];
  const choices = methods.map(({ kind }) => {
    const { title, hint } = text.methods[kind];
    return html`<label class="method"><input type="radio" name="method" value="${kind}"${kind === chosen?.kind && html` checked`}>
<span><strong>${title}</strong><span class="hint">${hint}</span></span></label>`;
  });
  return html`<section class="top-up"><h2>${text.topUp}</h2>
${methods.length > 1 && html`<fieldset class="methods"><legend>${text.method}</legend>${choices}</fieldset>`}
${methods.map((method) => methodForm(method, view))}</section>`;
}

function methodForm({ kind, action }: PaymentMethod, { language, account, origin }: TopUpView): Html {
  const text = MESSAGES[language];
  const { title, hint, pay, payHint } = text.methods[kind];
  const { currencies, sums, sum, pattern } = OFFERS[kind];
  const back = (outcome: string) => `${origin}/?outcome=${outcome}&lang=${language}&method=${kind}`;
  return html`<form class="${kind}" action="${action}" method="get" aria-label="${title}, ${hint}">
<input type="hidden" name="account" value="${account}">
<input type="hidden" name="description" value="${text.description} ${account}">
<input type="hidden" name="success_url" value="${back('paid')}">
<input type="hidden" name="fail_url" value="${back('failed')}">
<input type="hidden" name="lang" value="${language}">
<div class="sums" hidden>${sums.map((each) => html`<button type="button" data-sum="${each}">${each}</button>`)}</div>
<div class="fields">
<label>${text.sum}<input name="sum" inputmode="decimal" value="${sum}" required pattern="${pattern}" title="${sum}.00" autocomplete="off"></label>
<label>${text.currency}<select name="currency">${currencies.map((currency) => html`<option>${currency}</option>`)}</select></label>
</div>
<button class="pay">${pay}</button>
<p class="hint">${payHint}</p>
</form>`;
}

function sumPattern(decimals: number): string {
  return `[0-9]{1,9}([.][0-9]{1,${decimals}})?`;
}
