import { KIND } from '../api/kinds.ts';
import { REASON } from '../api/reasons.ts';
import type { Workflow } from '../api/types.gen.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { PinnedContract } from './baselines.ts';

/** Tells of new terms: another revision of the contract, another contract, or what baselines make of it. */
export function tellContractChange(
  events: EventRecorder,
  workflow: Workflow,
  pinned: PinnedContract | undefined,
): void {
  const before = workflow.status?.contract;
  if (pinned === undefined || before === undefined || before.digest === pinned.digest) return;
  const of = ({ name, revision }: PinnedContract): string => `revision ${revision} of the contract '${name}'`;
  const note = `new runs owe ${of(pinned)} (${pinned.revisionName}), before ${of(before)} (${before.revisionName})`;
  const event = { type: 'Normal', reason: REASON.ContractChanged, action: 'Reconcile', note } as const;
  events.record({ ...workflow, kind: KIND.Workflow.kind }, event);
}
