import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { KubeError } from './error.ts';
import { collectionPath } from './path.ts';
import { PAGE_SIZE } from './rest.ts';
import { type Change, createStore, type Indexers, type Store, type WritableStore } from './store.ts';
import type { Transport } from './transport.ts';
import { INITIAL, nextState, type WatchOutcome, type WatchState } from './watch-state.ts';
import { watchEvents } from './watch-stream.ts';

export interface SourceOptions<T extends KubeObject> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly indexers?: Indexers<T>;
  /** Ends the source. */
  readonly signal: AbortSignal;
  readonly onChange?: (change: Change<T>) => void;
  /** A watch without a byte for this long is taken for dead; default 75,000, since bookmarks come each minute. */
  readonly idleMs?: number;
  /** Told of each failed try; the source goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

/** A store that follows the API server. */
export interface Source<T extends KubeObject> {
  readonly store: Store<T>;
  /** Resolves once the first list is in the store; rejects with the reason of the signal when that ends it. */
  readonly synced: Promise<void>;
  /** Resolves after the signal, when nothing runs any more. Never rejects. */
  readonly stopped: Promise<void>;
}

/** Below the five to ten minutes that API servers close watches at by themselves. */
const SERVER_TIMEOUT_SECONDS = 290;
const IDLE_MS = 75_000;
/** A stream that lived this long was a healthy one, whatever ended it. */
const HEALTHY_MS = 5_000;

export function startSource<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind,
  options: SourceOptions<T>,
): Source<T> {
  const store = createStore<T>(options.indexers);
  const synced = Promise.withResolvers<void>();
  // Whoever doesn't wait for it must not be ended by it.
  synced.promise.catch(() => {});
  const stopped = follow(transport, kind, options, store, synced.resolve).catch((error) => options.onError?.(error));
  const ended = stopped.then(() => synced.reject(options.signal.reason));
  return { store, synced: synced.promise, stopped: ended };
}

async function follow<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind,
  options: SourceOptions<T>,
  store: WritableStore<T>,
  onSynced: () => void,
): Promise<void> {
  const { signal } = options;
  let state: WatchState = INITIAL;
  let initial = true;
  while (!signal.aborted) {
    if (state.step === 'waiting') {
      await sleep(state.ms, undefined, { signal }).catch(() => {});
      state = state.next;
      continue;
    }
    const outcome: WatchOutcome =
      state.step === 'listing'
        ? await list(transport, kind, options, store, initial)
        : await watch(transport, kind, options, store, state.version);
    if (outcome.event === 'listed') {
      initial = false;
      onSynced();
    }
    state = nextState(state, outcome, Math.random());
  }
}

interface ListPage<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

async function list<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind,
  options: SourceOptions<T>,
  store: WritableStore<T>,
  initial: boolean,
): Promise<WatchOutcome> {
  try {
    const items: T[] = [];
    let page: ListPage<T> | undefined;
    do {
      page = await transport.send<ListPage<T>>({
        method: 'GET',
        path: collectionPath(kind, options.namespace),
        query: { limit: PAGE_SIZE, continue: page?.metadata.continue, labelSelector: options.labelSelector },
        signal: options.signal,
      });
      items.push(...page.items);
    } while (page.metadata.continue);
    for (const change of store.replace(items, initial)) options.onChange?.(change);
    return { event: 'listed', version: page.metadata.resourceVersion };
  } catch (error) {
    return failure(error, options);
  }
}

async function watch<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind,
  options: SourceOptions<T>,
  store: WritableStore<T>,
  from: string,
): Promise<WatchOutcome> {
  const started = performance.now();
  let version = from;
  let seen = false;
  try {
    const stream = await transport.open({
      method: 'GET',
      path: collectionPath(kind, options.namespace),
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: version,
        labelSelector: options.labelSelector,
        timeoutSeconds: String(SERVER_TIMEOUT_SECONDS - Math.floor(Math.random() * 30)),
      },
      signal: options.signal,
    });
    for await (const event of watchEvents<T>(stream, options.idleMs ?? IDLE_MS)) {
      if (event.type === 'ERROR') {
        if (event.object.code === 410) return { event: 'gone' };
        throw new KubeError(event.object.code ?? 0, 'Watch', event.object.message ?? 'the watch ended with an error');
      }
      seen = true;
      version = event.object.metadata.resourceVersion ?? version;
      if (event.type === 'BOOKMARK') continue;
      const change = event.type === 'DELETED' ? store.remove(event.object) : store.put(event.object);
      if (change !== undefined) options.onChange?.(change);
    }
    return { event: 'closed', version, healthy: seen || performance.now() - started > HEALTHY_MS };
  } catch (error) {
    if (seen || version !== from) {
      options.onError?.(error);
      return { event: 'closed', version, healthy: performance.now() - started > HEALTHY_MS };
    }
    return failure(error, options);
  }
}

function failure(error: unknown, options: Pick<SourceOptions<never>, 'signal' | 'onError'>): WatchOutcome {
  if (options.signal.aborted) return { event: 'failed' };
  options.onError?.(error);
  if (!(error instanceof KubeError)) return { event: 'failed' };
  if (error.code === 410) return { event: 'gone' };
  return error.retryAfter === undefined
    ? { event: 'failed' }
    : { event: 'failed', retryAfterSeconds: error.retryAfter };
}
