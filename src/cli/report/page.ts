import { sparkline, trend } from './chart.ts';
import { html, type Markup } from './markup.ts';
import { type Gap, percent, type Report, rateOf, type TeamLine, type WaiverLine, type WorkflowLine } from './model.ts';
import { CONTENT_POLICY, STYLE } from './style.ts';
import { minuteOf, STANDING_WORDS, scopeOf } from './words.ts';

/** The report as one HTML file: without scripts, and without anything that is elsewhere. */
export function reportPage(report: Report): string {
  const { totals, from, to } = report;
  const title = `Evidence report: ${scopeOf(report)}`;
  // The style stands in its place as it is, since its hash is in the policy.
  const [head, body] = [
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
`,
    html`</head>
<body>
<header>
<h1>${title}</h1>
<p class="soft">Runs from ${from} to ${to}, as seen on ${minuteOf(report.time)}; all times in UTC</p>
</header>
<main>
${unseen(report.unseen)}
<dl class="tiles">
${tile('Workflows that comply now', `${totals.compliant} of ${totals.workflows}`)}
${tile('Runs accepted', `${percent(rateOf(totals))}`)}
${tile('Runs with a verdict', `${totals.accepted + totals.refused}`)}
${tile('Open gaps', `${report.gaps.length}`)}
${tile('Waivers in force', `${report.waivers.filter(({ isActive }) => isActive).length}`)}
</dl>
<h2>Trend</h2>
${trend(report.days)}
<h2>Teams</h2>
${table('What a workflow stands as now, and its runs in the period', ['Team', 'Complying', 'Accepted', 'Refused', 'Rate', 'By day'], report.teams.map(teamRow), 'There is no workflow.')}
<h2>Workflows</h2>
${table('By namespace and name', ['Workflow', 'Team', 'Project', 'Stands', 'Latest verdict', 'Accepted', 'Refused', 'Open', 'Rate', 'By day'], report.workflows.map(workflowRow), 'There is no workflow.')}
<h2>Open gaps</h2>
${table('What keeps workflows from complying', ['Workflow', 'Run', 'What', 'Why', 'Since'], report.gaps.map(gapRow), 'Nothing that can be seen is open.')}
<h2>Waivers</h2>
${table('The one that ends first stands first', ['Waiver', 'Waives', 'Workflows', 'State', 'Owner', 'Approved by', 'Ends', 'Reason'], report.waivers.map(waiverRow), 'There is no waiver.')}
</main>
<footer>Made by proviso ${report.version}. A workflow complies when its latest verdict is accepted with nothing objected to that no waiver excuses, and none of its conditions is False.</footer>
</body>
</html>
`,
  ].map(String);
  return `${head}<style>${STYLE}</style>\n${body}`;
}

const tile = (name: string, value: string): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const unseen = (notes: readonly string[]): Markup | undefined =>
  notes.length === 0
    ? undefined
    : html`<aside class="note" aria-label="What could not be seen"><strong>What could not be seen</strong>
<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></aside>`;

const NUMBERS: ReadonlySet<string> = new Set(['Complying', 'Accepted', 'Refused', 'Open', 'Rate', 'Workflows']);

function table(caption: string, head: readonly string[], rows: readonly Markup[], none: string): Markup {
  if (rows.length === 0) return html`<p class="soft">${none}</p>`;
  const titles = head.map((title) => html`<th scope="col"${numeric(title)}>${title}</th>`);
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

const numeric = (title: string): Markup | undefined => (NUMBERS.has(title) ? html` class="number"` : undefined);

const number = (value: number | string): Markup => html`<td class="number">${value}</td>`;

const teamRow = ({ team, workflows, compliant, accepted, refused, days }: TeamLine): Markup =>
  html`<tr><th scope="row">${team === '' ? 'of no team' : team}</th>${number(`${compliant} of ${workflows}`)}${number(accepted)}${number(refused)}${number(percent(rateOf({ accepted, refused })))}<td>${sparkline(team === '' ? 'of no team' : team, days)}</td></tr>
`;

const workflowRow = (line: WorkflowLine): Markup =>
  html`<tr><th scope="row">${line.namespace}/${line.name}</th><td>${line.team}</td><td>${line.project}</td>${standing(line)}<td>${line.last === undefined ? '–' : html`${line.last.reason} <time class="soft">${minuteOf(line.last.time)}</time>`}</td>${number(line.accepted)}${number(line.refused)}${number(line.running)}${number(percent(rateOf(line)))}<td>${sparkline(`${line.namespace}/${line.name}`, line.days)}</td></tr>
`;

const time = (text: string): Markup => html`<time>${minuteOf(text)}</time>`;

const standing = ({ standing, exists }: WorkflowLine): Markup =>
  exists
    ? html`<td class="standing ${standing}">${STANDING_WORDS[standing]}</td>`
    : html`<td class="soft">no longer there</td>`;

const gapRow = ({ namespace, workflow, run, what, message, since }: Gap): Markup =>
  html`<tr><th scope="row">${namespace}/${workflow}</th><td>${run ?? '–'}</td><td>${what}</td><td>${message}</td><td>${since === undefined ? '–' : time(since)}</td></tr>
`;

const waiverRow = (line: WaiverLine): Markup =>
  html`<tr><th scope="row">${line.namespace}/${line.name}</th><td>${line.waives}</td>${number(line.workflows)}<td>${line.state}</td><td>${line.owner}</td><td>${line.approvedBy === '' ? '–' : line.approvedBy}</td><td>${time(line.expires)}</td><td>${line.reason}</td></tr>
`;
