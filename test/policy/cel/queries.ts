import type { PolicyOutcome, PolicyQuery, Violation } from '../../../src/policy/evaluation.ts';

/** What a policy is asked in tests, about this input. */
export const queryOf = (input: unknown, inputs: Readonly<Record<string, string>> = {}): PolicyQuery => ({
  input,
  inputs,
  material: {
    name: 'sbom',
    type: 'SBOM_CYCLONEDX_JSON',
    digest: `sha256:${'a'.repeat(64)}`,
    annotations: { stage: 'release' },
  },
  run: { namespace: 'shop', name: 'build-1', workflow: 'build', project: 'web' },
  now: '2026-02-03T04:05:06.789Z',
});

/** A policy of one validation. */
export const policyOf = (expression: string, more = ''): string =>
  `validations:\n  - expression: ${JSON.stringify(expression)}\n    message: no\n${more}`;

export function violationsIn(outcome: PolicyOutcome): readonly Violation[] {
  if (outcome.kind === 'evaluated') return outcome.violations;
  throw new Error(`it was not evaluated: ${JSON.stringify(outcome)}`);
}
