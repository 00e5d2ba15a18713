import type { CoveragePoint } from '../../policy/coverage.ts';
import type { Io } from '../io.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { diffLines } from './expectation.ts';
import type { TestedCase, TestedPolicy } from './run.ts';

/** Parts of a policy that no case came by are told up to this many. */
const MAX_TOLD = 5;

/** A line for each case, what is different where one failed, and how much of each policy the cases came by. */
export function formatTested(io: Io, tested: readonly TestedPolicy[]): string {
  const cases = tested.flatMap(({ cases }) => cases);
  const failed = cases.filter(hasFailed).length;
  const summary = `${cases.length - failed} passed, ${failed} failed`;
  return [
    formatTable(
      io,
      ['', 'Policy', 'Case', 'Where'],
      tested.flatMap((each) => rowsOf(io, each)),
    ),
    ...tested.flatMap((each) => differencesOf(io, each)),
    '',
    formatTable(io, ['Policy', 'Cases', 'Coverage', 'Never'], tested.map(coverageRow)),
    '',
    failed === 0 ? io.colours.green(summary) : io.colours.red(summary),
  ].join('\n');
}

const hasFailed = ({ difference }: TestedCase): boolean => difference !== undefined;

const rowsOf = ({ colours }: Io, { file, policy, cases }: TestedPolicy): readonly (readonly string[])[] =>
  cases.map((each) => [
    hasFailed(each) ? colours.red('FAIL') : colours.green('ok'),
    policy,
    plain(each.name),
    `${file}:${each.line}`,
  ]);

function differencesOf({ colours }: Io, { file, policy, cases }: TestedPolicy): readonly string[] {
  const { red, green, bold } = colours;
  return cases.flatMap(({ name, line, difference }) =>
    difference === undefined
      ? []
      : [
          '',
          `${red('FAIL')} ${bold(`${file}:${line}`)} ${policy}: ${plain(name)}`,
          ...diffLines(difference).map((each) => `  ${each.startsWith('-') ? green(each) : red(each)}`),
        ],
  );
}

function coverageRow({ policy, cases, points }: TestedPolicy): readonly string[] {
  const passed = cases.length - cases.filter(hasFailed).length;
  const left = uncovered(points);
  const told = left.slice(0, MAX_TOLD).map(({ at, what }) => `${at} ${what}`);
  const more = left.length > MAX_TOLD ? [`and ${left.length - MAX_TOLD} more`] : [];
  return [
    policy,
    `${passed}/${cases.length}`,
    `${points.length - left.length}/${points.length}`,
    [...told, ...more].join('; '),
  ];
}

/** What no case came by, as it stands in the source from top to bottom. */
export const uncovered = (points: readonly CoveragePoint[]): readonly CoveragePoint[] =>
  points
    .filter(({ covered }) => !covered)
    .sort((one, other) => one.at.localeCompare(other.at, 'en', { numeric: true }));
