import type { ControlView } from '../../control-view.ts';
import { type Html, html } from '../../html.ts';
import type { NotificationAttempt } from '../../notification-attempt.ts';
import type { EcommpayCallback } from '../callback-log.ts';
import { CONTROL_MESSAGES, type ControlMessages } from './control-messages.ts';

const SHOWN = 60;
const TONES = { queued: 'open', sending: 'open', waiting: 'open', lost: 'bad', delivered: 'good', 'given-up': 'bad' } as const;

/** What was sent and what the site answered; newest first. */
export function callbackList({ language }: ControlView, callbacks: readonly EcommpayCallback[]): Html {
  const text = CONTROL_MESSAGES[language];
  if (callbacks.length === 0) return html`<p class="empty">${text.noLog}</p>`;
  const shown = callbacks.slice(-SHOWN).toReversed();
  return html`<div class="log">${shown.map((each) => entry(each, text))}</div>`;
}

function entry(callback: EcommpayCallback, text: ControlMessages): Html {
  const { id, subject, paymentId, state, attempts, isRepeat, address, createdAt, body } = callback;
  return html`<details id="callback-${id}"><summary>
<time>${clock(createdAt)}</time><strong>${subject}</strong>
<span class="badge ${TONES[state]}">${text.states[state]}</span>${isRepeat && html`<span class="badge">${text.repeatMark}</span>`}
<span class="mono">${paymentId}</span><span class="answer">${answerOf(attempts.at(-1), text)}</span></summary>
<p class="mono soft">POST ${address}</p>
<ol>${attempts.map((attempt) => html`<li>${clock(attempt.at)} · ${attempt.tookMs} ${text.ms} · ${answerOf(attempt, text)}</li>`)}</ol>
<pre>${JSON.stringify(JSON.parse(body), undefined, 2)}</pre></details>`;
}

function answerOf(attempt: NotificationAttempt | undefined, text: ControlMessages): string {
  return attempt === undefined ? '' : `${attempt.status ?? text.noAnswer} ${attempt.text}`;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
