import { isDeepStrictEqual } from 'node:util';
import type { Workflow, WorkflowRun } from '../api/types.gen.ts';
import type { Change } from '../kube/store.ts';
import type { OperatorStores } from './context.ts';
import { one } from './enqueue.ts';
import type { OwnerKind } from './owner-outcome.ts';
import type { Owner } from './owner-watch.ts';
import { selects } from './source.ts';
import type { Enqueue } from './sources.ts';

/** Pipelines change many times a second in a busy namespace, and all of it is gone through at once. */
const SETTLE_MS = 500;

/** By what a workflow is found from its pipelines. */
export const sourceKeys = ({ metadata, spec }: Workflow): readonly string[] =>
  spec.source === undefined ? [] : [spec.source.kind, `${spec.source.kind}/${metadata.namespace}`];

/** By what a run is found from its pipeline. */
export const ownerKeys = ({ metadata, spec }: WorkflowRun): readonly string[] =>
  spec.identity.owner === undefined ? [] : [`${metadata.namespace}/${spec.identity.owner.uid}`];

/** What a change of a pipeline makes worth another look: the runs that are its own, and whether it owes one. */
export function ownerLooks(
  { workflows, runs }: Pick<OperatorStores, 'workflows' | 'runs'>,
  kind: OwnerKind,
  { type, object, before, initial }: Change<Owner>,
): readonly Enqueue[] {
  const { namespace = '', uid, labels } = object.metadata;
  const isSame =
    before?.metadata.uid === uid &&
    isDeepStrictEqual(before?.outcome, object.outcome) &&
    isDeepStrictEqual(before?.metadata.labels, labels);
  if (isSame) return [];
  const priority = initial ? 'backlog' : 'live';
  const owing = type === 'deleted' || object.outcome.status !== 'Unknown';
  const selecting = owing ? workflows.byIndex('source', `${kind}/${namespace}`) : [];
  return [
    ...runs.byIndex('owner', `${namespace}/${uid}`).map((run) => ({ ...one('workflowruns', run), priority }) as const),
    ...selecting
      .filter((workflow) => selects(workflow, kind, labels))
      .map((workflow) => ({ ...one('workflowsources', workflow), afterMs: SETTLE_MS, priority: 'backlog' }) as const),
  ];
}

/** A workflow that has a source, or has just lost it, when that or what its runs owe has changed. */
export function sourceLooks({ type, object, before }: Change<Workflow>): readonly Enqueue[] {
  const hasSource = object.spec.source !== undefined || object.status?.source !== undefined;
  if (type === 'deleted' || !hasSource) return [];
  const isSame =
    before !== undefined &&
    isDeepStrictEqual(before.spec.source, object.spec.source) &&
    isDeepStrictEqual(before.status?.contract, object.status?.contract);
  return isSame ? [] : [{ ...one('workflowsources', object), priority: 'backlog' }];
}
