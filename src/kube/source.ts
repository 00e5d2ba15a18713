import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceKind } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { KubeError } from './error.ts';
import { lean } from './lean.ts';
import { collectionPath } from './path.ts';
import { PAGE_SIZE } from './rest.ts';
import { type Change, createStore, type Indexers, type Store, type WritableStore } from './store.ts';
import type { Transport } from './transport.ts';
import { isEarlier } from './version.ts';
import { type Active, INITIAL, nextState, type WatchOutcome, type WatchState } from './watch-state.ts';
import { IdleError, watchEvents } from './watch-stream.ts';

export interface SourceOptions<T extends KubeObject> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly indexers?: Indexers<T>;
  /** What of an object is kept, besides what no store keeps; absent, all of it. */
  readonly keeps?: (object: T) => T;
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
  /** When the API server last said something, and when we last tried, by `performance.now()`. */
  readonly activity: () => Activity;
}

export interface Activity {
  readonly heardAt: number;
  readonly triedAt: number;
}

/** Longer than a silent watch, the longest back-off and a request that hangs take together. */
const STALLED_MS = 180_000;

/** Why a source makes no progress, `undefined` when it does; an API server that can't be reached is no reason. */
export const stalledSource = ({ triedAt }: Activity, now: number): string | undefined =>
  now - triedAt > STALLED_MS ? 'the watch does nothing any more' : undefined;

/** Below the five to ten minutes that API servers close watches at by themselves. */
const SERVER_TIMEOUT_SECONDS = 290;
const IDLE_MS = 75_000;
/** A stream that lived this long was a healthy one, whatever ended it. */
const HEALTHY_MS = 5_000;
/** No answer at all, or a proxy's word that nobody is behind it. */
const AWAY: ReadonlySet<number> = new Set([0, 502, 503]);

/** What the steps of one source work with. */
interface Following<T extends KubeObject> {
  readonly transport: Transport;
  readonly kind: ResourceKind;
  readonly options: SourceOptions<T>;
  readonly store: WritableStore<T>;
  heardAt: number;
  triedAt: number;
  isInitial: boolean;
}

export function startSource<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind,
  options: SourceOptions<T>,
): Source<T> {
  const store = createStore<T>(options.indexers);
  const now = performance.now();
  const following: Following<T> = { transport, kind, options, store, heardAt: now, triedAt: now, isInitial: true };
  const synced = Promise.withResolvers<void>();
  // Whoever doesn't wait for it must not be ended by it.
  synced.promise.catch(() => {});
  const stopped = follow(following, synced.resolve).catch((error) => options.onError?.(error));
  const ended = stopped.then(() => synced.reject(options.signal.reason));
  const activity = (): Activity => ({ heardAt: following.heardAt, triedAt: following.triedAt });
  return { store, synced: synced.promise, stopped: ended, activity };
}

async function follow<T extends KubeObject>(following: Following<T>, onSynced: () => void): Promise<void> {
  const { signal } = following.options;
  let state: WatchState = INITIAL;
  while (!signal.aborted) {
    following.triedAt = performance.now();
    if (state.step === 'waiting') {
      await sleep(state.ms, undefined, { signal }).catch(() => {});
      state = state.next;
      continue;
    }
    const outcome = await take(following, state);
    if (outcome.event === 'listed') {
      following.isInitial = false;
      onSynced();
    }
    state = nextState(state, outcome, Math.random());
  }
}

/** Does what a state says. */
function take<T extends KubeObject>(following: Following<T>, state: Active): Promise<WatchOutcome> {
  switch (state.step) {
    case 'listing':
      return list(following).catch((error) => failure(following, error));
    case 'checking':
      return check(following, state.version).catch((error) => failure(following, error));
    case 'watching':
      return watch(following, state.version);
  }
}

interface ListPage<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

async function page<T extends KubeObject>(
  following: Following<T>,
  query: Readonly<Record<string, string | undefined>>,
): Promise<ListPage<T>> {
  const { transport, kind, options } = following;
  const found = await transport.send<ListPage<T>>({
    method: 'GET',
    path: collectionPath(kind, options.namespace),
    query: { ...query, labelSelector: options.labelSelector },
    signal: options.signal,
  });
  following.heardAt = following.triedAt = performance.now();
  return found;
}

async function list<T extends KubeObject>(following: Following<T>): Promise<WatchOutcome> {
  const { store, options, isInitial } = following;
  const { keeps = (object: T) => object } = options;
  const items: T[] = [];
  let current: ListPage<T> | undefined;
  do {
    current = await page(following, { limit: PAGE_SIZE, continue: current?.metadata.continue });
    // Page by page, so that never a whole list lies here with all that isn't kept of it.
    items.push(...current.items.map((item) => lean(keeps(item))));
  } while (current.metadata.continue);
  for (const change of store.replace(items, isInitial)) options.onChange?.(change);
  return { event: 'listed', version: current.metadata.resourceVersion };
}

/** A list without a version is answered from etcd itself, so its version is where the server really is. */
async function check<T extends KubeObject>(following: Following<T>, version: string): Promise<WatchOutcome> {
  const { metadata } = await page(following, { limit: '1' });
  return isEarlier(metadata.resourceVersion, version) ? { event: 'gone' } : { event: 'current' };
}

async function watch<T extends KubeObject>(following: Following<T>, from: string): Promise<WatchOutcome> {
  const { transport, kind, options, store } = following;
  const { keeps = (object: T) => object } = options;
  let opened = Number.POSITIVE_INFINITY;
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
    opened = performance.now();
    for await (const event of watchEvents<T>(stream, options.idleMs ?? IDLE_MS)) {
      following.heardAt = performance.now();
      if (event.type === 'ERROR') {
        if (event.object.code === 410) return { event: 'gone' };
        throw new KubeError(event.object.code ?? 0, 'Watch', event.object.message ?? 'the watch ended with an error');
      }
      seen = true;
      const { resourceVersion = version } = event.object.metadata;
      if (!isEarlier(resourceVersion, version)) version = resourceVersion;
      if (event.type === 'BOOKMARK') continue;
      const change = event.type === 'DELETED' ? store.remove(event.object) : store.put(keeps(event.object));
      if (change !== undefined) options.onChange?.(change);
    }
    return { event: 'closed', version, healthy: seen || performance.now() - opened > HEALTHY_MS };
  } catch (error) {
    const failed = failure(following, error);
    if (failed.event === 'away' && performance.now() - opened > HEALTHY_MS) return { event: 'broken', version };
    return failed.event === 'failed' ? { ...failed, version } : failed;
  }
}

function failure<T extends KubeObject>({ options }: Following<T>, error: unknown): WatchOutcome {
  if (options.signal.aborted) return { event: 'failed' };
  options.onError?.(error);
  if (error instanceof IdleError) return { event: 'failed' };
  if (!(error instanceof KubeError)) return { event: 'away' };
  if (error.code === 410) return { event: 'gone' };
  const event = AWAY.has(error.code) ? 'away' : 'failed';
  return error.retryAfter === undefined ? { event } : { event, retryAfterSeconds: error.retryAfter };
}
