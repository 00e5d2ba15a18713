import type { Reason } from '../api/reasons.ts';
import type { ClusterContract, Contract } from '../api/types.gen.ts';
import { expandGroups } from '../contract/policy-groups.ts';
import type { OperatorContext } from './context.ts';

/** What a contract asks for with its groups; where that isn't known, its own spec and why there can be no revision of it. */
export interface ExpandedSpec<S> {
  readonly spec: S;
  readonly refusal?: { readonly ok: false; readonly reason: Reason; readonly message: string };
}

/** A contract of either kind with the groups that it takes in, as they stand. */
export function expandedSpec<C extends Contract | ClusterContract>(
  { stores }: OperatorContext,
  { metadata: { namespace }, spec }: C,
): ExpandedSpec<C['spec']> {
  const expansion = expandGroups<C['spec']>(
    spec,
    (kind, name) =>
      kind === 'ClusterPolicyGroup' || namespace === undefined
        ? stores.clusterPolicyGroups.get({ name })?.spec
        : stores.policyGroups.get({ namespace, name })?.spec,
    namespace === undefined ? 'ClusterPolicyGroup' : 'PolicyGroup',
  );
  if (expansion.ok) return { spec: expansion.spec };
  const { reason, at, message } = expansion;
  return { spec, refusal: { ok: false, reason, message: `${at}: ${message}` } };
}
