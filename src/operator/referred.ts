import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../api/object.ts';
import type { Change } from '../kube/store.ts';
import type { Enqueue, QueueName } from './sources.ts';

/** A policy or a group that something names, whether or not it is there. */
export interface Referred<Queue extends QueueName> {
  readonly queue: Queue;
  readonly key: string;
}

interface Ref {
  readonly kind?: string;
  readonly name: string;
}

/** What names and no longer names them comes in crowds, with whole sets of contracts. */
const COUNT_MS = 1_000;

/** The value by which what names it is found. */
export const referredKey = ({ queue, key }: Referred<QueueName>): string => `${queue}/${key}`;

/** What these references name, each once: something of the cluster where they say so, or stand in something of the cluster. */
export function referredBy<OfNamespace extends QueueName, OfCluster extends QueueName>(
  refs: readonly Ref[],
  namespace: string | undefined,
  [ofNamespace, ofCluster]: readonly [OfNamespace, OfCluster],
): readonly Referred<OfNamespace | OfCluster>[] {
  const named = refs.map(({ kind = '', name }) =>
    namespace === undefined || kind.startsWith('Cluster')
      ? { queue: ofCluster, key: name }
      : { queue: ofNamespace, key: `${namespace}/${name}` },
  );
  return [...new Map(named.map((each) => [referredKey(each), each])).values()];
}

/** What counts who names it, when what an object names has changed. */
export function countsOfReferred<T extends KubeObject>(
  { object, before, type, initial }: Change<T>,
  namedBy: (object: T) => readonly Referred<QueueName>[],
): readonly Enqueue[] {
  if (initial) return [];
  const was = before === undefined ? [] : namedBy(before);
  const is = namedBy(object);
  if (type === 'modified' && isDeepStrictEqual(was, is)) return [];
  return [...was, ...is].map((each) => ({ ...each, afterMs: COUNT_MS, priority: 'backlog' }));
}
