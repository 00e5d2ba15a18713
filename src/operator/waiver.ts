import { CONDITION, type Condition, settleConditions } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { isSelected } from '../api/label-selector.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { Waiver, WaiverStatus } from '../api/types.gen.ts';
import { MAX_WAIVER_DAYS, waiverStanding } from '../contract/waivers.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { changedCondition, claimsOf, clipMessage, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { findingOf } from './failures.ts';
import { approvalEnforcement } from './waiver-enforcement.ts';

/** Admission policies aren't watched. */
const RECHECK_ENFORCEMENT_MINUTES = 1;

/** Says whether a waiver counts, and looks again the moment that it ends. */
export async function reconcileWaiver(context: OperatorContext, waiver: Waiver): Promise<ReconcileResult> {
  const { metadata, spec } = waiver;
  const { generation = 0 } = metadata;
  const finding = await judge(context, waiver);
  const conditions = conditionsOf(finding, waiver, context.now());
  const status: WaiverStatus = {
    observedGeneration: generation,
    waives: waivedThing(waiver),
    workflows: selectedWorkflows(context, waiver),
    conditions,
  };
  recordTransition(context.events, waiver, KIND.Waiver.kind, conditions, CONDITION.Active);
  await applyStatus(context.client, KIND.Waiver, waiver, status, { fieldManager: OPERATOR_MANAGER, unchanged: true });
  noteJudgement(context, waiver, conditions);
  const leftMs = Date.parse(spec.expires) - context.now().getTime();
  if (finding.state === 'stalled' && finding.reason === REASON.Expired) return {};
  return { requeueAfterMs: Math.max(1, Math.min(leftMs, jittered(RECHECK_ENFORCEMENT_MINUTES))) };
}

async function judge(context: OperatorContext, waiver: Waiver): Promise<Finding> {
  const { spec } = waiver;
  const standing = waiverStanding(waiver, context.now());
  if (standing.state === 'expired') {
    return stalled(REASON.Expired, `it ended at ${spec.expires}; what it waived is asked for again`);
  }
  if (standing.state === 'too-long') {
    return stalled(REASON.TooLong, `it is for longer than ${MAX_WAIVER_DAYS} days after it was made; make another one`);
  }
  const enforcement = await approvalEnforcement(context.client, waiver).catch(findingOf);
  if ('state' in enforcement) return enforcement;
  if (!enforcement.enforced) return stalled(REASON.ApprovalNotEnforced, enforcement.why);
  if (!hasPolicy(context, waiver)) {
    return stalled(REASON.PolicyNotFound, `there is no ${waivedThing(waiver)} that it could be an exception from`);
  }
  if (standing.state === 'awaiting') {
    const message = `${standing.why}; who has looked at it sets spec.approvedBy to himself and spec.approvedUid to ${waiver.metadata.uid}`;
    return { state: 'waiting', reason: REASON.AwaitingApproval, message };
  }
  return { state: 'ready', message: `${standing.by} has approved it until ${spec.expires}` };
}

const stalled = (reason: Reason, message: string): Finding => ({ state: 'stalled', reason, message });

/** A line of the audit log, where it was decided anew whether it counts; to wait for an approval decides nothing. */
function noteJudgement(context: OperatorContext, waiver: Waiver, conditions: readonly Condition[]): void {
  const { metadata, spec } = waiver;
  const after = changedCondition(waiver, conditions, CONDITION.Active);
  if (after === undefined || after.reason === REASON.AwaitingApproval) return;
  const what = {
    ...{ namespace: metadata.namespace ?? '', waiver: metadata.name, uid: metadata.uid ?? '' },
    ...{ waives: waivedThing(waiver), expires: spec.expires, reason: after.reason },
    ...(spec.approvedBy === undefined ? {} : { approvedBy: spec.approvedBy }),
  };
  context.audit.note({ action: 'WaiverJudged', verdict: after.status === 'True' ? 'Allowed' : 'Refused', what });
}

/** Active says for people what Ready says for tools. */
function conditionsOf(finding: Finding, { metadata, status }: Waiver, now: Date): readonly Condition[] {
  const observedGeneration = metadata.generation ?? 0;
  const isActive = finding.state === 'ready';
  const active = {
    type: CONDITION.Active,
    status: isActive ? 'True' : 'False',
    reason: isActive ? REASON.Approved : finding.reason,
    message: clipMessage(finding.message),
    observedGeneration,
  } as const;
  return settleConditions(status?.conditions, [active, ...claimsOf(finding, observedGeneration)], now.toISOString());
}

const waivedThing = ({ spec: { policy, material } }: Waiver): string =>
  policy === undefined ? `material/${material}` : `${policy.kind ?? 'Policy'}/${policy.name}`;

function hasPolicy({ stores }: OperatorContext, { metadata: { namespace = '' }, spec: { policy } }: Waiver): boolean {
  if (policy === undefined) return true;
  const { name } = policy;
  const store = policy.kind === 'ClusterPolicy' ? stores.clusterPolicies : stores.policies;
  return store.get(policy.kind === 'ClusterPolicy' ? { name } : { namespace, name }) !== undefined;
}

const selectedWorkflows = ({ stores }: OperatorContext, { metadata: { namespace = '' }, spec }: Waiver): number =>
  stores.workflows.byIndex('namespace', namespace).filter(({ metadata }) => isSelected(spec.selector, metadata.labels))
    .length;
