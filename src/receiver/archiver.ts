import { setTimeout as sleep } from 'node:timers/promises';
import { CONDITION } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { isHeld } from '../api/legal-hold.ts';
import { Problem } from '../api/problem.ts';
import { eventsOf } from '../api/run-events.ts';
import { isArchived, isFinished } from '../api/run-verdict.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { writeEvents } from '../archive/outbox.ts';
import { noteEarlierResults } from '../archive/policy-results.ts';
import { archivedAmong } from '../archive/write.ts';
import { writeStatus } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import { isStatus } from '../kube/error.ts';
import type { EventRecorder } from '../kube/events.ts';
import { whileLeading } from '../kube/leading.ts';
import type { Leadership } from '../kube/lease.ts';
import { type Change, keyOf, refOfKey, type Store } from '../kube/store.ts';
import { runWorkers } from '../queue/workers.ts';
import { createWorkQueue } from '../queue/workqueue.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Logger } from '../telemetry/log.ts';
import { queueObserver } from '../telemetry/queue-metrics.ts';
import { ARCHIVER_QUEUE, type ReceiverMetrics } from '../telemetry/receiver-metrics.ts';
import { keepRun, type RunKeeper } from './archive-run.ts';
import { type Deliverer, type DelivererOptions, startDeliverer } from './delivery/deliverer.ts';
import { isRebuilt, rebuildFromStores } from './rebuild.ts';
import { createAnnouncedRemovals } from './retention/announced.ts';
import { SETTLE_MS } from './retention/remove-bytes.ts';
import { keepRetention } from './retention/retention.ts';

export interface ArchiverOptions extends Omit<RunKeeper, 'wantsEvents'>, DelivererOptions {
  readonly client: KubeClient;
  readonly runs: Store<WorkflowRun>;
  /** Resolves when the runs are listed. */
  readonly synced: Promise<void>;
  /** Proviso's own namespace, where the lease is. */
  readonly namespace: string;
  readonly events: EventRecorder;
  readonly audit: AuditLog;
  readonly metrics: Pick<ReceiverMetrics, 'queues' | 'events'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Copies finished runs into the archive, and says so on each. */
export interface Archiver {
  /** Told of every change of a run. */
  seen(change: Change<WorkflowRun>): void;
  /** Resolves after the signal, when nothing is written any more. */
  readonly stopped: Promise<void>;
}

const LEASE = 'proviso-archiver';
const MANAGER = 'proviso-archiver';
const WORKERS = 4;
const TIMEOUT_MS = 60_000;
/** How often it is looked for evidence stores whose records weren't read, be they new, out of reach before, or to be read again. */
const STORES_MS = 15_000;

/**
 * One receiver archives at a time, so that many don't do the same work; if two did, nothing would be wrong, since a run that is
 * archived twice is there once. What was missed, by whomever, is found when the lease is taken.
 */
export function startArchiver(options: ArchiverOptions): Archiver {
  const { client, database, runs, log, signal } = options;
  const { queues } = options.metrics;
  const queue = createWorkQueue(queueObserver(queues, ARCHIVER_QUEUE));
  /** What was deleted before it was archived; the watch has it no more. */
  const gone = new Map<string, WorkflowRun>();
  let leadership: Leadership | undefined;
  let deliverer: Deliverer | undefined;
  /** Whether the archive was compared with the runs, and has answered ever since. */
  let isSwept = false;

  /** While it isn't known who has subscribed, everything may be wanted. */
  const wantsEvents = (namespace = ''): boolean =>
    !areKnown || options.subscriptions.store.byIndex('namespace', namespace).length > 0;
  let areKnown = false;
  options.subscriptions.synced.then(
    () => {
      areKnown = true;
    },
    () => {},
  );

  /** A server that has failed may be another one when it is back, which lacks the last that it was given. */
  const asked = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      // What evidence store or cluster refuse is told as a problem, and is no word of the archive.
      if (!(error instanceof Problem)) isSwept = false;
      throw error;
    });

  function seen({ type, object, before = object }: Change<WorkflowRun>): void {
    if (leadership?.isLeader() !== true) return;
    if (!isFinished(object)) {
      if (type === 'added' && wantsEvents(object.metadata.namespace)) queue.add(keyOf(object.metadata));
      return;
    }
    // A hold that was put on a run or taken from it has to be known where the run is kept for longer.
    if (isArchived(object) && isHeld(object) === isHeld(before)) return;
    const key = keyOf(object.metadata);
    if (type === 'deleted') gone.set(key, object);
    queue.add(key);
  }

  async function archive(key: string): Promise<void> {
    const run = gone.get(key) ?? runs.get(refOfKey(key));
    if (run === undefined) return;
    if (!isFinished(run)) {
      const { uid = '', namespace = '' } = run.metadata;
      await asked(writeEvents(database, { uid, namespace }, eventsOf(run)));
      deliverer?.wake();
      return;
    }
    await asked(keepRun({ ...options, wantsEvents }, run, new Date()));
    deliverer?.wake();
    if (gone.delete(key)) return queue.add(key);
    if (!isArchived(run)) await mark(client, run);
  }

  /** Asks the archive what it has, and not the runs what they say: an archive that was lost is filled again by this. */
  async function sweep(): Promise<void> {
    const all = runs.list();
    const finished = all.filter(isFinished);
    const there = await archivedAmong(
      database,
      finished.map(({ metadata }) => metadata.uid ?? ''),
    );
    const missing = finished.filter((run) => !there.has(run.metadata.uid ?? '') || !isArchived(run));
    const open = all.filter((run) => !isFinished(run) && wantsEvents(run.metadata.namespace));
    for (const { metadata } of [...missing, ...open]) queue.add(keyOf(metadata), 'backlog');
    log.info({ finished: finished.length, missing: missing.length }, 'Archive compared with the runs');
  }

  /** Records first: the run itself may have changed since it was archived, and would come in as another one. */
  async function fill(over: AbortSignal, onFilled: () => void): Promise<void> {
    async function once(): Promise<void> {
      const stores = await asked(rebuildFromStores(options, over));
      if (isSwept && stores === 0) return;
      isSwept = true;
      await asked(sweep());
      onFilled();
      const noted = await asked(noteEarlierResults(database, over));
      if (noted > 0) log.info({ runs: noted }, 'Policy results of runs that were archived before noted');
    }
    isSwept = false;
    while (!over.aborted) {
      await untilDone(once, over, log);
      await sleep(STORES_MS, undefined, { signal: over }).catch(() => {});
    }
  }

  async function work(over: AbortSignal, { isLeader }: Leadership): Promise<void> {
    const filled = Promise.withResolvers<void>();
    over.addEventListener('abort', () => filled.resolve());
    const retention = filled.promise.then(() =>
      keepRetention({
        ...{ ...options, signal: over, isLeader, settleMs: SETTLE_MS },
        isComplete: () => isRebuilt(options),
        removals: createAnnouncedRemovals(client, options.namespace),
      }),
    );
    deliverer = startDeliverer(options, over);
    await Promise.all([fill(over, filled.resolve), retention, deliverer.stopped]);
  }

  async function lead(): Promise<void> {
    await options.synced.catch(() => {});
    const leading = {
      ...{ client, namespace: options.namespace, name: LEASE, signal },
      onError: (error: unknown) => log.warn({ err: error }, 'Lease of the archiver not renewed'),
    };
    await whileLeading(leading, (over, held) => {
      leadership = held;
      return work(over, held);
    });
    await queue.shutDown();
  }

  const archiving = runWorkers({
    queue,
    workers: WORKERS,
    timeoutMs: TIMEOUT_MS,
    observer: {
      started: () => {},
      ended: (_key, _outcome, seconds) => queues.workSeconds.observe({ name: ARCHIVER_QUEUE }, seconds),
      retried: () => queues.queueRetries.inc({ name: ARCHIVER_QUEUE }),
    },
    judge: (error) => (isStatus(error, 404) || isStatus(error, 409) ? { kind: 'wait' } : { kind: 'retry' }),
    reconcile: async (key) => {
      await archive(key).catch((error: unknown) => {
        log.warn({ err: error, run: key }, 'Run not archived');
        throw error;
      });
      return {};
    },
  });
  return { seen, stopped: Promise.all([lead(), archiving]).then(() => {}) };
}

const RETRY_MS = 2_000;

/** Does it again until it works or the signal comes. */
async function untilDone(work: () => Promise<void>, signal: AbortSignal, log: Logger): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error }, 'Archive not compared with the runs');
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** From then on the operator may remove it. */
async function mark(client: KubeClient, run: WorkflowRun): Promise<void> {
  const condition = {
    type: CONDITION.Archived,
    status: 'True',
    reason: 'Archived',
    message: 'the run is in the archive, and stays there when it is removed here',
    lastTransitionTime: new Date().toISOString(),
  };
  await writeStatus(client, KIND.WorkflowRun, run, { conditions: [condition] }, { fieldManager: MANAGER });
}
