import { type Html, html } from './html.ts';
import { type Language, MESSAGES } from './messages.ts';

/** Paths of the stand-ins' control pages, without a slash at the end. */
export interface SandboxControls {
  readonly cloudpayments: string;
  readonly ecommpay: string;
}

/** What a newcomer needs to know about a site without a provider. */
export function sandboxPanel({ cloudpayments, ecommpay }: SandboxControls, language: Language): Html {
  const text = MESSAGES[language];
  const { cards, cashu } = text;
  const link = (path: string, label: string) =>
    html`<a class="controls" href="${path}/?lang=${language}" target="_blank" rel="noopener">${label}</a>`;
  return html`<aside class="sandbox"><h2>${text.sandbox}</h2>
<p>${text.sandboxText}</p>
<h3>${cards.title}</h3>
<dl>${Object.entries(cards.numbers).map(([number, hint]) => html`<div><dt>${number}</dt><dd>${hint}</dd></div>`)}</dl>
<p>${link(cloudpayments, cards.controls)}<span class="hint">${cards.controlsHint}</span></p>
<h3>${cashu.title}</h3>
<p class="advice">${cashu.text}</p>
<p>${link(ecommpay, cashu.controls)}<span class="hint">${cashu.controlsHint}</span></p></aside>`;
}
