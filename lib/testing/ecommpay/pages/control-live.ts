import type { ControlView } from '../../control-view.ts';
import { type Html, html } from '../../html.ts';
import type { EcommpayControl } from '../control.ts';
import { OUTCOMES, REFUND_OUTCOMES } from '../outcomes.ts';
import { callbackList } from './control-log.ts';
import { CONTROL_MESSAGES, type ControlMessages } from './control-messages.ts';
import { paymentList } from './control-payments.ts';

interface Choices<Name extends string> {
  readonly act: 'next' | 'next-refund';
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly texts: Readonly<Record<Name, { readonly title: string; readonly hint: string }>>;
}

/** The control page below its head: what can be chosen, payments and the log. */
export function controlLive(view: ControlView, control: EcommpayControl): Html {
  const text = CONTROL_MESSAGES[view.language];
  const { payment, refund } = control.planned();
  return html`<section><h2>${text.nextTitle}</h2>
${choices(view, text, { act: 'next', names: OUTCOMES, chosen: payment, texts: text.outcomes })}</section>
<section><h2>${text.nextRefundTitle}</h2>
${choices(view, text, { act: 'next-refund', names: REFUND_OUTCOMES, chosen: refund, texts: text.refundOutcomes })}</section>
<section><h2>${text.payments}</h2>${paymentList(view, control)}</section>
<section><h2>${text.log}</h2>${callbackList(view, control.callbacks())}</section>`;
}

function choices<Name extends string>({ base }: ControlView, text: ControlMessages, { act, names, chosen, texts }: Choices<Name>): Html {
  return html`<div class="choices">${names.map((name) => {
    const isChosen = name === chosen;
    const { title, hint } = texts[name];
    return html`<form method="post" action="${base}/control/${act}"><input type="hidden" name="outcome" value="${name}">
<button id="${act}-${name}" aria-pressed="${String(isChosen)}"><strong>${title}</strong><span class="soft">${isChosen ? `${hint} · ${text.armed}` : hint}</span></button></form>`;
  })}</div>`;
}
