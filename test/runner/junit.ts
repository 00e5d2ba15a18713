import { relative } from 'node:path';
import { xmlText } from '../../src/cli/print/xml.ts';
import type { FileResult } from './run-file.ts';

/** A JUnit report: a suite for each file, a case for each test that uvu counted. */
export function junitReport(results: readonly FileResult[]): string {
  const suites = results.map(suite).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="proviso">\n${suites}</testsuites>\n`;
}

function suite({ file, passed, failed, seconds, problem, output }: FileResult): string {
  const name = xmlText(relative(process.cwd(), file));
  const time = seconds.toFixed(3);
  const good = Array.from(
    { length: passed },
    (_, index) => `    <testcase classname="${name}" name="test ${index + 1}"/>\n`,
  );
  const message = xmlText(problem ?? 'a test failed');
  const text = xmlText(output.slice(-4000));
  const bad = Array.from(
    { length: failed },
    (_, index) =>
      `    <testcase classname="${name}" name="failed ${index + 1}"><failure message="${message}">${text}</failure></testcase>\n`,
  );
  const counts = `tests="${passed + failed}" failures="${failed}" errors="0" skipped="0" time="${time}"`;
  return `  <testsuite name="${name}" ${counts}>\n${good.join('')}${bad.join('')}  </testsuite>\n`;
}
