import type { Report } from '../../src/cli/report/model.ts';

/** What somebody might write into a name, a message or an annotation, so that it is more than text where it is shown. */
export const HOSTILE = [
  '"\'></td></title></style><script>window.taken = true</script>',
  '<img src="http://127.0.0.1:9/a.png" onerror="window.taken = true">',
  '<svg onload="window.taken = true"><iframe src="http://127.0.0.1:9/"></iframe>',
  '</code>`<b>b</b>` ``x`` ||| \\| \\`[l](https://evil.example) ![i](https://evil.example/i.png)',
  'https://evil.example www.evil.example a@evil.example @team #1 &lt;b&gt; {{x}}',
  '\u202egnp.exe\u2069\u0000\u001b[31m\n\n# heading\r\n- item\n---\n<!-- ',
];

const TEXT = HOSTILE.join(' ');

const OF_OTHERS: ReadonlySet<string> = new Set([
  ...['namespace', 'name', 'team', 'project', 'workflow', 'run', 'what', 'message', 'since', 'waives'],
  ...['owner', 'approvedBy', 'reason', 'expires', 'state', 'time'],
]);

/** The report with that in the place of every text which is not of Proviso itself. */
export function taintedReport(report: Report): Report {
  const tainted = JSON.parse(JSON.stringify(report), (key, value: unknown) =>
    typeof value === 'string' && OF_OTHERS.has(key) ? TEXT : value,
  ) as Report;
  return { ...tainted, namespace: TEXT, time: report.time, unseen: [TEXT] };
}
