import { xmlText } from '../print/xml.ts';
import { diffLines } from './expectation.ts';
import type { TestedCase, TestedPolicy } from './run.ts';

/** A JUnit report: a suite for each file of tests, with what CI systems read of it. */
export function junitOf(tested: readonly TestedPolicy[]): string {
  const all = tested.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="proviso policy test"${totals(all)}>\n${tested.map(suiteOf).join('')}</testsuites>\n`;
}

function suiteOf({ file, policy, cases }: TestedPolicy): string {
  const tests = cases.map((each) => caseOf(file, policy, each)).join('');
  return `  <testsuite name="${xmlText(policy)}" file="${xmlText(file)}"${totals(cases)}>\n${tests}  </testsuite>\n`;
}

function caseOf(file: string, policy: string, { name, line, difference, milliseconds }: TestedCase): string {
  const place = `file="${xmlText(file)}" line="${line}" time="${seconds(milliseconds)}"`;
  const head = `    <testcase classname="${xmlText(policy)}" name="${xmlText(name)}" ${place}`;
  if (difference === undefined) return `${head}/>\n`;
  const lines = diffLines(difference);
  const message = xmlText(lines.join('; '));
  return `${head}><failure type="difference" message="${message}">${xmlText(`${file}:${line}\n${lines.join('\n')}`)}</failure></testcase>\n`;
}

function totals(cases: readonly TestedCase[]): string {
  const failures = cases.filter(({ difference }) => difference !== undefined).length;
  const time = cases.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return ` tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds(time)}"`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);
