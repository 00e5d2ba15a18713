import type { Finding } from '../../api/problem.ts';
import type { Authored, AuthoredKind } from '../../api/validate.ts';
import {
  type AnyGroupSpec,
  expandGroups,
  type GroupKind,
  type GroupOf,
  groupProblems,
  groupsIn,
} from '../../contract/policy-groups.ts';

/**
 * What is wrong with a group's templates, and with what a contract gives to groups of the same file. What groups that aren't in
 * it say only the cluster knows.
 */
export function groupFindings<K extends AuthoredKind>(
  kind: K,
  object: Authored[K],
  groupOf: GroupOf,
): readonly Finding[] {
  if (kind === 'PolicyGroup' || kind === 'ClusterPolicyGroup') return groupProblems(object.spec as AnyGroupSpec);
  if (kind === 'Contract')
    return expansionFindings(object.spec as Authored['Contract']['spec'], 'PolicyGroup', groupOf);
  if (kind !== 'ClusterContract') return [];
  return expansionFindings(object.spec as Authored['Contract']['spec'], 'ClusterPolicyGroup', groupOf);
}

function expansionFindings(
  spec: Authored['Contract']['spec'],
  byDefault: GroupKind,
  groupOf: GroupOf,
): readonly Finding[] {
  // One that isn't here counts for nothing, in the place that it has.
  const policyGroups = groupsIn(spec).map((each) => {
    const isHere = groupOf(each.ref.kind ?? byDefault, each.ref.name) !== undefined;
    return isHere ? each : { ...each, disabled: true };
  });
  const expansion = expandGroups({ ...spec, policyGroups }, groupOf, byDefault);
  return expansion.ok ? [] : [{ at: expansion.at, message: expansion.message }];
}
