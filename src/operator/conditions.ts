import { CONDITION, type Condition, type ConditionClaim, findCondition, settleConditions } from '../api/conditions.ts';
import type { KubeObject } from '../api/object.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { EventRecorder } from '../kube/events.ts';

/** What a reconcile found of an object that is to be Ready. */
export type Finding =
  | { readonly state: 'ready'; readonly message: string }
  /** Will be tried again by itself. */
  | { readonly state: 'waiting'; readonly reason: Reason; readonly message: string }
  /** Nothing changes until somebody changes something. */
  | { readonly state: 'stalled'; readonly reason: Reason; readonly message: string };

/** The conditions of a finding, clean for kstatus: Stalled and Reconciling are there only while they hold. */
export function conditionsFor(
  finding: Finding,
  generation: number,
  previous: readonly Condition[] | undefined,
  now: Date,
): readonly Condition[] {
  return settleConditions(previous, claimsOf(finding, generation), now.toISOString());
}

function claimsOf(finding: Finding, observedGeneration: number): readonly ConditionClaim[] {
  const message = clipMessage(finding.message);
  switch (finding.state) {
    case 'ready':
      return [{ type: CONDITION.Ready, status: 'True', reason: REASON.Ready, message, observedGeneration }];
    case 'waiting':
    case 'stalled': {
      const facts = { reason: finding.reason, message, observedGeneration };
      const second = finding.state === 'stalled' ? CONDITION.Stalled : CONDITION.Reconciling;
      return [
        { type: CONDITION.Ready, status: 'False', ...facts },
        { type: second, status: 'True', ...facts },
      ];
    }
  }
}

/** What keeps an object that claims to be the default, when another one is it already. */
export function conflictOver(
  kind: string,
  winner: KubeObject | undefined,
  object: KubeObject & { readonly spec: { readonly default?: boolean } },
): Finding | undefined {
  if (object.spec.default !== true || winner === undefined || winner.metadata.name === object.metadata.name)
    return undefined;
  const message = `the ${kind} '${winner.metadata.name}' is the default already; take spec.default away from one of them`;
  return { state: 'stalled', reason: REASON.InvalidSpec, message };
}

/** Far below what the CRDs take: a message that the API server refuses would leave the object without any status. */
const MAX_MESSAGE = 4096;

/** Cuts to what a condition may hold, at a character, with a sign that something is missing. */
export const clipMessage = (message: string): string =>
  message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Tells of a change of Ready, and only of a change. */
export function recordTransition(
  events: EventRecorder,
  object: KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } },
  kind: string,
  conditions: readonly Condition[],
): void {
  const before = findCondition(object.status?.conditions, CONDITION.Ready);
  const after = findCondition(conditions, CONDITION.Ready);
  if (after === undefined || (before?.status === after.status && before.reason === after.reason)) return;
  const type = after.status === 'True' ? 'Normal' : 'Warning';
  events.record({ ...object, kind }, { type, reason: after.reason, action: 'Reconcile', note: after.message });
}
