import { setTimeout as sleep } from 'node:timers/promises';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import type { KubeObject, ObjectRef } from '../api/object.ts';
import { PIPELINE_REASON } from '../api/reasons.ts';
import type { Workflow } from '../api/types.gen.ts';
import { isStatus } from '../kube/error.ts';
import { apiVersionOf } from '../kube/path.ts';
import { type Source, startSource } from '../kube/source.ts';
import type { Change } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import type { Logger } from '../telemetry/log.ts';
import { type OwnerKind, type OwnerOutcome, outcomeOf } from './owner-outcome.ts';

/** What is kept of a pipeline: of which there may be tens of thousands, each of many kilobytes. */
export interface Owner extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly outcome: OwnerOutcome;
}

/** The pipelines of the cluster, of those kinds that some Workflow has as its source. */
export interface Owners {
  /**
   * `unknown`: the API server hasn't said yet whether it has the kind. `absent`: it hasn't. `listing`: it has, and the first list isn't in.
   */
  standing(kind: OwnerKind): 'unknown' | 'absent' | 'listing' | 'watched';
  inNamespace(kind: OwnerKind, namespace: string): readonly Owner[];
  /** Also one that was removed not long ago, as it was then. */
  find(kind: OwnerKind, namespace: string, uid: string): Owner | undefined;
  /** Those that were removed not long ago; all of them have an end, if only by that. */
  departed(kind: OwnerKind, namespace: string): readonly Owner[];
  /** Doesn't wait when a workflow asks for another kind than before. */
  checkNow(change: Pick<Change<Workflow>, 'object' | 'before'>): void;
  /** Resolves when the signal has come and nothing runs any more. */
  readonly stopped: Promise<void>;
}

export interface OwnerWatchOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Where the sources that run are listed for whoever looks after them, by `group/plural`. */
  readonly sources: Map<string, Source<KubeObject>>;
  /** Whether any Workflow has pipelines of this kind as its source. */
  readonly isWanted: (kind: OwnerKind) => boolean;
  readonly onChange: (kind: OwnerKind, change: Change<Owner>) => void;
  readonly onError: (error: unknown, resource: string) => void;
  readonly log: Logger;
  readonly now: () => Date;
}

const OWNER_KINDS: readonly OwnerKind[] = ['PipelineRun', 'ArgoWorkflow', 'Job'];
/** One small request of discovery for each kind that is wanted; a CRD that came or went is seen after this time. */
const CHECK_MS = 5_000;
const MAX_CHECK_MS = 300_000;
/** More that are removed at once than are looked at meanwhile. */
const MAX_DEPARTED = 10_000;

/** What watches one kind. */
interface Watched {
  present: boolean | undefined;
  isSynced: boolean;
  source: Source<Owner> | undefined;
  abort: AbortController | undefined;
  readonly departed: Map<string, Owner>;
}

/** Watches the kinds that are wanted as long as the API server has them: their CRDs may come and go. */
export function watchOwners(options: OwnerWatchOptions): Owners {
  const { signal, isWanted } = options;
  const states = new Map(OWNER_KINDS.map((kind) => [kind, unwatched()] as const));
  const stateOf = (kind: OwnerKind): Watched => states.get(kind) ?? unwatched();
  const stopping = new Set<Promise<void>>();
  let wake = new AbortController();

  function stop(kind: OwnerKind, state: Watched): void {
    if (state.source === undefined) return;
    options.sources.delete(nameOf(KIND[kind]));
    state.abort?.abort(new Error(`${nameOf(KIND[kind])} is not watched any more`));
    const ending = state.source.stopped.finally(() => stopping.delete(ending));
    stopping.add(ending);
    Object.assign(state, { source: undefined, isSynced: false });
    state.departed.clear();
    options.log.info({ resource: nameOf(KIND[kind]) }, 'Watch ended');
  }

  async function check(kind: OwnerKind, failures: number): Promise<number> {
    const state = stateOf(kind);
    if (!isWanted(kind)) {
      stop(kind, state);
      state.present = undefined;
      return 0;
    }
    try {
      state.present = await isServed(options, KIND[kind]);
    } catch (error) {
      // What isn't known changes nothing: a watch that runs goes on.
      if (!signal.aborted) options.onError(error, nameOf(KIND[kind]));
      return failures + 1;
    }
    if (!state.present) stop(kind, state);
    else if (state.source === undefined && !signal.aborted) start(options, kind, state);
    return 0;
  }

  async function follow(kind: OwnerKind): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const until = AbortSignal.any([signal, wake.signal]);
      failures = await check(kind, failures);
      await sleep(Math.min(MAX_CHECK_MS, CHECK_MS * 2 ** failures), undefined, { signal: until }).catch(() => {});
    }
    stop(kind, stateOf(kind));
  }

  return {
    standing(kind) {
      const { present, isSynced } = stateOf(kind);
      if (present === undefined) return 'unknown';
      if (!present) return 'absent';
      return isSynced ? 'watched' : 'listing';
    },
    inNamespace: (kind, namespace) => stateOf(kind).source?.store.byIndex('namespace', namespace) ?? [],
    find(kind, namespace, uid) {
      const { source, departed } = stateOf(kind);
      return source?.store.byIndex('uid', `${namespace}/${uid}`)[0] ?? departed.get(`${namespace}/${uid}`);
    },
    departed: (kind, namespace) =>
      [...stateOf(kind).departed.values()].filter(({ metadata }) => metadata.namespace === namespace),
    checkNow({ object, before }) {
      if (before?.spec.source?.kind === object.spec.source?.kind) return;
      const waiting = wake;
      wake = new AbortController();
      waiting.abort();
    },
    stopped: Promise.all(OWNER_KINDS.map(follow)).then(async () => void (await Promise.all(stopping))),
  };
}

const unwatched = (): Watched => ({
  present: undefined,
  isSynced: false,
  source: undefined,
  abort: undefined,
  departed: new Map(),
});

const nameOf = ({ group, plural }: ResourceKind): string => `${group}/${plural}`;

function start(options: OwnerWatchOptions, kind: OwnerKind, state: Watched): void {
  const resource = nameOf(KIND[kind]);
  const abort = new AbortController();
  const source = startSource<Owner>(options.transport, KIND[kind], {
    signal: AbortSignal.any([options.signal, abort.signal]),
    indexers: {
      namespace: ({ metadata }) => [metadata.namespace ?? ''],
      uid: ({ metadata }) => [`${metadata.namespace}/${metadata.uid}`],
    },
    keeps: (object) => slim(kind, object),
    onChange: (change) => {
      if (abort.signal.aborted) return;
      if (change.type === 'deleted') remember(state.departed, change.object, options.now());
      options.onChange(kind, change);
    },
    onError: (error) => options.onError(error, resource),
  });
  void source.synced.then(
    () => {
      if (state.source === source) state.isSynced = true;
    },
    () => {},
  );
  Object.assign(state, { source, abort });
  options.sources.set(resource, source as Source<KubeObject>);
  options.log.info({ resource }, 'Watch begun');
}

/** A name alone isn't enough: another one may be made under it while this is being looked at. */
function remember(departed: Map<string, Owner>, owner: Owner, time: Date): void {
  const [oldest] = departed.keys();
  if (departed.size >= MAX_DEPARTED && oldest !== undefined) departed.delete(oldest);
  const isOver = owner.outcome.status !== 'Unknown';
  const gone = { status: 'Unknown', reason: PIPELINE_REASON.Gone, message: '', endTime: time.toISOString() } as const;
  departed.set(`${owner.metadata.namespace}/${owner.metadata.uid}`, isOver ? owner : { ...owner, outcome: gone });
}

/** Whether the API server has a kind; what it says to who may not ask, or when it fails, is thrown. */
async function isServed({ transport, signal }: OwnerWatchOptions, kind: ResourceKind): Promise<boolean> {
  try {
    const path = `/apis/${apiVersionOf(kind)}`;
    const { resources = [] } = await transport.send<{ readonly resources?: readonly ObjectRef[] }>({
      method: 'GET',
      path,
      signal,
    });
    return resources.some(({ name }) => name === kind.plural);
  } catch (error) {
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

/** What is kept of one. */
export function slim(kind: OwnerKind, object: KubeObject): Owner {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels } = object.metadata;
  const given = { namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels };
  const metadata = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    apiVersion: apiVersionOf(KIND[kind]),
    kind: KIND[kind].kind,
    metadata: { name, ...metadata },
    outcome: outcomeOf(kind, object),
  };
}
