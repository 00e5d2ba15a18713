import { type Finding, Problem } from '../../api/problem.ts';
import type { CoveringEngine } from '../../policy/coverage.ts';
import type { CoveringEngines } from '../../policy/engines.ts';
import { sayFindings } from '../../policy/source-findings.ts';
import type { Io } from '../io.ts';
import { type NamedPolicy, readPolicy, readPolicySource } from '../policy/file.ts';
import type { TestCase } from './format.ts';
import { type Question, questionOf } from './question.ts';
import { type LocatedTests, placed } from './read.ts';

/** A policy with the questions that its tests ask. */
export interface PreparedTests {
  /** The file of the tests. */
  readonly file: string;
  readonly policy: NamedPolicy;
  readonly policyFile: string;
  readonly source: string;
  readonly engine: CoveringEngine;
  readonly cases: readonly PreparedCase[];
}

export interface PreparedCase {
  readonly test: TestCase;
  /** Where it stands in its file. */
  readonly line: number;
  readonly question: Exclude<Question, { readonly kind: 'refused' }>;
}

export type Preparation =
  | { readonly ok: true; readonly value: PreparedTests }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads what a file of tests names, and finds out whether all of it goes together. */
export async function prepareTests(io: Io, located: LocatedTests, engines: CoveringEngines): Promise<Preparation> {
  const { file, tests, lineOf } = located;
  const refused = (findings: readonly Finding[]): Preparation => ({
    ok: false,
    findings: findings.map((finding) => placed(file, lineOf, finding)),
  });
  try {
    const policyFile = located.resolve(tests.policy);
    const policy = await readPolicy(io, policyFile);
    const sourceFile = tests.source === undefined ? undefined : located.resolve(tests.source);
    const source = await readPolicySource(io, policy.spec, sourceFile, '`source: FILE` beside `policy`');
    const engine = engines[policy.spec.engine ?? 'CEL'];
    const faults = await engine.check(source.text);
    if (faults.length > 0) {
      return refused([{ at: '/policy', message: `the source can't be evaluated: ${sayFindings(source.at, faults)}` }]);
    }
    const cases: PreparedCase[] = [];
    const findings: Finding[] = [];
    for (const [index, test] of tests.cases.entries()) {
      const question = await questionOf(io, located, policy.spec, test, `/cases/${index}`);
      if (question.kind === 'refused') findings.push(...question.findings);
      else cases.push({ test, line: lineOf(`/cases/${index}`), question });
    }
    if (findings.length > 0) return refused(findings);
    return { ok: true, value: { file, policy, policyFile, source: source.text, engine, cases } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, hint, errors } = error;
    const whole = hint === undefined ? message : `${message}; ${hint}`;
    const parts = errors.map((each) => `${each.at === undefined ? '' : `${each.at}: `}${each.message}`);
    return refused([whole, ...parts].map((each) => ({ at: '/policy', message: each })));
  }
}
