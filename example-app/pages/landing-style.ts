/** Style of the shop's page. */
export const LANDING_STYLE: string = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #5c6577; --line: #e4e1dc; --paper: #fff; --ground: #f7f5f2; --field: #faf9f7; --accent: #b93c0b; --on-accent: #fff; --tint: #fdf0e7; --good: #12804a; --gold: #8a5b00; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #f1efec; --soft: #a9a5a0; --line: #37332f; --paper: #211f1d; --ground: #161513; --field: #2a2725; --accent: #ff9a62; --on-accent: #2b1204; --tint: #33251c; --good: #5bd197; --gold: #f0c261; --bad: #ff8f85; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main { max-width: 1000px; margin: 0 auto; padding: 20px 16px 0; }
header { display: flex; align-items: center; gap: 12px; }
header img { display: block; flex: none; }
.name { flex: 1; margin: 0; line-height: 1.25; }
.name strong { display: block; font-size: 19px; letter-spacing: -.01em; }
.name span { color: var(--soft); font-size: 14px; }
.lang { padding: 10px 14px; border-radius: 12px; color: inherit; text-decoration: none; font-size: 14px; border: 1px solid var(--line); background: var(--paper); }
main { padding-bottom: 56px; }
.columns { display: flex; flex-direction: column; gap: 16px; }
.column, #live { display: contents; }
.balance { order: -2; }
.top-up { order: -1; }
section, aside { background: var(--paper); border: 1px solid var(--line); border-radius: 22px; padding: 20px; }
h1, h2 { margin: 0; font-size: 16px; font-weight: 600; letter-spacing: -.005em; }
h2 { margin-bottom: 12px; }
h3 { margin: 14px 0 6px; font-size: 14px; }
.balance h1 { color: var(--soft); font-weight: 500; }
.money { margin: 4px 0 0; font-size: clamp(36px, 10vw, 50px); line-height: 1.15; font-weight: 700; letter-spacing: -.03em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.money:has(+ .money), .money + .money { font-size: clamp(26px, 7vw, 34px); }
.money.changed { animation: arrive 1.6s ease-out; }
@keyframes arrive { from { color: var(--good); transform: translateY(-4px); } }
@media (prefers-reduced-motion: reduce) { .money.changed { animation: none; } }
.number { margin: 4px 0 0; font-size: 22px; overflow-wrap: anywhere; }
.account { margin: 14px 0 0; padding-top: 14px; border-top: 1px solid var(--line); color: var(--soft); font-size: 15px; }
.account b { color: var(--ink); font-variant-numeric: tabular-nums; }
.notice { margin: 0 0 16px; padding: 14px 18px; border-radius: 16px; border: 1px solid currentColor; background: var(--paper); font-weight: 500; }
.notice.paid { color: var(--good); }
.notice.failed { color: var(--bad); }
.methods { display: grid; gap: 8px; margin: 0 0 16px; padding: 0; border: 0; }
.methods legend { margin-bottom: 6px; padding: 0; font-size: 14px; color: var(--soft); }
.method { display: grid; grid-template-columns: auto 1fr; align-items: center; gap: 12px; padding: 10px 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--field); cursor: pointer; }
.method input { width: 20px; height: 20px; min-height: 0; margin: 0; accent-color: var(--accent); }
.method strong { display: block; color: var(--ink); font-size: 16px; font-weight: 600; line-height: 1.3; }
.method .hint { display: block; }
.method:hover { border-color: var(--accent); }
.method:has(:checked) { border-color: var(--accent); background: var(--tint); }
.method:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.method :focus-visible { outline: none; }
form { display: grid; gap: 14px; }
form + form { margin-top: 24px; }
@supports selector(:has(*)) { .methods ~ form { display: none; margin: 0; } .top-up:has([value=card]:checked) .card, .top-up:has([value=payment-page]:checked) .payment-page, .top-up:has([value=gate]:checked) .gate { display: grid; } }
.sums:not([hidden]) { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; }
.sums button { min-height: 44px; border: 1px solid var(--line); border-radius: 12px; background: var(--field); color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
.sums button:hover { border-color: var(--accent); color: var(--accent); }
.fields { display: grid; grid-template-columns: minmax(0, 1fr) 112px; gap: 10px; }
label { display: grid; gap: 4px; font-size: 14px; color: var(--soft); }
input, select { width: 100%; min-height: 52px; padding: 0 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--field); color: var(--ink); font: inherit; font-size: 18px; font-variant-numeric: tabular-nums; }
.pay { min-height: 54px; border: 0; border-radius: 14px; background: var(--accent); color: var(--on-accent); font: inherit; font-size: 17px; font-weight: 600; cursor: pointer; }
.pay:hover { filter: brightness(1.07); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { margin: 0; color: var(--soft); font-size: 13px; }
.empty { margin: 0; color: var(--soft); }
.payments { list-style: none; margin: 0; padding: 0; }
.payments li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; padding: 10px 0; border-top: 1px solid var(--line); }
.payments li:first-child { border: 0; padding-top: 0; }
.payments b { grid-column: 2; grid-row: 1 / span 2; align-self: center; font-variant-numeric: tabular-nums; white-space: nowrap; }
.when { font-size: 14px; }
.how { color: var(--soft); font-size: 13px; }
.state { font-weight: 600; color: var(--gold); }
.state.credited { color: var(--good); }
.state.review, .state.cancelled { color: var(--bad); }
.state.refunded, .state.partially_refunded { color: var(--soft); }
.sandbox { background: var(--tint); border-color: transparent; font-size: 15px; }
.sandbox h2 { margin-bottom: 6px; }
.sandbox p { margin: 0; }
.sandbox dl { margin: 0 0 16px; }
.sandbox dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 3px 0; }
dt { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
dd { margin: 0; color: var(--soft); font-size: 13px; }
.controls { display: inline-block; margin-bottom: 2px; color: var(--accent); font-weight: 600; text-underline-offset: 3px; }
.sandbox .hint { display: block; }
.sandbox .advice { margin-bottom: 12px; font-size: 14px; }
@media (min-width: 820px) { header, main { padding-top: 32px; } .columns { display: grid; grid-template-columns: 1fr 400px; gap: 20px; } .column, #live { min-width: 0; display: grid; gap: 20px; align-content: start; } section, aside { padding: 26px; } }
`;
