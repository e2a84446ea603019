/** Style of the pages inside the widget. */
export const FRAME_STYLE: string = `
:root { color-scheme: light dark; --ink: #14213a; --soft: #5c6b85; --line: #d8dfea; --paper: #fff; --field: #f5f7fb; --accent: #1f63e0; --on-accent: #fff; --good: #12804a; --bad: #c02b2b; --gold: #8a5b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2fa; --soft: #a3b0c8; --line: #33405a; --paper: #131b2b; --field: #1c2639; --accent: #6ea0ff; --on-accent: #0b1526; --good: #4fd08f; --bad: #ff8d8d; --gold: #f0c261; } }
* { box-sizing: border-box; }
html, body { margin: 0; min-height: 100%; }
body { background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.bar { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 20px; background: var(--paper); border-bottom: 1px solid var(--line); font-size: 13px; color: var(--gold); }
.bar-text { flex: 1; }
.lock { width: 10px; height: 10px; border-radius: 50%; background: currentColor; flex: none; }
.close { width: 44px; height: 44px; border: 0; border-radius: 12px; background: none; color: var(--soft); font-size: 26px; line-height: 1; cursor: pointer; }
.close:hover { background: var(--field); color: var(--ink); }
main { padding: 18px 20px 24px; }
h1 { margin: 8px 0; font-size: 22px; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 0; font-size: 14px; }
.amount { margin: 0; font-size: 30px; font-weight: 700; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.what { margin: 2px 0 16px; color: var(--soft); overflow-wrap: anywhere; }
.what:empty { display: none; }
form { display: grid; gap: 12px; margin: 0; }
.field { display: grid; gap: 4px; font-size: 13px; color: var(--soft); align-content: start; }
.field input { width: 100%; min-height: 46px; padding: 0 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--field); color: var(--ink); font: inherit; font-size: 17px; font-variant-numeric: tabular-nums; }
.field input::placeholder { color: var(--soft); opacity: .65; }
.field input[aria-invalid] { border-color: var(--bad); }
.problem { color: var(--bad); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
button { font: inherit; }
.primary, .quiet { min-height: 50px; width: 100%; border-radius: 12px; border: 1px solid transparent; font-weight: 600; cursor: pointer; }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }
.quiet { background: none; border-color: var(--line); color: var(--ink); margin-top: 12px; }
form .quiet { margin-top: 0; }
.quiet:hover { background: var(--field); }
button:disabled { opacity: .55; cursor: progress; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.cards { margin-top: 20px; padding-top: 16px; border-top: 1px dashed var(--line); }
.cards ul { list-style: none; margin: 8px 0 0; padding: 0; display: grid; gap: 6px; }
.cards li { display: flex; align-items: center; justify-content: space-between; gap: 8px; font-size: 13px; padding-left: 12px; border-left: 3px solid var(--good); }
.cards li.insufficient-funds { border-color: var(--bad); }
.cards li.token-declined { border-color: var(--gold); }
.brands { display: flex; gap: 4px; flex: none; }
.brands button { min-width: 46px; min-height: 34px; padding: 0 8px; border: 1px solid var(--line); border-radius: 9px; background: var(--field); color: var(--ink); font-size: 12px; font-weight: 600; cursor: pointer; }
.brands button:hover { border-color: var(--accent); color: var(--accent); }
.hint { margin: 2px 0; color: var(--soft); font-size: 13px; }
.bank { display: inline-block; margin: 0; padding: 3px 10px; border-radius: 8px; background: var(--field); font-size: 13px; font-weight: 600; }
dl { margin: 12px 0 16px; border: 1px solid var(--line); border-radius: 12px; }
dl div { display: flex; justify-content: space-between; gap: 12px; padding: 11px 14px; }
dl div + div { border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.hint + form { margin-top: 14px; }
.mark { width: 64px; height: 64px; margin: 28px 0 12px; border-radius: 50%; display: grid; place-items: center; font-size: 32px; font-weight: 700; color: var(--paper); background: var(--good); }
.mark.bad { background: var(--bad); }
.number { margin: 12px 0 22px; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
pre { padding: 12px; border-radius: 12px; background: var(--field); font-size: 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
