import { type Html, html } from '../../html.ts';
import { TEST_CARDS, type TestCard } from '../test-cards.ts';
import { intentLanguage, type WidgetIntent } from '../widget-intent.ts';
import { frameLayout } from './frame-layout.ts';
import { formatMoney, MESSAGES, type Messages } from './messages.ts';

/** What the payer has typed, as text. */
export type CardForm = Readonly<Record<'cardNumber' | 'expiry' | 'cvv' | 'email', string>>;

interface CardPage {
  readonly base: string;
  readonly intent: WidgetIntent;
  /** The intent as it came; travels with the form. */
  readonly intentText: string;
  readonly form?: CardForm;
  /** Sentences by field. */
  readonly problems?: Partial<CardForm>;
}

/** The card form of the widget, with the test cards. */
export function cardPage({ base, intent, intentText, form, problems = {} }: CardPage): string {
  const language = intentLanguage(intent.culture);
  const text = MESSAGES[language];
  const amount = formatMoney(intent.amount, intent.currency, language);
  const values = form ?? { cardNumber: '', expiry: '', cvv: '', email: intent.email ?? '' };
  const content = html`<h1 class="amount">${amount}</h1>
<p class="what">${intent.description}</p>
<form method="post" action="${base}/widget/card" novalidate>
<input type="hidden" name="intent" value="${intentText}">
${cardFields(text, values, problems)}
${intent.emailBehavior !== 'Hidden' && emailField(text, intent, values, problems)}
<button class="primary" data-pay>${text.pay} ${amount}</button>
</form>
${testCards(text)}`;
  return frameLayout({ language, base, title: text.pay, content });
}

function cardFields(text: Messages, values: CardForm, problems: Partial<CardForm>): Html {
  return html`${field('cardNumber', text.cardNumber, values, problems, html`inputmode="numeric" autocomplete="cc-number" placeholder="0000 0000 0000 0000" data-first`)}
<div class="pair">
${field('expiry', text.expiry, values, problems, html`inputmode="numeric" autocomplete="cc-exp" placeholder="12/39"`)}
${field('cvv', text.cvv, values, problems, html`inputmode="numeric" autocomplete="cc-csc" placeholder="123"`)}
</div>`;
}

function emailField(text: Messages, { emailBehavior }: WidgetIntent, values: CardForm, problems: Partial<CardForm>): Html {
  const label = emailBehavior === 'Required' ? text.email : `${text.email} (${text.optional})`;
  return field('email', label, values, problems, html`type="email" autocomplete="email"`);
}

function field(name: keyof CardForm, label: string, values: CardForm, problems: Partial<CardForm>, attributes: Html): Html {
  const problem = problems[name];
  const mark = html`aria-invalid="true" aria-describedby="${name}-problem"`;
  return html`<label class="field"><span>${label}</span>
<input name="${name}" value="${values[name]}" ${attributes} ${problem !== undefined && mark}>
${problem !== undefined && html`<span class="problem" id="${name}-problem">${problem}</span>`}</label>`;
}

function testCards(text: Messages): Html {
  const rows = [
    { label: text.success, threeDs: false, outcome: 'success' },
    { label: text.threeDsSuccess, threeDs: true, outcome: 'success' },
    { label: text.noMoney, threeDs: false, outcome: 'insufficient-funds' },
    { label: text.threeDsNoMoney, threeDs: true, outcome: 'insufficient-funds' },
    { label: text.tokenDeclined, threeDs: false, outcome: 'token-declined' },
  ] as const;
  return html`<section class="cards" aria-labelledby="cards-title">
<h2 id="cards-title">${text.testCards}</h2>
<p class="hint">${text.testCardsHint}</p>
<ul>${rows.map(({ label, threeDs, outcome }) => {
    const cards = TEST_CARDS.filter((card) => card.threeDs === threeDs && card.outcome === outcome);
    return html`<li class="${outcome}"><span>${label}</span><span class="brands">${cards.map((card) => cardButton(card, label))}</span></li>`;
  })}</ul>
</section>`;
}

function cardButton({ number, brand }: TestCard, label: string): Html {
  const grouped = number.replace(/(.{4})(?=.)/g, '$1 ');
  const short = brand === 'Mastercard' ? 'MC' : brand;
  return html`<button type="button" data-card="${grouped}" title="${grouped}" aria-label="${brand} ${grouped}, ${label}">${short}</button>`;
}
