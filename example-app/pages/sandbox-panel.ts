import { type Html, html } from './html.ts';
import type { Messages } from './messages.ts';

/** What a newcomer needs to know about a site without a provider. */
export function sandboxPanel(controlsUrl: string, text: Messages): Html {
  const cards = [
    { number: '4000 0000 0000 3055', hint: text.cardPaid },
    { number: '4242 4242 4242 4242', hint: text.cardThreeDs },
    { number: '4000 0566 5566 5556', hint: text.cardNoMoney },
  ];
  return html`<aside class="sandbox"><h2>${text.sandbox}</h2>
<p>${text.sandboxText}</p>
<h3>${text.tryCards}</h3>
<dl>${cards.map(({ number, hint }) => html`<div><dt>${number}</dt><dd>${hint}</dd></div>`)}</dl>
<p><a class="controls" href="${controlsUrl}" target="_blank" rel="noopener">${text.controls}</a><span class="hint">${text.controlsText}</span></p></aside>`;
}
