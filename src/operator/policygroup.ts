import { KIND, type ResourceKind } from '../api/kinds.ts';
import { REASON } from '../api/reasons.ts';
import type { ClusterPolicyGroup, ClusterPolicyGroupStatus, PolicyGroup } from '../api/types.gen.ts';
import { groupProblems } from '../contract/policy-groups.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import { refOfKey } from '../kube/store.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { conditionsFor, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { type AnyPolicyGroup, membersOf, takenAs, takenKey } from './group-members.ts';

/** Whatever changes is heard of; this is for a count that the watch has missed. */
const RESYNC_MINUTES = 60;
/** More names help nobody. */
const TOLD = 5;

export const reconcilePolicyGroup = (context: OperatorContext, group: PolicyGroup): Promise<ReconcileResult> =>
  reconcile(context, KIND.PolicyGroup, group);

export const reconcileClusterPolicyGroup = (
  context: OperatorContext,
  group: ClusterPolicyGroup,
): Promise<ReconcileResult> => reconcile(context, KIND.ClusterPolicyGroup, group);

/** Says whether contracts can take in a group, and how many do; what it comes to in one is found out there. */
async function reconcile(
  context: OperatorContext,
  kind: ResourceKind,
  group: AnyPolicyGroup,
): Promise<ReconcileResult> {
  const { metadata, spec, status: previous } = group;
  const { generation = 0 } = metadata;
  const finding = findingOf(context, group);
  const conditions = conditionsFor(finding, generation, previous?.conditions, context.now());
  const status: ClusterPolicyGroupStatus = {
    observedGeneration: generation,
    policies: membersOf(group).length,
    materials: (spec.materials ?? []).filter(({ name }) => name !== undefined).length,
    usedBy: usersOf(context, group),
    conditions,
  };
  recordTransition(context.events, group, kind.kind, conditions);
  await applyStatus(context.client, kind, group, status, { fieldManager: OPERATOR_MANAGER, unchanged: true });
  return { requeueAfterMs: jittered(RESYNC_MINUTES) };
}

function findingOf(context: OperatorContext, group: AnyPolicyGroup): Finding {
  const problems = groupProblems(group.spec);
  if (problems.length > 0) {
    const message = problems.map(({ at, message: says }) => `${at}: ${says}`).join('; ');
    return { state: 'stalled', reason: REASON.InvalidSpec, message };
  }
  const missing = missingMembers(context, group);
  if (missing.length === 0) return { state: 'ready', message: 'contracts can take it in' };
  const more = missing.length - TOLD;
  const told = missing.slice(0, TOLD).join(', ');
  return { state: 'ready', message: `there is no ${told}${more > 0 ? `, and ${more} more are missing` : ''}` };
}

/** The policies that it attaches and that aren't there. */
const missingMembers = ({ stores }: OperatorContext, group: AnyPolicyGroup): readonly string[] =>
  membersOf(group).flatMap(({ queue, key }) => {
    const ref = refOfKey(key);
    const [store, kind] =
      queue === 'policies'
        ? ([stores.policies, 'Policy'] as const)
        : ([stores.clusterPolicies, 'ClusterPolicy'] as const);
    return store.get(ref) === undefined ? [`${kind} '${ref.name}'`] : [];
  });

function usersOf({ stores }: OperatorContext, group: AnyPolicyGroup) {
  const key = takenKey(takenAs(group));
  const contracts = stores.contracts.byIndex('group', key).length;
  return group.metadata.namespace === undefined
    ? { contracts, clusterContracts: stores.clusterContracts.byIndex('group', key).length }
    : { contracts };
}
