import type { Balance } from '../backend/account-book.ts';
import type { LatestPayment } from '../latest-payments.ts';
import type { PaymentMethod } from '../payment-methods.ts';
import { formatMoney } from './format-money.ts';
import { type Html, html } from './html.ts';
import { type Language, MESSAGES } from './messages.ts';
import { paymentList } from './payment-list.ts';
import { type SandboxControls, sandboxPanel } from './sandbox-panel.ts';
import { firstCurrency, topUpForm } from './top-up-form.ts';

/** What the page shows. */
export interface LandingModel {
  readonly language: Language;
  readonly account: string;
  /** Undefined where the balance is kept elsewhere. */
  readonly balances: readonly Balance[] | undefined;
  readonly payments: readonly LatestPayment[];
  readonly timezone: string;
  /** Origin of this site as the browser has it. */
  readonly origin: string;
  /** How the payer came back. */
  readonly outcome: 'paid' | 'failed' | undefined;
  readonly methods: readonly PaymentMethod[];
  /** The one with which the payer came back. */
  readonly method: string | undefined;
  /** Of the stand-ins; undefined outside of the sandbox. */
  readonly controls: SandboxControls | undefined;
}

/** The shop's only page: balance, top-up, latest payments. */
export function landingPage(model: LandingModel): string {
  const { language, outcome, controls } = model;
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
<div class="column">${topUpForm(model)}${controls !== undefined && sandboxPanel(controls, language)}</div>
</div>
</main>
</body>
</html>
`;
  return page.text;
}

/** The part that is fetched again and again. */
export function landingLive(model: LandingModel): Html {
  const { language, account, balances, methods } = model;
  const text = MESSAGES[language];
  const shown = balances?.length === 0 ? [{ currency: firstCurrency(methods), amount: '0' }] : (balances ?? []);
  const number = html`<b>${account}</b>`;
  return html`<section class="balance">${
    shown.length === 0
      ? html`<h1>${text.account}</h1><p class="number">${number}</p>`
      : html`<h1>${text.balance}</h1>
${shown.map(({ amount, currency }) => html`<p class="money" data-balance="${currency}">${formatMoney(amount, currency, language)}</p>`)}
<p class="account"><span>${text.account}</span> ${number}</p>`
  }</section>
<section><h2>${text.payments}</h2>${paymentList(model)}</section>`;
}
