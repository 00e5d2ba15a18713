import { isDeepStrictEqual } from 'node:util';
import { type Change, keyOf } from '../kube/store.ts';
import type { Attached } from './attachments.ts';
import { later, one } from './enqueue.ts';
import { type AnyPolicyGroup, takenAs } from './group-members.ts';
import type { LookUp } from './look-up.ts';
import type { AnyPolicy } from './policy-source.ts';
import type { Enqueue } from './sources.ts';

/** What a change of a group makes worth another look: itself, and what takes it in, if it says something else. */
export function groupLooks(
  { object, before, type, initial }: Change<AnyPolicyGroup>,
  lookUp: LookUp,
): readonly Enqueue[] {
  const taken = takenAs(object);
  const isSame = type === 'modified' && before !== undefined && isDeepStrictEqual(before.spec, object.spec);
  const own = type === 'deleted' ? [] : [(isSame ? later : one)(taken.queue, object)];
  if (initial || isSame) return own;
  return [
    ...own,
    ...lookUp.contractsTaking(taken).map((each) => later('contracts', each)),
    ...lookUp.clusterContractsTaking(taken).map((each) => later('clustercontracts', each)),
  ];
}

/** The groups that attach a policy, which tell whether it is there. */
export function groupsOfPolicy(
  queue: Attached['queue'],
  { object, type, initial }: Change<AnyPolicy>,
  lookUp: LookUp,
): readonly Enqueue[] {
  if (initial || type === 'modified') return [];
  const groups = lookUp.groupsAttaching({ queue, key: keyOf(object.metadata) });
  return groups.map((group) => later(takenAs(group).queue, group));
}
