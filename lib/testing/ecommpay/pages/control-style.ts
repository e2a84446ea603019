import { CONTROL_STYLE } from '../../control-style.ts';

/** Style of the control page: that of all control pages, and what only this one has. */
export const ECOMMPAY_CONTROL_STYLE: string = `${CONTROL_STYLE}
.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px; }
.choices button { display: grid; width: 100%; height: 100%; align-content: start; padding: 8px 12px; text-align: left; font-size: 14px; line-height: 1.35; font-weight: 400; }
.choices button[aria-pressed=true] { border-color: var(--gold); box-shadow: inset 0 0 0 1px var(--gold); }
.choices button[aria-pressed=true] .soft { color: var(--gold); }
.payments li.payment { align-items: start; }
.payment button { padding: 0 12px; font-size: 14px; font-weight: 500; }
.payment .acts { grid-column: 1 / -1; justify-content: flex-start; }
.operations { margin: 4px 0 0; padding: 0; font-size: 13px; color: var(--soft); }
.payments .operations li { display: block; padding: 0; border: 0; overflow-wrap: anywhere; }
.link { display: inline-grid; place-items: center; min-height: 40px; padding: 0 6px; color: var(--accent); font-weight: 600; }
.badge.good { color: var(--good); }
.badge.bad { color: var(--bad); }
.badge.open { color: var(--gold); }
summary strong { text-transform: none; }
pre { margin: 0; padding: 0 16px 14px; font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (min-width: 720px) { .choices { grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); } }
`;
