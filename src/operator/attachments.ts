import { isDeepStrictEqual } from 'node:util';
import type { ClusterContract, Contract } from '../api/types.gen.ts';
import type { Change } from '../kube/store.ts';
import type { Enqueue } from './sources.ts';

/** A policy that a contract attaches, whether or not it is there. */
export interface Attached {
  readonly queue: 'policies' | 'clusterpolicies';
  readonly key: string;
}

/** What attaches and detaches it comes in crowds, with whole sets of contracts. */
const COUNT_MS = 1_000;

/** The values by which contracts of either kind are found by what they attach. */
export const attachedKey = ({ queue, key }: Attached): string => `${queue}/${key}`;

/** For the index of contracts. */
export const attachedKeys = (contract: Contract | ClusterContract): readonly string[] =>
  attached(contract).map(attachedKey);

/** The policies that count a contract, when what it attaches has changed. */
export function countsOfAttached({
  object,
  before,
  type,
  initial,
}: Change<Contract | ClusterContract>): readonly Enqueue[] {
  if (initial) return [];
  const was = before === undefined ? [] : attached(before);
  const is = attached(object);
  if (type === 'modified' && isDeepStrictEqual(was, is)) return [];
  return [...was, ...is].map((each) => ({ ...each, afterMs: COUNT_MS, priority: 'backlog' }));
}

function attached({ metadata: { namespace }, spec }: Contract | ClusterContract): readonly Attached[] {
  const { materials = [], attestation = [] } = spec.policies ?? {};
  const keyed = [...materials, ...attestation].map(({ ref }): Attached => {
    const kind = ref.kind ?? (namespace === undefined ? 'ClusterPolicy' : 'Policy');
    return kind === 'ClusterPolicy'
      ? { queue: 'clusterpolicies', key: ref.name }
      : { queue: 'policies', key: `${namespace}/${ref.name}` };
  });
  return [...new Map(keyed.map((each) => [attachedKey(each), each])).values()];
}
