import type { Router } from 'express';
import { type ControlFields, controlPanel } from '../control-panel.ts';
import { CONTROL_STYLE } from '../control-style.ts';
import type { CloudPaymentsControl } from './control.ts';
import { CONTROL_MESSAGES } from './pages/control-messages.ts';
import { controlLive } from './pages/control-page.ts';

type Act = (control: CloudPaymentsControl, fields: ControlFields) => unknown;

const ACTS: Readonly<Record<string, Act>> = {
  delay: (control, { seconds }) => control.delay(Number(seconds ?? 10) * 1000),
  lose: (control) => control.lose(),
  edit: (control, { amount }) => control.editNext(amount ?? ''),
  release: (control, { transactionId }) => control.release(transactionId === undefined ? undefined : Number(transactionId)),
  duplicate: (control, { transactionId, times }) => control.duplicate(Number(transactionId), Number(times ?? 1)),
  refund: (control, { transactionId, amount }) => control.refund(Number(transactionId), given(amount)),
  confirm: (control, { transactionId, amount }) => control.confirm(Number(transactionId), given(amount)),
  cancel: (control, { transactionId }) => control.cancel(Number(transactionId)),
};

/** The control page. */
export function controlRoutes(control: CloudPaymentsControl): Router {
  const acts = Object.entries(ACTS).map(([name, act]) => [name, (fields: ControlFields) => act(control, fields)] as const);
  return controlPanel({
    title: ({ language }) => CONTROL_MESSAGES[language].title,
    lead: ({ language }) => CONTROL_MESSAGES[language].lead,
    live: (view) => controlLive(view, control),
    state: () => ({ payments: control.list(), notifications: control.notifications() }),
    style: CONTROL_STYLE,
    acts: Object.fromEntries(acts),
  });
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
