/** The page's only style sheet; light and dark by the reader's system, printable, nothing told by colour alone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --paper: #fff; --panel: #f6f8fa;
  --pass: #1a7f37; --fail: #cf222e; --error: #9a6700; --accent: #0969da; --none: #afb8c1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --paper: #0d1117;
  --panel: #151b23; --pass: #3fb950; --fail: #f85149; --error: #d29922; --accent: #4493f8; --none: #545d68; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
code, pre, .mono { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
a { color: var(--accent); } .soft { color: var(--soft); }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; border-bottom: 1px solid var(--line);
  padding-bottom: .8rem; }
.verdict { font-weight: 700; border: 2px solid; border-radius: 6px; padding: .05rem .6rem; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .error { color: var(--error); } .none { color: var(--none); }
.full { color: var(--pass); } .partial { color: var(--error); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .7rem; margin: 1rem 0 0; }
.tile { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; background: var(--panel); }
.tile b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.bar { height: 6px; border-radius: 3px; background: var(--line); margin-top: .35rem; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--accent); }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .6rem .25rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--soft); font-weight: 600; }
td:first-child { white-space: nowrap; } td code { overflow-wrap: anywhere; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
details { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .8rem; margin: .5rem 0; }
summary { cursor: pointer; } summary .mono { font-size: 13px; }
.cells { letter-spacing: .12em; } .cells span { cursor: help; }
.expected { color: var(--pass); } .actual { color: var(--fail); } mark { background: none; color: inherit;
  text-decoration: underline 2px; font-weight: 700; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .4rem 0; } dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); } @media print { details { break-inside: avoid; } body { max-width: none; } }
`;
