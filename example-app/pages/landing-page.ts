import type { Transaction } from 'express-cloudpayments';
import type { Balance } from '../backend/account-book.ts';
import { type Html, html } from './html.ts';
import { formatMoney, type Language, MESSAGES, type Messages } from './messages.ts';
import { sandboxPanel } from './sandbox-panel.ts';

/** What the page shows. */
export interface LandingModel {
  readonly language: Language;
  readonly account: string;
  /** Undefined where the balance is kept elsewhere. */
  readonly balances: readonly Balance[] | undefined;
  readonly payments: readonly Transaction[];
  readonly timezone: string;
  /** Origin of this site as the browser has it. */
  readonly origin: string;
  /** How the payer came back. */
  readonly outcome: 'paid' | 'failed' | undefined;
  /** Path of the stand-in's controls; undefined outside of the sandbox. */
  readonly controlsPath: string | undefined;
}

const CURRENCIES = ['RUB', 'KZT', 'BYN', 'USD', 'EUR'] as const;
const SUMS = [100, 300, 500, 1000] as const;

/** The shop's only page: balance, top-up, latest payments. */
export function landingPage(model: LandingModel): string {
  const { language, outcome, controlsPath } = model;
  const text = MESSAGES[language];
  const other = language === 'ru' ? 'en' : 'ru';
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text.name} · ${text.tagline}</title>
<link rel="icon" href="/shop/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/shop/style.css">
<script src="/shop/landing.js" defer></script>
</head>
<body>
<header><img src="/shop/icon.svg" alt="" width="40" height="40"><p class="name"><strong>${text.name}</strong><span>${text.tagline}</span></p>
<a class="lang" href="/?lang=${other}" lang="${other}" hreflang="${other}">${other === 'ru' ? 'Русский' : 'English'}</a></header>
<main>
${outcome !== undefined && html`<p class="notice ${outcome}" role="status">${text[outcome]}</p>`}
<div class="columns">
<div class="column"><div id="live" data-url="/shop/live?lang=${language}" aria-live="polite">${landingLive(model)}</div></div>
<div class="column">${topUpForm(model, text)}${controlsPath !== undefined && sandboxPanel(`${controlsPath}/?lang=${language}`, text)}</div>
</div>
</main>
</body>
</html>
`;
  return page.text;
}

/** The part that is fetched again and again. */
export function landingLive({ language, account, balances, payments, timezone }: LandingModel): Html {
  const text = MESSAGES[language];
  const shown = balances?.length === 0 ? [{ currency: 'RUB', amount: '0.00' }] : balances;
  const [first, ...others] = shown ?? [];
  return html`<section class="balance"><h1>${first === undefined ? text.account : text.balance}</h1>
${first !== undefined && html`<p class="money" id="balance">${formatMoney(first.amount, first.currency, language)}</p>`}
${others.map(({ amount, currency }) => html`<p class="money other">${formatMoney(amount, currency, language)}</p>`)}
<p class="account"><span>${text.account}</span> <b>${account}</b></p></section>
<section><h2>${text.payments}</h2>${paymentList(payments, text, { language, timezone })}</section>`;
}

function topUpForm({ language, account, origin }: LandingModel, text: Messages): Html {
  const back = (outcome: string) => `${origin}/?outcome=${outcome}&lang=${language}`;
  return html`<section class="top-up"><h2>${text.topUp}</h2>
<form action="/_cloudpayments_/pub/card" method="get">
<input type="hidden" name="account" value="${account}">
<input type="hidden" name="description" value="${text.description} ${account}">
<input type="hidden" name="success_url" value="${back('paid')}">
<input type="hidden" name="fail_url" value="${back('failed')}">
<input type="hidden" name="lang" value="${language}">
<div class="sums">${SUMS.map((sum) => html`<button type="button" data-sum="${sum}">${sum}</button>`)}</div>
<div class="fields">
<label>${text.sum}<input name="sum" inputmode="decimal" value="300" required pattern="[0-9]{1,9}([.][0-9]{1,2})?" title="300.00" autocomplete="off"></label>
<label>${text.currency}<select name="currency">${CURRENCIES.map((currency) => html`<option>${currency}</option>`)}</select></label>
</div>
<button class="pay">${text.pay}</button>
<p class="hint">${text.payHint}</p>
</form></section>`;
}

interface ListView {
  readonly language: Language;
  readonly timezone: string;
}

function paymentList(payments: readonly Transaction[], text: Messages, { language, timezone }: ListView): Html {
  if (payments.length === 0) return html`<p class="empty">${text.noPayments}</p>`;
  const time = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: timezone,
  });
  return html`<ul class="payments">${payments.map((payment) => {
    const state = stateOf(payment);
    return html`<li><span class="when">${time.format(payment.createdAt)}</span><span class="state ${state}">${text.states[state]}</span>
<b>${formatMoney(payment.sum, payment.currency, language)}</b></li>`;
  })}</ul>`;
}

function stateOf({ review, state, isCompleted }: Transaction): keyof Messages['states'] {
  if (review !== undefined) return 'review';
  if (state !== 'paid') return state;
  return isCompleted ? 'credited' : 'sending';
}
