import type { SuiteReport } from './report.ts';

/** What a file came to. A file that went wrong as a whole counts as one failure at least. */
export interface Judgement {
  readonly passed: number;
  readonly failed: number;
  /** What is wrong with the file as a whole. */
  readonly problem: string | undefined;
}

export interface FileRun {
  readonly suites: readonly SuiteReport[] | undefined;
  readonly code: number | null;
  /** Seconds after which it was killed. */
  readonly lateAfter: number | undefined;
  /** Whether a process that it started could not be ended with it. */
  readonly isSurvived: boolean;
}

/**
 * Judges a run of uvu by more than its exit code: uvu calls it a success when a `before` throws, when nobody called
 * `run()`, and when an `only` was left in.
 */
export function judge(run: FileRun): Judgement {
  const suites = run.suites ?? [];
  const sum = (pick: (suite: SuiteReport) => number) => suites.reduce((total, each) => total + pick(each), 0);
  const passed = sum((suite) => suite.passed);
  const missed = sum((suite) => Math.max(suite.registered, suite.ran)) - passed;
  const problem = problemOf(run);
  return { passed, failed: Math.max(missed, problem === undefined ? 0 : 1), problem };
}

function problemOf({ suites, code, lateAfter, isSurvived }: FileRun): string | undefined {
  const ended = `ended with ${code ?? 'a signal'}`;
  if (lateAfter !== undefined) return `was not done within ${lateAfter} s: a test hangs, or a handle is open`;
  if (suites === undefined) return `${ended} before it could report`;
  if (suites.length === 0) return code === 0 ? 'ran no test' : `${ended} and ran no test`;
  const wrong = suites.map(problemOfSuite).find((problem) => problem !== undefined);
  if (wrong !== undefined) return wrong;
  if (isSurvived) return 'left a process behind that holds its output';
  const isFailed = suites.some((suite) => suite.passed < suite.ran);
  return code === 0 || isFailed ? undefined : ended;
}

function problemOfSuite(suite: SuiteReport): string | undefined {
  const name = suite.name === '' ? 'a suite' : `the suite '${suite.name}'`;
  if (suite.only > 0) return `${name} has an only, which hides the other tests`;
  if (suite.skipped > 0) return `${name} skipped ${suite.skipped} tests`;
  if (suite.started === 0) return `${name} ran no test: is run() missing?`;
  if (suite.ended < suite.started) return `ended in the middle of ${name}`;
  if (suite.ran === 0) return `${name} ran no test`;
  if (suite.ran < suite.registered)
    return `${name} ran ${suite.ran} of ${suite.registered} tests: some come after run()`;
  if (suite.stopped) return `${name} passed ${suite.passed} of ${suite.ran} tests: a throw in before?`;
  return undefined;
}
