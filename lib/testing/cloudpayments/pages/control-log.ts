import type { ControlView } from '../../control-view.ts';
import { type Html, html } from '../../html.ts';
import type { NotificationAttempt } from '../../notification-attempt.ts';
import type { SentNotification } from '../notification-log.ts';
import { CONTROL_MESSAGES, type ControlMessages } from './control-messages.ts';

const SHOWN = 60;

/** What was sent and what the site answered; newest first. */
export function notificationList({ language }: ControlView, notifications: readonly SentNotification[]): Html {
  const text = CONTROL_MESSAGES[language];
  if (notifications.length === 0) return html`<p class="empty">${text.noLog}</p>`;
  return html`<div class="log">${notifications
    .slice(-SHOWN)
    .toReversed()
    .map((each) => entry(each, text))}</div>`;
}

function entry(notification: SentNotification, text: ControlMessages): Html {
  const { id, type, transactionId, state, attempts, isDuplicate, method, address, createdAt } = notification;
  return html`<details id="notification-${id}"><summary>
<time>${clock(createdAt)}</time><strong>${type}</strong>
<span class="badge ${state}">${text.states[state]}</span>${isDuplicate && html`<span class="badge">${text.duplicateMark}</span>`}
<span class="mono">${transactionId}</span><span class="answer">${lastAnswer(attempts.at(-1), text)}</span></summary>
<p class="mono soft">${method} ${address}</p>
<ol>${attempts.map((attempt) => html`<li>${clock(attempt.at)} · ${attempt.tookMs} ${text.ms} · ${lastAnswer(attempt, text)}</li>`)}</ol>
<dl>${Object.entries(notification.fields).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></details>`;
}

function lastAnswer(attempt: NotificationAttempt | undefined, text: ControlMessages): string {
  if (attempt === undefined) return '';
  return `${attempt.status ?? text.noAnswer} ${attempt.text}`;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
