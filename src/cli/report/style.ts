import { createHash } from 'node:crypto';

/** How the page looks, on light and dark screens and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5a6675; --paper: #fff; --panel: #f4f6f9; --line: #d9dfe7;
  --good: #1f7a4d; --bad: #b3261e; --hold: #8a5a00; --link: #24527a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #a3afbf; --paper: #12171e; --panel: #1b222c;
  --line: #344050; --good: #5cc994; --bad: #ff8a80; --hold: #f0b95b; --link: #8ec2ee; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.7rem; } h2 { margin: 2.2rem 0 .6rem; font-size: 1.15rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; margin: 1.4rem 0 0; }
.tiles div { padding: .8rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; }
.tiles dt { color: var(--soft); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.note { margin-top: 1.2rem; padding: .7rem 1rem; border-left: .3rem solid var(--hold); background: var(--panel); }
.note ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: break-word; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; border-bottom-width: 2px; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
time { white-space: nowrap; }
.standing { font-weight: 600; white-space: nowrap; }
.Met { color: var(--good); } .Waived, .Unproven { color: var(--hold); } .Open { color: var(--bad); }
figure { margin: 0; } figure svg { width: 100%; height: 9.5rem; } td svg { display: block; }
figcaption { display: flex; justify-content: space-between; gap: 1rem; color: var(--soft); font-size: .85rem; }
rect.accepted, .key.accepted { fill: var(--good); background: var(--good); }
rect.refused, .key.refused { fill: var(--bad); background: var(--bad); }
.key { display: inline-block; width: .7em; height: .7em; print-color-adjust: exact; }
line.base { stroke: var(--soft); stroke-width: 1; vector-effect: non-scaling-stroke; }
footer { margin-top: 2.5rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #bbb;
  --good: #1f7a4d; --bad: #b3261e; --hold: #8a5a00; }
  body { max-width: none; padding: 0; font-size: 10pt; } tr, figure, .tiles div { break-inside: avoid; }
  thead { display: table-header-group; } h2 { break-after: avoid; } .scroll { overflow: visible; } th, td { overflow-wrap: anywhere; } }
`;

/** Nothing is loaded, run or sent, and no style counts but this one. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
