import { type Gap, percent, type Report, rateOf, type TeamLine, type WaiverLine, type WorkflowLine } from './model.ts';
import { counted, minuteOf, STANDING_WORDS, scopeOf, singleLine } from './words.ts';

/** The report as Markdown of GitHub's kind, short enough for the summary of a pipeline. */
export function reportMarkdown(report: Report): string {
  const { totals, waivers } = report;
  const active = waivers.filter(({ isActive }) => isActive).length;
  return [
    `# Evidence report: ${report.namespace === undefined ? scopeOf(report) : `namespace ${code(report.namespace)}`}`,
    `Runs from ${report.from} to ${report.to}, as seen on ${minuteOf(report.time)} by proviso ${report.version}; all times in UTC.`,
    [
      `- **${totals.compliant} of ${counted(totals.workflows, 'workflow')}** comply now`,
      `- **${percent(rateOf(totals))}** of ${counted(totals.accepted + totals.refused, 'run')} with a verdict accepted`,
      `- **${report.gaps.length}** open ${report.gaps.length === 1 ? 'gap' : 'gaps'}, ${counted(active, 'waiver')} in force`,
    ].join('\n'),
    ...(report.unseen.length === 0
      ? []
      : ['## What could not be seen', report.unseen.map((note) => `- ${code(note)}`).join('\n')]),
    '## Teams',
    table(['Team', 'Complying', 'Accepted', 'Refused', 'Rate'], report.teams.map(teamRow), 'There is no workflow.'),
    '## Workflows',
    table(
      ['Workflow', 'Team', 'Stands', 'Latest verdict', 'Accepted', 'Refused', 'Open', 'Rate'],
      report.workflows.map(workflowRow),
      'There is no workflow.',
    ),
    '## Open gaps',
    table(['Workflow', 'Run', 'What', 'Why', 'Since'], report.gaps.map(gapRow), 'Nothing that can be seen is open.'),
    '## Waivers',
    table(
      ['Waiver', 'Waives', 'State', 'Owner', 'Approved by', 'Ends', 'Reason'],
      waivers.map(waiverRow),
      'There is no waiver.',
    ),
  ].join('\n\n');
}

/**
 * Text of others as code, in which nothing is a link, a mention, an image or HTML. What would end the code or the cell of a
 * table is shown by a sign that looks like it.
 */
function code(text: string): string {
  const shown = singleLine(text).replaceAll('`', "'").replaceAll('|', '¦').trim();
  return shown === '' ? '–' : `\`${shown}\``;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[], none: string): string {
  if (rows.length === 0) return none;
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const teamRow = ({ team, workflows, compliant, accepted, refused }: TeamLine) => [
  team === '' ? 'of no team' : code(team),
  `${compliant} of ${workflows}`,
  ...[accepted, refused, percent(rateOf({ accepted, refused }))],
];

const workflowRow = ({ namespace, name, team, standing, exists, last, ...counts }: WorkflowLine) => [
  ...[code(`${namespace}/${name}`), code(team), exists ? STANDING_WORDS[standing] : 'no longer there'],
  last === undefined ? '–' : `${code(last.reason)} ${minuteOf(last.time)}`,
  ...[counts.accepted, counts.refused, counts.running, percent(rateOf(counts))],
];

const gapRow = ({ namespace, workflow, run = '', what, message, since }: Gap) => [
  ...[code(`${namespace}/${workflow}`), code(run), code(what), code(message)],
  since === undefined ? '–' : minuteOf(since),
];

const waiverRow = (line: WaiverLine) => [
  ...[code(`${line.namespace}/${line.name}`), code(line.waives), code(line.state), code(line.owner)],
  ...[code(line.approvedBy), minuteOf(line.expires), code(line.reason)],
];
