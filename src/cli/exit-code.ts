import { Problem } from '../api/problem.ts';
import { RUN_REASON } from '../api/reasons.ts';

/** What the process ends with; scripts rely on it. */
export const EXIT = { ok: 0, error: 1, usage: 2, contractNotMet: 3, blocked: 4 } as const;

const OF_PROBLEM: Readonly<Partial<Record<string, number>>> = {
  usage: EXIT.usage,
  'not-configured': EXIT.usage,
  'no-run': EXIT.usage,
  'contract-not-met': EXIT.contractNotMet,
  'policy-violated': EXIT.blocked,
};

/** The exit code of a command that threw. */
export const exitCodeOf = (error: unknown): number =>
  error instanceof Problem ? (OF_PROBLEM[error.code] ?? EXIT.error) : EXIT.error;

/** The exit code of a run's verdict: a policy that stands in the way is told apart from every other end. */
export function exitCodeOfVerdict(succeeded: string, reason: string): number {
  if (succeeded === 'True') return EXIT.ok;
  return reason === RUN_REASON.PolicyViolation ? EXIT.blocked : EXIT.error;
}
