import { SaxesParser } from 'saxes';
import type { Finding } from '../api/problem.ts';
import { accepted, MAX_DOCUMENT_BYTES, type MaterialKind, refused } from './kind.ts';
import { xmlText } from './xml-text.ts';

const MAX_DEPTH = 100;
const MAX_ATTRIBUTES = 200;
const CHUNK = 1 << 16;

/** JUNIT_XML: a report with at least one suite or case. */
export const junit: MaterialKind = {
  type: 'JUNIT_XML',
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  notes: {
    accepts: 'A JUnit report with at least one suite or case.',
    facts: ['junit.suites', 'junit.tests', 'junit.failures', 'junit.errors', 'junit.skipped'],
  },
  inspect({ bytes }) {
    const decoded = xmlText(bytes);
    if (!decoded.ok) return refused({ at: 'line 1', message: decoded.message });
    const outcome = readReport(decoded.text);
    if (outcome.problem !== undefined) return refused(outcome.problem);
    // Node's own reporter writes top-level cases without a suite around them.
    if (outcome.suites === 0 && outcome.tests === 0) {
      return refused({ at: 'line 1', message: 'a JUnit report has at least one <testsuite> or <testcase>' });
    }
    const { suites, tests, failures, errors, skipped } = outcome;
    const counts = { suites, tests, failures, errors, skipped };
    return accepted({
      annotations: Object.fromEntries(
        Object.entries(counts).map(([name, count]) => [`chainloop.material.junit.${name}`, String(count)]),
      ),
      mediaType: 'application/xml',
    });
  },
};

interface Report {
  suites: number;
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  problem: Finding | undefined;
}

type Outcome = 'failures' | 'errors' | 'skipped';
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['failure', 'failures'],
  ['error', 'errors'],
  ['skipped', 'skipped'],
]);

/** Reads with a parser that never expands what a DTD declares, and stops at the first thing that is wrong. */
function readReport(text: string): Report {
  const report: Report = { suites: 0, tests: 0, failures: 0, errors: 0, skipped: 0, problem: undefined };
  const parser = new SaxesParser({ position: true });
  let depth = 0;
  let attributes = 0;
  let hasRoot = false;
  // Thrown, since the parser would go on and find something in every character that follows.
  const stop = (message: string): never => {
    report.problem = { at: `line ${parser.line}, column ${parser.column}`, message };
    throw new Error(message);
  };
  const count = counter(report);
  parser.on('error', (error) => stop(error.message.replace(/^\d+:\d+: /, '')));
  parser.on('doctype', () => stop('a document type declaration is not allowed in a report'));
  parser.on('opentagstart', ({ name }) => {
    attributes = 0;
    if (!hasRoot && name !== 'testsuites' && name !== 'testsuite') {
      stop(`the root of a JUnit report is <testsuites> or <testsuite>, not <${name.slice(0, 100)}>`);
    }
    hasRoot = true;
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) stop(`an element has over ${MAX_ATTRIBUTES} attributes`);
  });
  parser.on('opentag', ({ name }) => {
    depth += 1;
    if (depth > MAX_DEPTH) stop(`elements are nested over ${MAX_DEPTH} levels deep`);
    count(name);
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  try {
    for (let from = 0; from < text.length; from += CHUNK) {
      parser.write(text.slice(from, from + CHUNK));
      if (!hasRoot && from + CHUNK < text.length) stop(`there is no element in the first ${CHUNK} characters`);
      forgetText(parser);
    }
    parser.close();
  } catch (error) {
    if (report.problem === undefined) throw error;
  }
  return report;
}

/**
 * Comments, CDATA and long values are collected by the parser piece by piece, also when nobody asked for them: 50 MB of
 * `]x` take 1.8 GB. Nothing here looks at text, so what is there at the end of a chunk can go.
 */
function forgetText(parser: object): void {
  (parser as { text: string }).text = '';
}

/** Counts suites, cases, and cases by how they ended: one that fails in three places is one failure. */
function counter(report: Report): (element: string) => void {
  const ended = new Set<Outcome>();
  return (element) => {
    if (element === 'testsuite') report.suites += 1;
    if (element === 'testcase') report.tests += 1;
    if (element === 'testsuite' || element === 'testcase') ended.clear();
    const outcome = OUTCOMES.get(element);
    if (outcome === undefined || ended.has(outcome)) return;
    ended.add(outcome);
    report[outcome] += 1;
  };
}
