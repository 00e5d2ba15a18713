import type { ClusterContract, ClusterPolicyGroup, Contract, PolicyGroup } from '../api/types.gen.ts';
import { groupsIn } from '../contract/policy-groups.ts';
import { type Change, keyOf } from '../kube/store.ts';
import { type Attached, attachedKey, POLICY_QUEUES } from './attachments.ts';
import { countsOfReferred, type Referred, referredBy, referredKey } from './referred.ts';
import type { Enqueue } from './sources.ts';

/** Of a namespace or of the cluster: what is told of the one holds of the other. */
export type AnyPolicyGroup = PolicyGroup | ClusterPolicyGroup;

/** A group that a contract takes in. */
export type Taken = Referred<'policygroups' | 'clusterpolicygroups'>;

/** The values by which contracts of either kind are found by the groups that they take in. */
export const takenKey = (taken: Taken): string => referredKey(taken);

/** A group as something that is taken in. */
export const takenAs = ({ metadata }: AnyPolicyGroup): Taken => ({
  queue: metadata.namespace === undefined ? 'clusterpolicygroups' : 'policygroups',
  key: keyOf(metadata),
});

/** For the index of contracts. */
export const takenKeys = (contract: Contract | ClusterContract): readonly string[] => taken(contract).map(takenKey);

/** The policies that a group attaches, disabled ones too. */
export function membersOf({ metadata: { namespace }, spec }: AnyPolicyGroup): readonly Attached[] {
  const { materials = [], attestation = [] } = spec;
  const attachments = [...materials.flatMap(({ policies = [] }) => policies), ...attestation];
  return referredBy(
    attachments.map(({ ref }) => ref),
    namespace,
    POLICY_QUEUES,
  );
}

/** For the index of groups. */
export const memberKeys = (group: AnyPolicyGroup): readonly string[] => membersOf(group).map(attachedKey);

/** The groups that count a contract, when what it takes in has changed. */
export const countsOfTaken = (change: Change<Contract | ClusterContract>): readonly Enqueue[] =>
  countsOfReferred(change, taken);

const taken = ({ metadata: { namespace }, spec }: Contract | ClusterContract): readonly Taken[] =>
  referredBy(
    groupsIn(spec).map(({ ref }) => ref),
    namespace,
    ['policygroups', 'clusterpolicygroups'],
  );
