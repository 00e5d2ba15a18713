import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Problem } from '../../api/problem.ts';
import { closeEngines } from '../../policy/engines.ts';
import { deskEngines } from '../desk-engines.ts';
import { EXIT } from '../exit-code.ts';
import { junitOf } from '../policy-test/junit.ts';
import { formatTested, uncovered } from '../policy-test/print.ts';
import { runPolicyTests } from '../policy-test/run.ts';
import { printResult, type Session } from '../session.ts';

export interface PolicyTestFlags {
  /** Where a JUnit report goes. */
  readonly junit?: string;
  /** Whether a part of a policy that no case came by fails it. */
  readonly covered?: boolean;
}

/** `proviso policy test PATH`: runs the tests of policies without a cluster, and says how much of each they came by. */
export async function policyTest(session: Session, path: string, flags: PolicyTestFlags): Promise<number> {
  const engines = deskEngines();
  const tested = await runPolicyTests(session.io, path, engines).finally(() => closeEngines(engines));
  if (flags.junit !== undefined) await writeReport(resolve(session.io.cwd, flags.junit), junitOf(tested));
  const failed = tested.flatMap(({ cases }) => cases).filter(({ difference }) => difference !== undefined).length;
  printResult(session, { failed, files: tested }, () => formatTested(session.io, tested));
  const isCovered = flags.covered !== true || tested.every(({ points }) => uncovered(points).length === 0);
  return failed === 0 && isCovered ? EXIT.ok : EXIT.error;
}

async function writeReport(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw new Problem('usage', `'${file}' can't be written`, { cause });
  });
}
