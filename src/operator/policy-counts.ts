import { isDeepStrictEqual } from 'node:util';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import { type Judgement, judgementsOf } from '../api/run-judgements.ts';
import type { ClusterPolicy, Policy, PolicyStatus, WorkflowRun } from '../api/types.gen.ts';
import { applyStatus } from '../kube/apply.ts';
import { type Change, keyOf } from '../kube/store.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { type Attached, attachedKey } from './attachments.ts';
import type { OperatorContext } from './context.ts';
import type { AnyPolicy } from './policy-source.ts';
import type { Enqueue } from './sources.ts';

/** Not the one of the rest of the status, which is written when the source was looked at. */
const MANAGER = 'proviso-policy-counts';
/** Each run is judged several times, and runs come in crowds; a policy of all of them is counted as often as this. */
const COUNT_MS = 5_000;

const COUNTED = { policies: 'policycounts', clusterpolicies: 'clusterpolicycounts' } as const;

type Evaluations = NonNullable<PolicyStatus['evaluations']>;

/** For the index of runs: the policies that have judged one, whether or not they are there. */
export const judgedBy = (run: WorkflowRun): readonly string[] => [...policiesOf([run]).keys()];

/** The policies that count a run, when what they say of it has changed. */
export function countsOfJudged({ object, before, type, initial }: Change<WorkflowRun>): readonly Enqueue[] {
  // All policies are counted after the first list.
  if (initial) return [];
  const states = before === undefined ? [object] : [before, object];
  if (type === 'modified' && before !== undefined && isDeepStrictEqual(judgementsOf(before), judgementsOf(object))) {
    return [];
  }
  return [...policiesOf(states).values()].map(counted);
}

/** The count of a policy that is new, or was perhaps counted by another operator. */
export function countOfNew(queue: Attached['queue'], { object, before, type }: Change<AnyPolicy>): readonly Enqueue[] {
  if (type === 'deleted' || before?.metadata.uid === object.metadata.uid) return [];
  return [counted({ queue, key: keyOf(object.metadata) })];
}

const counted = ({ queue, key }: Attached): Enqueue => ({
  ...{ queue: COUNTED[queue], key, afterMs: COUNT_MS, priority: 'backlog' },
});

function policiesOf(runs: readonly WorkflowRun[]): ReadonlyMap<string, Attached> {
  const all = runs.flatMap((run) => judgementsOf(run).map((judgement) => attachedOf(judgement, run)));
  return new Map(all.map((each) => [attachedKey(each), each]));
}

const attachedOf = ({ kind, policy }: Judgement, { metadata: { namespace } }: WorkflowRun): Attached =>
  kind === 'ClusterPolicy'
    ? { queue: 'clusterpolicies', key: policy }
    : { queue: 'policies', key: `${namespace}/${policy}` };

export const countPolicy = (context: OperatorContext, policy: Policy): Promise<ReconcileResult> =>
  count(context, KIND.Policy, 'policies', policy);

export const countClusterPolicy = (context: OperatorContext, policy: ClusterPolicy): Promise<ReconcileResult> =>
  count(context, KIND.ClusterPolicy, 'clusterpolicies', policy);

/** Counts what a policy said, from the watch alone: its source is neither read nor checked for that. */
async function count(
  { client, stores }: OperatorContext,
  kind: ResourceKind,
  queue: Attached['queue'],
  policy: AnyPolicy,
): Promise<ReconcileResult> {
  const runs = stores.runs.byIndex('policy', attachedKey({ queue, key: keyOf(policy.metadata) }));
  const evaluations = countJudgements(runs, { kind: kind.kind, policy: policy.metadata.name });
  await applyStatus(client, kind, policy, { evaluations }, { fieldManager: MANAGER });
  return {};
}

/** What a policy said of runs that it has judged. Counted anew each time, so nothing is ever counted twice. */
export function countJudgements(
  runs: readonly WorkflowRun[],
  { kind, policy }: { readonly kind: string; readonly policy: string },
): Evaluations {
  const said = runs.map((run) => judgementsOf(run, (each) => each.policy === policy && each.kind === kind));
  const all = said.flat();
  const violations = all.filter(({ outcome }) => outcome === 'Violated');
  const last = violations.reduce((latest, { time }) => Math.max(latest, Date.parse(time)), 0);
  return {
    runs: said.filter(({ length }) => length > 0).length,
    evaluated: all.length,
    violated: violations.length,
    failed: all.filter(({ outcome }) => outcome === 'Failed').length,
    ...(violations.length === 0 ? {} : { lastViolationTime: new Date(last).toISOString() }),
  };
}
