import { KIND } from '../../api/kinds.ts';
import type { Subscription } from '../../api/types.gen.ts';
import { type Source, type SourceOptions, startSource } from '../../kube/source.ts';
import type { Change } from '../../kube/store.ts';
import type { Transport } from '../../kube/transport.ts';

/** The Subscriptions of all namespaces, with the index `namespace`. */
export interface Subscriptions extends Pick<Source<Subscription>, 'store' | 'synced' | 'activity'> {
  /** Tells of every change from then on, until the signal. */
  listen(listener: (change: Change<Subscription>) => void, signal: AbortSignal): void;
  readonly stopped: Promise<void>;
}

export function followSubscriptions(
  transport: Transport,
  options: Pick<SourceOptions<Subscription>, 'signal' | 'onError'>,
): Subscriptions {
  const listeners = new Set<(change: Change<Subscription>) => void>();
  const source = startSource<Subscription>(transport, KIND.Subscription, {
    ...options,
    indexers: { namespace: ({ metadata }) => [metadata.namespace ?? ''] },
    onChange: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  source.synced.catch(() => {});
  return {
    ...source,
    listen(listener, signal) {
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
  };
}
