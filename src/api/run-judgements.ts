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

type Counting = RecordedJudgement & Pick<Judgement, 'outcome'>;

/**
 * What policies said of a run, in the order of its status; what is to be ignored isn't among it. Only what is `wanted`: of thousands of
 * runs at once the rest had better not be copied.
 */
export function judgementsOf(
  { metadata, status = {} }: WorkflowRun,
  wanted: (judgement: RecordedJudgement) => boolean = () => true,
): readonly Judgement[] {
  const { materials = [], policies, startTime = metadata.creationTimestamp ?? '', finishTime = startTime } = status;
  const counts = (judgement: RecordedJudgement): judgement is Counting =>
    judgement.outcome !== 'Ignored' && wanted(judgement);
  const found: Judgement[] = [];
  for (const { name: material, policies: said = [], addTime: time } of materials) {
    for (const each of said) if (counts(each)) found.push({ ...each, phase: 'Add', material, time });
  }
  for (const each of policies?.evaluations ?? []) {
    if (counts(each)) found.push({ ...each, time: each.phase === 'Init' ? startTime : finishTime });
  }
  return found;
}
