import { SaxesParser } from 'saxes';
import type { Finding } from '../api/problem.ts';
import { accepted, MAX_DOCUMENT_BYTES, type MaterialKind, refused } from './kind.ts';

const MAX_DEPTH = 100;
const MAX_ATTRIBUTES = 200;
const CHUNK = 1 << 20;

/** JUNIT_XML: a report with at least one suite or case. */
export const junit: MaterialKind = {
  type: 'JUNIT_XML',
  content: 'whole',
  maxBytes: MAX_DOCUMENT_BYTES,
  keepsBytes: true,
  inspect({ bytes }) {
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return refused({ at: 'line 1', message: 'the report is not UTF-8' });
    }
    const outcome = readReport(text);
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

/** Reads with a parser that never expands what a DTD declares, and stops at the first thing that is wrong. */
function readReport(text: string): Report {
  const report: Report = { suites: 0, tests: 0, failures: 0, errors: 0, skipped: 0, problem: undefined };
  const parser = new SaxesParser({ position: true });
  let depth = 0;
  const stop = (message: string): void => {
    report.problem ??= { at: `line ${parser.line}, column ${parser.column}`, message };
  };
  parser.on('error', (error) => stop(error.message.replace(/^\d+:\d+: /, '')));
  parser.on('doctype', () => stop('a document type declaration is not allowed in a report'));
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > MAX_DEPTH) stop(`elements are nested over ${MAX_DEPTH} levels deep`);
    if (Object.keys(tag.attributes).length > MAX_ATTRIBUTES) stop(`an element has over ${MAX_ATTRIBUTES} attributes`);
    if (depth === 1 && tag.name !== 'testsuites' && tag.name !== 'testsuite') {
      stop(`the root of a JUnit report is <testsuites> or <testsuite>, not <${tag.name.slice(0, 100)}>`);
    }
    count(report, tag.name);
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  for (let from = 0; from < text.length && report.problem === undefined; from += CHUNK) {
    parser.write(text.slice(from, from + CHUNK));
  }
  if (report.problem === undefined) parser.close();
  return report;
}

function count(report: Report, element: string): void {
  switch (element) {
    case 'testsuite':
      report.suites += 1;
      break;
    case 'testcase':
      report.tests += 1;
      break;
    case 'failure':
      report.failures += 1;
      break;
    case 'error':
      report.errors += 1;
      break;
    case 'skipped':
      report.skipped += 1;
      break;
  }
}
