import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Finding, Problem } from '../../api/problem.ts';
import { type CoveragePoint, type Covered, unitePoints } from '../../policy/coverage.ts';
import type { CoveringEngines } from '../../policy/engines.ts';
import type { PolicyOutcome } from '../../policy/evaluation.ts';
import type { Io } from '../io.ts';
import { type Difference, differenceOf } from './expectation.ts';
import { type PreparedCase, type PreparedTests, prepareTests } from './prepare.ts';
import { readTests } from './read.ts';

/** What came of the tests of one file. */
export interface TestedPolicy {
  readonly file: string;
  readonly policy: string;
  readonly policyFile: string;
  readonly cases: readonly TestedCase[];
  readonly points: readonly CoveragePoint[];
}

export interface TestedCase {
  readonly name: string;
  readonly line: number;
  readonly outcome: PolicyOutcome;
  /** Absent: it has passed. */
  readonly difference?: Difference;
  readonly milliseconds: number;
}

const ENDING = '.test.yaml';

/**
 * Runs all tests of a file or a directory, and of those inside of it. Throws `usage` where there are none, and
 * `request-invalid` with all that is wrong with any of them before one is run.
 */
export async function runPolicyTests(io: Io, path: string, engines: CoveringEngines): Promise<readonly TestedPolicy[]> {
  const prepared: PreparedTests[] = [];
  const findings: Finding[] = [];
  for (const file of await testFiles(io, path)) {
    const reading = await readTests(io, file);
    const preparation = reading.ok ? await prepareTests(io, reading.value, engines) : reading;
    if (preparation.ok) prepared.push(preparation.value);
    else findings.push(...preparation.findings);
  }
  if (findings.length > 0) throw new Problem('request-invalid', 'the tests can not be run', { errors: findings });
  const tested: TestedPolicy[] = [];
  for (const each of prepared) tested.push(await testPolicy(each));
  return tested;
}

async function testFiles(io: Io, path: string): Promise<readonly string[]> {
  const root = resolve(io.cwd, path);
  const entry = await stat(root).catch((cause: unknown) => {
    throw new Problem('usage', `'${path}' can't be read`, { cause });
  });
  if (!entry.isDirectory()) return [root];
  const names = await readdir(root, { recursive: true });
  const found = names.filter((name) => name.endsWith(ENDING) && !/(^|\/)(\.|node_modules\/)/.test(name)).sort();
  if (found.length > 0) return found.map((name) => join(root, name));
  throw new Problem('usage', `there is no test in '${path}'`, { hint: `the names of their files end with ${ENDING}` });
}

async function testPolicy({ file, policy, policyFile, source, engine, cases }: PreparedTests): Promise<TestedPolicy> {
  const points: (readonly CoveragePoint[])[] = [];
  const tested = cases.map(async ({ test, line, question }): Promise<TestedCase> => {
    const began = performance.now();
    const covered = await cover(question);
    points.push(covered.points);
    const difference = differenceOf(test.expect, covered.outcome);
    return {
      ...{ name: test.name, line, outcome: covered.outcome, milliseconds: performance.now() - began },
      ...(difference === undefined ? {} : { difference }),
    };
  });

  async function cover(question: PreparedCase['question']): Promise<Covered> {
    if (question.kind === 'asked') return engine.cover(policy.name, source, question.query);
    return { outcome: { kind: 'failed', failure: { reason: 'Error', message: question.message } }, points: [] };
  }

  return { file, policy: policy.name, policyFile, cases: await Promise.all(tested), points: unitePoints(points) };
}
