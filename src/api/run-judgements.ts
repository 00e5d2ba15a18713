import type { PolicyOutcome } from './messages.ts';
import type { RecordedJudgement, WorkflowRun } from './types.gen.ts';

/** What a policy said of a run, and when. */
export interface Judgement extends RecordedJudgement {
  readonly outcome: PolicyOutcome;
  readonly phase: 'Init' | 'Add' | 'Push';
  /** Absent for the attestation. */
  readonly material?: string;
  /** RFC 3339. */
  readonly time: string;
}

/** What policies said of a run, in the order of its status; what is to be ignored isn't among it. */
export function judgementsOf({ metadata, status = {} }: WorkflowRun): readonly Judgement[] {
  const { materials = [], policies, startTime = metadata.creationTimestamp ?? '', finishTime = startTime } = status;
  const ofMaterials = materials.flatMap(({ name: material, policies: said = [], addTime: time }) =>
    said.map((each) => ({ ...each, phase: 'Add' as const, material, time })),
  );
  const others = (policies?.evaluations ?? []).map((each) => ({
    ...each,
    time: each.phase === 'Init' ? startTime : finishTime,
  }));
  return [...ofMaterials, ...others].flatMap(({ outcome, ...rest }) =>
    outcome === 'Ignored' ? [] : [{ ...rest, outcome }],
  );
}
