import { excerpt } from '../../api/excerpt.ts';
import { visitFiles } from '../../materials/archive/files.ts';
import { scanXml, type XmlElement } from '../../materials/xml-scan.ts';
import { type Projection, projected } from './projection.ts';

/** A suite with the cases that stand right in it; suites inside of it follow it in the list. */
export interface JunitSuite {
  readonly name: string;
  readonly tests: readonly JunitCase[];
  readonly totals: Readonly<Record<'tests' | JunitStatus, number>>;
}

export interface JunitCase {
  readonly name: string;
  readonly classname: string;
  readonly status: JunitStatus;
  /** The `message` of what went wrong. */
  readonly message: string;
}

export type JunitStatus = 'passed' | 'failed' | 'error' | 'skipped';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const MAX_TEXT = 1024;
/** What went wrong first counts, but an error or failure more than that it was skipped. */
const ENDS: ReadonlyMap<string, JunitStatus> = new Map([
  ['failure', 'failed'],
  ['error', 'error'],
  ['skipped', 'skipped'],
]);

/** JUNIT_XML as a list of suites, those of all reports if it is an archive. */
export function projectJunit(bytes: Uint8Array): Projection {
  const suites: (Omit<JunitSuite, 'totals'> & { readonly tests: Writable<JunitCase>[] })[] = [];
  const { problem } = visitFiles(bytes, {
    wants: (name) => /\.xml$/i.test(name),
    visit(_, report) {
      const open: (typeof suites)[number][] = [];
      let current: Writable<JunitCase> | undefined;
      return scanXml(report, {
        what: 'a JUnit report',
        roots: ['testsuites', 'testsuite'],
        open(element) {
          const { name, depth } = element;
          open.length = Math.min(open.length, depth);
          if (name === 'testsuite') {
            const suite = { name: textOf(element, 'name'), tests: [] };
            suites.push(suite);
            open[depth] = suite;
          } else if (name === 'testcase') {
            current = {
              name: textOf(element, 'name'),
              classname: textOf(element, 'classname'),
              status: 'passed',
              message: '',
            };
            suiteAround(open).tests.push(current);
          } else {
            const status = ENDS.get(name);
            if (status === undefined || current === undefined) return;
            if (current.status !== 'passed' && current.status !== 'skipped') return;
            current.status = status;
            current.message = textOf(element, 'message');
          }
        },
      });
    },
  });

  /** Node's own reporter writes top-level cases without a suite around them. */
  function suiteAround(open: readonly (typeof suites)[number][]): (typeof suites)[number] {
    const suite = open.findLast((each) => each !== undefined) ?? { name: '', tests: [] };
    if (!suites.includes(suite)) suites.push(suite);
    return suite;
  }

  return projected(
    problem,
    suites.map((suite) => ({ ...suite, totals: totalsOf(suite.tests) })),
  );
}

function totalsOf(tests: readonly JunitCase[]): JunitSuite['totals'] {
  const totals = { tests: tests.length, passed: 0, failed: 0, error: 0, skipped: 0 };
  for (const { status } of tests) totals[status] += 1;
  return totals;
}

const textOf = ({ attributes }: XmlElement, name: string): string => excerpt(attributes[name] ?? '', MAX_TEXT);
