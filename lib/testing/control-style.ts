/** Style of a control page. */
export const CONTROL_STYLE: string = `
:root { color-scheme: light dark; --ink: #14213a; --soft: #5c6b85; --line: #dbe2ed; --paper: #fff; --ground: #f3f6fb; --accent: #1f63e0; --on-accent: #fff; --good: #12804a; --bad: #c02b2b; --gold: #8a5b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2fa; --soft: #a3b0c8; --line: #2f3b55; --paper: #161f31; --ground: #0d1422; --accent: #6ea0ff; --on-accent: #0b1526; --good: #4fd08f; --bad: #ff8d8d; --gold: #f0c261; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main { max-width: 1080px; margin: 0 auto; padding: 20px 16px 0; }
header { display: flex; justify-content: space-between; gap: 16px; align-items: flex-start; }
h1 { margin: 0; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 0 0 10px; font-size: 17px; }
header p { margin: 4px 0 0; color: var(--soft); }
.lang { flex: none; padding: 9px 12px; border: 1px solid var(--line); border-radius: 10px; color: inherit; text-decoration: none; background: var(--paper); font-size: 14px; }
main { padding-bottom: 48px; display: grid; gap: 26px; outline: none; }
section { min-width: 0; }
.plans { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 12px; }
.plan { display: grid; gap: 2px; padding: 14px 16px; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; }
.plan.armed { border-color: var(--gold); box-shadow: inset 0 0 0 1px var(--gold); }
.plan.armed .soft { color: var(--gold); }
.plan .row { margin-top: 10px; }
.row { display: flex; gap: 6px; align-items: center; }
input:not([type=hidden]) { width: 92px; min-height: 40px; padding: 0 10px; border: 1px solid var(--line); border-radius: 10px; background: var(--ground); color: inherit; font: inherit; font-variant-numeric: tabular-nums; }
button { min-height: 40px; padding: 0 14px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
.plan button { background: var(--accent); border-color: transparent; color: var(--on-accent); }
.plan button:hover { filter: brightness(1.08); color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.soft { color: var(--soft); }
.mono { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.empty { margin: 0; padding: 22px; border: 1px dashed var(--line); border-radius: 16px; color: var(--soft); text-align: center; }
.payments, .log { list-style: none; margin: 0; padding: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; overflow: hidden; }
.payments li { display: grid; grid-template-columns: 130px minmax(0, 1fr) auto; gap: 6px 16px; align-items: center; padding: 12px 16px; }
.payments li + li, .log details + details { border-top: 1px solid var(--line); }
.sum { font-weight: 700; font-variant-numeric: tabular-nums; }
.about .soft { display: block; font-size: 13px; }
.acts { display: flex; flex-wrap: wrap; gap: 6px; justify-content: flex-end; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; border: 1px solid currentColor; font-size: 12px; font-weight: 600; color: var(--soft); white-space: nowrap; }
.badge.Completed, .badge.delivered { color: var(--good); }
.badge.Declined, .badge.refused, .badge.given-up { color: var(--bad); }
.badge.Authorized, .badge.AwaitingAuthentication, .badge.waiting, .badge.held, .badge.sending { color: var(--gold); }
summary { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; padding: 10px 16px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--ground); }
summary::before { content: '›'; width: 10px; color: var(--soft); font-size: 18px; line-height: 1; }
details[open] > summary::before { transform: rotate(90deg); }
summary strong { min-width: 64px; text-transform: capitalize; }
time { color: var(--soft); font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
.answer { flex: 1 1 180px; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); font-size: 13px; text-align: right; }
details p, details ol, details dl { margin: 0; padding: 4px 16px 12px; font-size: 13px; }
details ol { padding-left: 36px; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 2px 20px; }
dl div { display: flex; gap: 8px; min-width: 0; }
dt { color: var(--soft); flex: none; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 720px) { .payments li { grid-template-columns: 1fr; } .acts { justify-content: flex-start; } .answer { text-align: left; white-space: normal; flex-basis: 100%; } }
`;
