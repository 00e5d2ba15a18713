import { CONDITION, type Condition, type ConditionClaim, findCondition, settleConditions } from '../api/conditions.ts';
import type { KubeObject } from '../api/object.ts';
import { holderOf, type Offered, type Role } from '../api/offer.ts';
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

/** What a finding says in conditions. */
export function claimsOf(finding: Finding, observedGeneration: number): readonly ConditionClaim[] {
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

/** What keeps an object that claims a role, when another one of `all` has it already. */
export function conflictOver<T extends Offered>(
  kind: string,
  role: Role,
  all: readonly T[],
  object: T,
): Finding | undefined {
  const winner = holderOf(role, all);
  if (object.spec[role] !== true || winner === undefined || winner.metadata.name === object.metadata.name)
    return undefined;
  const message = `the ${kind} '${winner.metadata.name}' is the ${role} already; take spec.${role} away from one of them`;
  return { state: 'stalled', reason: REASON.InvalidSpec, message };
}

/** Far below what the CRDs take: a message that the API server refuses would leave the object without any status. */
const MAX_MESSAGE = 4096;

/** Cuts to what a condition may hold, at a character, with a sign that something is missing. */
export const clipMessage = (message: string): string =>
  message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** What isn't done yet, and nothing is wrong. */
const EXPECTED: ReadonlySet<string> = new Set([REASON.Copying, REASON.AwaitingApproval]);

/** An object with conditions, as they stand in the cluster. */
type Conditioned = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } };

/** The condition, if it is to say something else than it does: another status, or another reason. */
export function changedCondition(
  object: Conditioned,
  conditions: readonly Condition[],
  condition: string,
): Condition | undefined {
  const before = findCondition(object.status?.conditions, condition);
  const after = findCondition(conditions, condition);
  return before?.status === after?.status && before?.reason === after?.reason ? undefined : after;
}

/** Tells of a change of Ready, or of another condition, and only of a change. */
export function recordTransition(
  events: EventRecorder,
  object: Conditioned,
  kind: string,
  conditions: readonly Condition[],
  condition: string = CONDITION.Ready,
): void {
  const after = changedCondition(object, conditions, condition);
  if (after === undefined) return;
  const type = after.status === 'True' || EXPECTED.has(after.reason) ? 'Normal' : 'Warning';
  events.record({ ...object, kind }, { type, reason: after.reason, action: 'Reconcile', note: after.message });
}
