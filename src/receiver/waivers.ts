import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { Waiver } from '../api/types.gen.ts';
import { type Source, type SourceOptions, startSource } from '../kube/source.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';

/** Bookmarks come each minute, so by then several tries to hear anything have failed. */
const DEAF_MS = 180_000;

/** Follows the waivers of all namespaces, with the index `namespace`. */
export const followWaivers = (
  transport: Transport,
  options: Pick<SourceOptions<Waiver>, 'signal' | 'onError'>,
): Source<Waiver> => {
  const indexers = { namespace: ({ metadata }: Waiver) => [metadata.namespace ?? ''] };
  const source = startSource<Waiver>(transport, KIND.Waiver, { ...options, indexers });
  return { ...source, store: whileHeard(source, () => performance.now()) };
};

/** The store of a source, empty while that hears nothing: what it has may have been taken back unseen. */
export function whileHeard<T extends KubeObject>(
  { store, activity }: Pick<Source<T>, 'store' | 'activity'>,
  now: () => number,
): Store<T> {
  const isHeard = (): boolean => now() - activity().heardAt <= DEAF_MS;
  return {
    get: (ref) => (isHeard() ? store.get(ref) : undefined),
    list: () => (isHeard() ? store.list() : []),
    byIndex: (index, value) => (isHeard() ? store.byIndex(index, value) : []),
  };
}
