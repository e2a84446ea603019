/** Style of the payer's pages; CashU's own page has its own colour. */
export const PAYER_STYLE: string = `
:root { color-scheme: light dark; --ink: #1c2130; --soft: #5d6577; --line: #d9dde6; --paper: #fff; --ground: #eef0f6; --accent: #4b3bc4; --on-accent: #fff; --good: #12804a; --bad: #c02b2b; --gold: #8a5b00; }
.CashU { --ground: #e9f2ef; --accent: #0a6b52; }
@media (prefers-color-scheme: dark) {
:root { --ink: #eef0f7; --soft: #a7afc2; --line: #343b4f; --paper: #181d2a; --ground: #0e121b; --accent: #a79bff; --on-accent: #150f3d; --good: #4fd08f; --bad: #ff8d8d; --gold: #f0c261; }
.CashU { --ground: #0b1512; --accent: #5fd3b0; --on-accent: #06261d; }
}
* { box-sizing: border-box; }
html { min-height: 100%; }
body { margin: 0; padding: 20px 16px 40px; background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main { max-width: 460px; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; justify-content: space-between; padding: 0 4px 14px; }
.brand { font-size: 20px; font-weight: 800; letter-spacing: -.02em; color: var(--accent); }
.test { padding: 2px 10px; border: 1px solid currentColor; border-radius: 99px; color: var(--gold); font-size: 13px; font-weight: 600; }
main { padding: 24px; background: var(--paper); border: 1px solid var(--line); border-radius: 20px; }
h1 { margin: 0; font-size: 19px; line-height: 1.3; }
h2 { margin: 10px 0 0; font-size: 15px; }
p { margin: 6px 0 0; overflow-wrap: anywhere; }
.sum { margin: 4px 0 0; font-size: 32px; line-height: 1.2; font-weight: 750; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.soft { color: var(--soft); font-size: 14px; }
.problem { color: var(--bad); }
dl { margin: 16px 0; border: 1px solid var(--line); border-radius: 12px; font-size: 14px; }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 9px 14px; }
dl div + div { border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; font-weight: 600; overflow-wrap: anywhere; }
form { display: grid; gap: 10px; }
.field { display: grid; gap: 4px; font-size: 14px; color: var(--soft); }
.field input { width: 100%; min-height: 48px; padding: 0 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--ground); color: var(--ink); font: inherit; font-size: 17px; }
form .soft { margin: -4px 0 2px; }
button, .primary, .leave { font: inherit; font-weight: 600; }
.primary, .quiet { display: grid; place-items: center; width: 100%; min-height: 50px; padding: 8px 16px; border: 1px solid transparent; border-radius: 12px; text-align: center; text-decoration: none; cursor: pointer; }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.1); }
a.primary { margin-top: 20px; }
.quiet { min-height: 46px; background: none; border-color: var(--line); color: var(--ink); }
.quiet:hover { border-color: var(--accent); color: var(--accent); }
.leave { display: inline-block; margin-top: 16px; padding: 8px 0; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.mark { width: 60px; height: 60px; margin: 4px 0 14px; border-radius: 50%; display: grid; place-items: center; font-size: 30px; font-weight: 700; color: var(--paper); background: var(--good); }
.mark.bad { background: var(--bad); }
.mark.open { background: var(--gold); }
details { margin-top: 20px; font-size: 14px; }
summary { padding: 8px 0; color: var(--soft); cursor: pointer; }
details dl { margin: 4px 0 0; font-size: 13px; }
details dd { font-weight: 400; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; }
@media (max-width: 420px) { body { padding: 14px 10px 28px; } main { padding: 18px; } }
`;
