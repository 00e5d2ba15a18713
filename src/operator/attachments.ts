import type { ClusterContract, Contract } from '../api/types.gen.ts';
import type { Change } from '../kube/store.ts';
import { countsOfReferred, type Referred, referredBy, referredKey } from './referred.ts';
import type { Enqueue } from './sources.ts';

/** A policy that a contract or a group attaches. */
export type Attached = Referred<'policies' | 'clusterpolicies'>;

export const POLICY_QUEUES = ['policies', 'clusterpolicies'] as const;

/** The values by which contracts of either kind are found by what they attach. */
export const attachedKey = (attached: Attached): string => referredKey(attached);

/** For the index of contracts. */
export const attachedKeys = (contract: Contract | ClusterContract): readonly string[] =>
  attached(contract).map(attachedKey);

/** The policies that count a contract, when what it attaches has changed. */
export const countsOfAttached = (change: Change<Contract | ClusterContract>): readonly Enqueue[] =>
  countsOfReferred(change, attached);

function attached({ metadata: { namespace }, spec }: Contract | ClusterContract): readonly Attached[] {
  const { materials = [], attestation = [] } = spec.policies ?? {};
  return referredBy(
    [...materials, ...attestation].map(({ ref }) => ref),
    namespace,
    POLICY_QUEUES,
  );
}
