import { isDeepStrictEqual } from 'node:util';
import { CONDITION, findCondition } from '../api/conditions.ts';
import { type Change, keyOf } from '../kube/store.ts';
import { isEcho, later, one } from './enqueue.ts';
import type { LookUp } from './look-up.ts';
import type { AnyPolicy } from './policy-source.ts';
import type { Enqueue } from './sources.ts';

/** A policy of either kind. The echo of a status that we wrote says nothing: its source would be read and checked again. */
export const policyLooks = (
  queue: 'policies' | 'clusterpolicies',
  change: Change<AnyPolicy>,
  lookUp: LookUp,
): readonly Enqueue[] => {
  const { object, before, type, initial } = change;
  const attached = { queue, key: keyOf(object.metadata) };
  const isSame = initial || (before !== undefined && type !== 'deleted' && judgesBy(before) === judgesBy(object));
  const users = isSame
    ? []
    : [
        ...lookUp.contractsAttaching(attached).map((each) => later('contracts', each)),
        ...lookUp.clusterContractsAttaching(attached).map((each) => later('clustercontracts', each)),
      ];
  if (type === 'deleted') return users;
  if (!isEcho(change)) return [one(queue, object), ...users];
  return isDeepStrictEqual(before?.status, object.status) ? [later(queue, object), ...users] : users;
};

/** What contracts take from a policy. */
const judgesBy = ({ metadata, status }: AnyPolicy): string => {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  const { generation } = metadata;
  return JSON.stringify([generation, status?.observedGeneration, status?.sourceDigest, ready?.status, ready?.message]);
};
