import type { Finding } from '../api/problem.ts';
import { ARCHIVE_MEDIA_TYPES, visitFiles } from './archive/files.ts';
import { accepted, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';
import { scanXml } from './xml-scan.ts';

/** JUNIT_XML: a report, or a zip or tar.gz of reports (`*.xml`), with at least one suite or case altogether. */
export const junit: MaterialKind = {
  type: 'JUNIT_XML',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts: 'A report, or a zip or tar.gz of reports (`*.xml`), with at least one suite or case.',
    facts: ['junit.suites', 'junit.tests', 'junit.failures', 'junit.errors', 'junit.skipped'],
  },
  inspect({ bytes }) {
    const counts: Counts = { suites: 0, tests: 0, failures: 0, errors: 0, skipped: 0 };
    const { form, problem } = visitFiles(bytes, {
      wants: (name) => /\.xml$/i.test(name),
      visit: (_, report) => countReport(report, counts),
    });
    if (problem !== undefined) return refused(problem);
    // Node's own reporter writes top-level cases without a suite around them.
    if (counts.suites === 0 && counts.tests === 0) {
      return form === undefined
        ? refused({ at: 'line 1', message: 'a JUnit report has at least one <testsuite> or <testcase>' })
        : refused({ message: `the ${form} has no JUnit report (*.xml) with a <testsuite> or <testcase>` });
    }
    const annotations = Object.entries(counts).map(([name, count]) => [
      `chainloop.material.junit.${name}`,
      String(count),
    ]);
    return accepted({
      annotations: Object.fromEntries(annotations),
      mediaType: form === undefined ? 'application/xml' : ARCHIVE_MEDIA_TYPES[form],
    });
  },
};

interface Counts {
  suites: number;
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

type Outcome = 'failures' | 'errors' | 'skipped';
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['failure', 'failures'],
  ['error', 'errors'],
  ['skipped', 'skipped'],
]);

/** Adds what a report has: suites, cases, and cases by how they ended; one that fails in three places is one failure. */
function countReport(bytes: Uint8Array, counts: Counts): Finding | undefined {
  const ended = new Set<Outcome>();
  return scanXml(bytes, {
    what: 'a JUnit report',
    roots: ['testsuites', 'testsuite'],
    open({ name }) {
      if (name === 'testsuite') counts.suites += 1;
      if (name === 'testcase') counts.tests += 1;
      if (name === 'testsuite' || name === 'testcase') ended.clear();
      const outcome = OUTCOMES.get(name);
      if (outcome === undefined || ended.has(outcome)) return;
      ended.add(outcome);
      counts[outcome] += 1;
    },
  });
}
