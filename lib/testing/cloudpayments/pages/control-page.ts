import type { ControlView } from '../../control-view.ts';
import { type Html, html } from '../../html.ts';
import type { CloudPaymentsControl } from '../control.ts';
import { notificationList } from './control-log.ts';
import { CONTROL_MESSAGES, type ControlMessages } from './control-messages.ts';
import { paymentList } from './control-payments.ts';

/** The control page below its head: what can be done, payments and the log. */
export function controlLive(view: ControlView, control: CloudPaymentsControl): Html {
  const text = CONTROL_MESSAGES[view.language];
  return html`${mischief(view, text, control)}
<section><h2>${text.payments}</h2>${paymentList(view, control)}</section>
<section><h2>${text.log}</h2>${notificationList(view, control.notifications())}</section>`;
}

function mischief({ base }: ControlView, text: ControlMessages, control: CloudPaymentsControl): Html {
  const { delayMs, isLost, amount } = control.planned();
  const seconds = html`<input name="seconds" id="late-seconds" type="number" min="1" max="3600" value="10" aria-label="${text.lateHint}">`;
  const sum = html`<input name="amount" id="edited-amount" inputmode="decimal" value="1.00" aria-label="${text.amount}">`;
  const plans = [
    { action: 'delay', title: text.late, hint: text.lateHint, input: seconds, isArmed: delayMs > 0 },
    { action: 'lose', title: text.lost, hint: text.lostHint, input: undefined, isArmed: isLost },
    { action: 'edit', title: text.edited, hint: text.editedHint, input: sum, isArmed: amount !== undefined },
  ];
  return html`<section><h2>${text.nextTitle}</h2><div class="plans">${plans.map(
    ({
      action,
      title,
      hint,
      input,
      isArmed,
    }) => html`<form method="post" action="${base}/control/${action}" class="plan ${isArmed && 'armed'}">
<strong>${title}</strong><span class="soft">${isArmed ? text.armed : hint}</span>
<span class="row">${input}<button>${text.arm}</button></span></form>`,
  )}</div></section>`;
}
