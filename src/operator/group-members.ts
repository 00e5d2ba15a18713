import { isDeepStrictEqual } from 'node:util';
import type { ClusterContract, ClusterPolicyGroup, Contract, PolicyGroup } from '../api/types.gen.ts';
import { groupsIn } from '../contract/policy-groups.ts';
import { type Change, keyOf } from '../kube/store.ts';
import { type Attached, attachedKey } from './attachments.ts';
import type { Enqueue } from './sources.ts';

/** Of a namespace or of the cluster: what is told of the one holds of the other. */
export type AnyPolicyGroup = PolicyGroup | ClusterPolicyGroup;

/** A group that a contract takes in, whether or not it is there. */
export interface Taken {
  readonly queue: 'policygroups' | 'clusterpolicygroups';
  readonly key: string;
}

/** What takes in and leaves out comes in crowds, with whole sets of contracts. */
const COUNT_MS = 1_000;

/** The values by which contracts of either kind are found by the groups that they take in. */
export const takenKey = ({ queue, key }: Taken): string => `${queue}/${key}`;

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
  const keyed = [...materials.flatMap(({ policies = [] }) => policies), ...attestation].map(({ ref }): Attached => {
    const kind = namespace === undefined ? 'ClusterPolicy' : (ref.kind ?? 'Policy');
    return kind === 'ClusterPolicy'
      ? { queue: 'clusterpolicies', key: ref.name }
      : { queue: 'policies', key: `${namespace}/${ref.name}` };
  });
  return [...new Map(keyed.map((each) => [attachedKey(each), each])).values()];
}

/** For the index of groups. */
export const memberKeys = (group: AnyPolicyGroup): readonly string[] => membersOf(group).map(attachedKey);

/** The groups that count a contract, when what it takes in has changed. */
export function countsOfTaken({
  object,
  before,
  type,
  initial,
}: Change<Contract | ClusterContract>): readonly Enqueue[] {
  if (initial) return [];
  const was = before === undefined ? [] : taken(before);
  const is = taken(object);
  if (type === 'modified' && isDeepStrictEqual(was, is)) return [];
  return [...was, ...is].map((each) => ({ ...each, afterMs: COUNT_MS, priority: 'backlog' }));
}

function taken({ metadata: { namespace }, spec }: Contract | ClusterContract): readonly Taken[] {
  const keyed = groupsIn(spec).map(({ ref }): Taken => {
    const kind = ref.kind ?? (namespace === undefined ? 'ClusterPolicyGroup' : 'PolicyGroup');
    return kind === 'ClusterPolicyGroup'
      ? { queue: 'clusterpolicygroups', key: ref.name }
      : { queue: 'policygroups', key: `${namespace}/${ref.name}` };
  });
  return [...new Map(keyed.map((each) => [takenKey(each), each])).values()];
}
