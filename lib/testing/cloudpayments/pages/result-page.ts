import { type Html, html } from '../../html.ts';
import { declineReason } from '../decline-reasons.ts';
import type { StandInPayment } from '../payment.ts';
import { intentLanguage, type WidgetIntent } from '../widget-intent.ts';
import { frameLayout } from './frame-layout.ts';
import { formatMoney, type Language, MESSAGES } from './messages.ts';

interface ResultPage {
  readonly base: string;
  readonly payment: StandInPayment;
  readonly intent: WidgetIntent;
  readonly intentText: string;
}

/** How the payment ended: the payer reads it, and the page hands it to the site. */
export function resultPage(page: ResultPage): string {
  const { base, payment, intent } = page;
  const language = intentLanguage(payment.culture);
  const isDeclined = payment.status === 'Declined';
  const content = isDeclined ? declined(page, language) : paid(payment, language);
  const autoClose = isDeclined ? undefined : intent.autoClose;
  return frameLayout({
    language,
    base,
    title: MESSAGES[language].operation,
    content,
    result: JSON.stringify(widgetResult(payment)),
    autoClose,
  });
}

/** A page for the developer of the site: the widget was called in a way that the real one refuses too. */
export function unusablePage(base: string, problem: string, intentText: string, language: Language): string {
  const text = MESSAGES[language];
  const content = html`<div class="mark bad" aria-hidden="true">!</div>
<h1>${text.unusable}</h1>
<p>${problem}</p>
<p class="hint">${text.unusableHint}</p>
<pre>${intentText}</pre>
<button type="button" class="quiet" data-close data-first>${text.back}</button>`;
  const result = JSON.stringify({ type: 'error', status: 'fail', message: problem });
  return frameLayout({ language, base, title: text.unusable, content, result });
}

function paid(payment: StandInPayment, language: Language): Html {
  const text = MESSAGES[language];
  return html`<div class="mark good" aria-hidden="true">✓</div>
<h1>${payment.status === 'Authorized' ? text.reserved : text.paid}</h1>
<p class="amount">${formatMoney(payment.amount, payment.currency, language)}</p>
<p class="hint">${text.paidHint}</p>
<p class="number">${text.operation} ${payment.transactionId}</p>
<button type="button" class="primary" data-close data-first>${text.back}</button>`;
}

function declined({ base, payment, intent, intentText }: ResultPage, language: Language): Html {
  const text = MESSAGES[language];
  const { name, code, hint } = declineReason(payment.reasonCode);
  const again = html`<form method="get" action="${base}/widget/card"><input type="hidden" name="intent" value="${intentText}">
<button class="primary" data-first>${text.again}</button></form>`;
  return html`<div class="mark bad" aria-hidden="true">×</div>
<h1>${text.declined}</h1>
<p role="alert">${hint[language]}</p>
<p class="number">${code} ${name}<br>${text.operation} ${payment.transactionId}</p>
${intent.retryPayment && again}
<button type="button" class="quiet" data-close>${text.back}</button>`;
}

function widgetResult({ status, transactionId, reasonCode, culture }: StandInPayment): object {
  const isDeclined = status === 'Declined';
  const message = isDeclined ? { message: declineReason(reasonCode).hint[intentLanguage(culture)] } : {};
  return { type: 'payment', status: isDeclined ? 'fail' : 'success', data: { transactionId, ReasonCode: reasonCode }, ...message };
}
