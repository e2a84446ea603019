import type { Router } from 'express';
import { type ControlFields, controlPanel } from '../control-panel.ts';
import type { EcommpayControl } from './control.ts';
import { oneOf } from './one-of.ts';
import { OUTCOMES, REFUND_OUTCOMES } from './outcomes.ts';
import { controlLive } from './pages/control-live.ts';
import { CONTROL_MESSAGES } from './pages/control-messages.ts';
import { ECOMMPAY_CONTROL_STYLE } from './pages/control-style.ts';
import { PAYER_ACTIONS } from './platform.ts';

type Act = (control: EcommpayControl, fields: ControlFields) => unknown;

const ACTS: Readonly<Record<string, Act>> = {
  next: (control, { outcome }) => control.setNext(oneOf(OUTCOMES, outcome)),
  'next-refund': (control, { outcome }) => control.setNextRefund(oneOf(REFUND_OUTCOMES, outcome)),
  payer: (control, { paymentId = '', action }) => control.act(paymentId, oneOf(PAYER_ACTIONS, action)),
  expire: (control, { paymentId = '' }) => control.expire(paymentId),
  refund: (control, { paymentId = '', amount }) => control.refundFromDashboard(paymentId, amount === '' ? undefined : amount),
  resend: (control, { paymentId = '' }) => control.resend(paymentId),
  processing: (control, { paymentId = '' }) => control.sendProcessing(paymentId),
};

/** The control page. */
export function controlRoutes(control: EcommpayControl): Router {
  const acts = Object.entries(ACTS).map(([name, act]) => [name, (fields: ControlFields) => act(control, fields)] as const);
  return controlPanel({
    title: ({ language }) => CONTROL_MESSAGES[language].title,
    lead: ({ language }) => CONTROL_MESSAGES[language].lead,
    live: (view) => controlLive(view, control),
    state: () => ({ payments: control.payments(), callbacks: control.callbacks(), planned: control.planned() }),
    style: ECOMMPAY_CONTROL_STYLE,
    acts: Object.fromEntries(acts),
  });
}
