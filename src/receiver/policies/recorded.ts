import { excerpt } from '../../api/excerpt.ts';
import { API_VERSION } from '../../api/labels.ts';
import { Problem } from '../../api/problem.ts';
import type { RecordedEvaluations, RecordedJudgement, WorkflowRun } from '../../api/types.gen.ts';
import type { PolicyPhase } from '../../contract/effective.ts';
import type { Stage } from '../../evidence/store.ts';
import type { Evaluation } from '../../policy/attached.ts';
import type { PolicyOutcome } from '../../policy/evaluation.ts';
import type { OpenStore } from '../stores.ts';

const MAX_SUBJECT = 200;
const MAX_MESSAGE = 400;

/** What a policy said, as the status of a run has it. */
export function judgementOf({ policy, outcome }: Evaluation): RecordedJudgement {
  const { kind, name, gate, onSkip } = policy;
  const isBlocked = outcome.kind === 'skipped' && onSkip === 'Block';
  return {
    ...{ kind, policy: name },
    ...inShort(outcome, name),
    ...(gate ? { gate } : {}),
    ...(isBlocked ? { blocked: true } : {}),
  };
}

function inShort(outcome: PolicyOutcome, name: string): Omit<RecordedJudgement, 'kind' | 'policy'> {
  switch (outcome.kind) {
    case 'ignored':
      return { outcome: 'Ignored' };
    case 'skipped':
      return { outcome: 'Skipped', message: excerpt(outcome.reasons.join('; ') || 'it gave no reason', MAX_MESSAGE) };
    case 'failed': {
      const { reason, message } = outcome.failure;
      return { outcome: 'Failed', subject: name, message: excerpt(`${reason}: ${message}`, MAX_MESSAGE) };
    }
    case 'evaluated': {
      const counting = outcome.violations.filter(({ suppressed }) => suppressed !== true);
      const count = counting.length + (outcome.omitted ?? 0);
      if (count === 0) return { outcome: 'Passed' };
      const { subject = name, message = 'see the full result' } = counting[0] ?? {};
      return {
        outcome: 'Violated',
        violations: count,
        subject: excerpt(subject, MAX_SUBJECT),
        message: excerpt(message, MAX_MESSAGE),
      };
    }
  }
}

/** Throws where an engine isn't there: that says nothing of what was handed in, and may be over when it is tried again. */
export function assertJudged(evaluations: readonly Evaluation[]): void {
  for (const { policy, outcome } of evaluations) {
    if (outcome.kind !== 'failed' || outcome.failure.reason !== 'EngineUnavailable') continue;
    throw new Problem('policy-unavailable', `the policy '${policy.name}' can't be asked: ${outcome.failure.message}`, {
      hint: 'nothing was recorded, and nothing passes unjudged; try again, and see whether the engine is there',
      retryAfter: 5,
    });
  }
}

/** What was judged: a material, or without one the attestation. */
export interface Judged {
  readonly material?: { readonly name: string; readonly type: string; readonly digest: string };
  readonly evaluations: readonly Evaluation[];
}

/** Writes all that policies said into a store, which has it once the stage is committed. */
export async function stageEvaluations(
  store: OpenStore,
  { metadata }: WorkflowRun,
  phase: PolicyPhase,
  judged: readonly Judged[],
  now: Date,
): Promise<Stage> {
  const { namespace, name: run } = metadata;
  const content = {
    ...{ apiVersion: API_VERSION, kind: 'PolicyEvaluations' },
    ...{ namespace, run, phase, time: now.toISOString() },
    judged: judged.map(({ material, evaluations }) => ({
      ...(material === undefined ? {} : { material }),
      evaluations: evaluations.map(({ policy: { name, types: _, phases: __, material: ___, ...policy }, outcome }) => ({
        ...{ policy: name, ...policy },
        outcome,
      })),
    })),
  };
  const stage = await store.bytes.stage();
  await stage.write(Buffer.from(JSON.stringify(content)));
  return stage;
}

/** Where the document is, as the status of a run has it. */
export const recordedEvaluations = (stage: Stage, { name: storeName }: OpenStore): RecordedEvaluations => {
  const { digest, size } = stage.info();
  return { digest, size, storeName };
};
