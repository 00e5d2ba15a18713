import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceEvent } from '@dot-i/k8s-operator';
import type { KubeObject } from '../api/object.ts';
import type { Workflow } from '../api/types.gen.ts';
import type { KubeClient } from '../kube/client.ts';
import { createEventRecorder, type EventRecorder } from '../kube/events.ts';
import { type Leadership, runForLease } from '../kube/lease.ts';
import { fence, limited } from '../kube/limits.ts';
import { createKubeClient } from '../kube/rest.ts';
import { type Source, stalledSource, startSource } from '../kube/source.ts';
import { type Change, keyOf, type Store } from '../kube/store.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { createWorkQueue, type WorkQueue } from '../queue/workqueue.ts';
import { NO_AUDIT } from '../telemetry/audit.ts';
import { observeCaches } from '../telemetry/kube-metrics.ts';
import { queueObserver } from '../telemetry/queue-metrics.ts';
import { OperatorBase } from './base.ts';
import { type Clock, followClock } from './clock.ts';
import { reconcileClusterContract } from './clustercontract.ts';
import type { OperatorContext } from './context.ts';
import { reconcileContract } from './contract.ts';
import { createCopies } from './copies.ts';
import { eventOf, type WatchedEvent } from './events.ts';
import { reconcileEvidenceStore } from './evidencestore.ts';
import { createLookUp } from './look-up.ts';
import { createObservedObjects } from './observed-objects.ts';
import { CONTROLLERS } from './observers.ts';
import type { ProvisoOperatorOptions } from './options.ts';
import { ownerLooks } from './owner-looks.ts';
import { type Owners, watchOwners } from './owner-watch.ts';
import { reconcileClusterPolicy, reconcilePolicy } from './policy.ts';
import { countClusterPolicy, countPolicy } from './policy-counts.ts';
import { reconcileClusterPolicyGroup, reconcilePolicyGroup } from './policygroup.ts';
import { reconcileSource } from './source.ts';
import { type Enqueue, type QueueName, SOURCES, type SourceRule } from './sources.ts';
import { reconcileSubscription } from './subscription.ts';
import { isPublication } from './trust-publication.ts';
import { reconcileTrustRoot } from './trustroot.ts';
import { type CertificateKeeper, keepCertificates } from './upkeep.ts';
import { reconcileWaiver } from './waiver.ts';
import { startWork } from './work.ts';
import { reconcileWorkflow } from './workflow.ts';
import { reconcileRun } from './workflowrun.ts';

/** Reconciles that run at a stop may end by themselves for this long. */
const DRAIN_MS = 4_000;
const EVENTS_MS = 1_000;
const LEASE = 'proviso-operator';
/** A renewal that hangs must not use up the time for the next one; nor may giving the lease back hold up a stop. */
const LEASE_TIMEOUT_MS = 4_000;
/** Twice what a reconcile may take. */
const QUEUE_STALLED_MS = 120_000;

type SourceName = keyof typeof SOURCES;

/**
 * The operator. It keeps the life cycle of the library's class, so that its readers know the shape, and replaces what
 * that class does over the wire: its watch loses deletions and ends the process at the first error, and its helpers write
 * without preconditions (docs/adr/0001).
 */
export class ProvisoOperator extends OperatorBase {
  readonly #options: ProvisoOperatorOptions;
  readonly #abort = new AbortController();
  /** Ends every request of a reconcile, once the time to drain is over or the lease is lost. */
  readonly #cut = new AbortController();
  readonly #sources = new Map<string, Source<KubeObject>>();
  readonly #queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly #events: EventRecorder;
  #leadership: Leadership | undefined;
  /** Apart from the rest: the lease is given back only when the last write is out. */
  readonly #leaseAbort = new AbortController();
  readonly #client: KubeClient;
  #servingCa: string | undefined;
  #certificates: CertificateKeeper | undefined;
  #owners: Owners | undefined;
  #isSynced = false;
  readonly #observed = createObservedObjects();
  readonly #lookUp = createLookUp(() => this.#stores());
  readonly #deposed = Promise.withResolvers<void>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ProvisoOperatorOptions) {
    super();
    this.#options = options;
    const { log, metrics } = options;
    const queues = CONTROLLERS.map((name) => [name, createWorkQueue(queueObserver(metrics, name))] as const);
    this.#queues = Object.fromEntries(queues) as Record<QueueName, WorkQueue>;
    this.#client = this.#clientUntil(this.#cut.signal);
    this.#events = createEventRecorder(this.#client, 'operator', (error) => log.warn({ err: error }, 'Event not sent'));
  }

  /** Resolves when another replica may have taken the lease from this one, which has to end then. */
  get deposed(): Promise<void> {
    return this.#deposed.promise;
  }

  /** Why no progress is made, `undefined` when it is; an API server that can't be reached is no reason. */
  stalled(now: number): string | undefined {
    for (const [resource, source] of this.#sources) {
      const problem = stalledSource(source.activity(), now);
      if (problem !== undefined) return `${resource}: ${problem}`;
    }
    if (this.#leadership?.isLeader() !== true) return undefined;
    const queue = Object.entries(this.#queues).find(([, each]) => each.stalledMs() > QUEUE_STALLED_MS);
    return queue === undefined ? undefined : `the queue ${queue[0]} isn't worked on`;
  }

  /** Whether every first list is in. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Starts the watches and the workers; resolves once everything is listed and work has begun. */
  protected override async init(): Promise<void> {
    for (const name of Object.keys(SOURCES) as SourceName[]) {
      const { kind, isOwnNamespace } = SOURCES[name] as SourceRule<KubeObject>;
      const namespace = isOwnNamespace === true ? this.#options.namespace : undefined;
      await this.watchResource(kind.group, kind.version, kind.plural, (event) => this.#onEvent(name, event), namespace);
    }
    await Promise.all([...this.#sources.values()].map(({ synced }) => synced));
    this.#isSynced = true;
    this.#options.metrics.onScrape(() => observeCaches(this.#options.metrics, this.#sources));
    this.#options.log.info('Caches synced');
    await this.#lead();
    const clock = this.#followClock();
    const owners = this.#watchOwners(clock.now);
    this.#owners = owners;
    const context = this.#context(clock.now, owners);
    this.#options.metrics.onScrape(() => this.#observed.collect(context));
    const work = [
      this.#work('contracts', context, context.stores.contracts, reconcileContract),
      this.#work('clustercontracts', context, context.stores.clusterContracts, reconcileClusterContract),
      this.#work('workflows', context, context.stores.workflows, reconcileWorkflow),
      this.#work('workflowruns', context, context.stores.runs, reconcileRun),
      this.#work('workflowsources', context, context.stores.workflows, reconcileSource),
      this.#work('evidencestores', context, context.stores.evidenceStores, reconcileEvidenceStore),
      this.#work('trustroots', context, context.stores.trustRoots, reconcileTrustRoot),
      this.#work('policies', context, context.stores.policies, reconcilePolicy),
      this.#work('clusterpolicies', context, context.stores.clusterPolicies, reconcileClusterPolicy),
      this.#work('policycounts', context, context.stores.policies, countPolicy),
      this.#work('clusterpolicycounts', context, context.stores.clusterPolicies, countClusterPolicy),
      this.#work('waivers', context, context.stores.waivers, reconcileWaiver),
      this.#work('subscriptions', context, context.stores.subscriptions, reconcileSubscription),
      this.#work('policygroups', context, context.stores.policyGroups, reconcilePolicyGroup),
      this.#work('clusterpolicygroups', context, context.stores.clusterPolicyGroups, reconcileClusterPolicyGroup),
    ];
    this.#certificates = this.#keepCertificates(clock.now);
    const others = [this.#certificates.stopped, clock.stopped, context.copies.stopped, owners.stopped];
    this.#running = Promise.all([...work, ...others]);
  }

  /** Our own list-watch under the library's name: it survives every fault, and sees what was deleted meanwhile. */
  protected override watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: ResourceEvent) => Promise<void>,
    namespace?: string,
  ): Promise<void> {
    const rule = Object.values(SOURCES).find(({ kind }) => kind.group === group && kind.plural === plural);
    if (rule === undefined || rule.kind.version !== version)
      throw new Error(`${plural}.${group} is not among the sources`);
    const { log, metrics } = this.#options;
    const { kind, indexers, labelSelector, keeps } = rule as SourceRule<KubeObject>;
    const source = startSource<KubeObject>(this.#options.connection.transport, kind, {
      signal: this.#abort.signal,
      indexers,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(keeps === undefined ? {} : { keeps }),
      onChange: (change) => void onEvent(eventOf(kind, change)),
      onError: (error) => {
        metrics.watchRestarts.inc({ resource: plural });
        log.warn({ err: error, resource: plural }, 'Watch interrupted');
      },
    });
    this.#sources.set(`${group}/${plural}`, source);
    return Promise.resolve();
  }

  /** Asks everything to end; `stopped` tells when it has. */
  override stop(): void {
    this.#abort.abort(new Error('the operator is stopping'));
    for (const queue of Object.values(this.#queues)) void queue.shutDown();
  }

  /** Resolves when no reconcile runs and no watch is open. */
  async stopped(): Promise<void> {
    const drained = setTimeout(() => this.#cut.abort(new Error('the operator has stopped')), DRAIN_MS);
    await this.#running;
    clearTimeout(drained);
    this.#leaseAbort.abort(new Error('the operator has stopped'));
    await this.#leadership?.ended;
    await Promise.all([...this.#sources.values()].map((source) => source.stopped));
    await Promise.race([this.#events.drain(), sleep(EVENTS_MS, undefined, { ref: false })]);
  }

  /** Waits for the lease with warm caches. Who loses it stops: what another leader does must not be undone. */
  async #lead(): Promise<void> {
    const { connection, namespace, identity, log, metrics } = this.#options;
    const leadership = runForLease({
      client: createKubeClient(limited(connection.transport, { timeoutMs: LEASE_TIMEOUT_MS })),
      namespace,
      name: LEASE,
      identity,
      signal: this.#leaseAbort.signal,
      onError: (error) => log.warn({ err: error }, 'Lease not renewed'),
    });
    this.#leadership = leadership;
    this.#abort.signal.addEventListener('abort', () => {
      if (!leadership.isLeader()) this.#leaseAbort.abort(this.#abort.signal.reason);
    });
    metrics.leader.set({ name: LEASE }, 0);
    await leadership.acquired;
    metrics.leader.set({ name: LEASE }, 1);
    log.info({ identity }, 'Leading');
    void leadership.ended.then(({ lost }) => {
      metrics.leader.set({ name: LEASE }, 0);
      if (!lost) return;
      log.error({ identity }, 'Lease lost');
      this.#cut.abort(new Error('the lease was lost'));
      this.stop();
      this.#deposed.resolve();
    });
  }

  #onEvent(name: SourceName, event: ResourceEvent): Promise<void> {
    const rule = SOURCES[name] as SourceRule<KubeObject>;
    const type = ({ ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const)[event.type];
    const { before } = event as WatchedEvent;
    const object = event.object as unknown as KubeObject;
    this.#observed.changed(rule.kind, object);
    if (isPublication(rule.kind, object)) this.#certificates?.checkNow();
    const change = { type, object, initial: !this.#isSynced, ...(before === undefined ? {} : { before }) };
    this.#enqueue(rule.enqueues(change, this.#lookUp), change.initial);
    if (name === 'workflows') this.#owners?.checkNow(change as Change<Workflow>);
    return Promise.resolve();
  }

  #enqueue(keys: readonly Enqueue[], initial: boolean): void {
    for (const { queue, key, afterMs, priority = 'live', apartMs } of keys) {
      if (afterMs === undefined) this.#queues[queue].add(key, initial ? 'backlog' : priority);
      else this.#queues[queue].addAfter(key, afterMs, priority, apartMs);
    }
  }

  /** Only by whoever leads: what is removed meanwhile is kept until it was looked at. */
  #watchOwners(now: () => Date): Owners {
    const { connection, log, metrics } = this.#options;
    const stores = this.#stores();
    return watchOwners({
      transport: connection.transport,
      signal: this.#abort.signal,
      sources: this.#sources,
      isWanted: (kind) => stores.workflows.byIndex('source', kind).length > 0,
      onChange: (kind, change) => this.#enqueue(ownerLooks(stores, kind, change), change.initial),
      onError: (error, resource) => {
        metrics.watchRestarts.inc({ resource });
        log.warn({ err: error, resource }, 'Watch interrupted');
      },
      log,
      now,
    });
  }

  #work<T extends KubeObject>(
    name: QueueName,
    context: OperatorContext,
    store: Store<T>,
    reconcile: (context: OperatorContext, object: T) => Promise<ReconcileResult>,
  ): Promise<void> {
    const { workers, metrics, log, tracing } = this.#options;
    const clientOf = (signal: AbortSignal) => this.#clientUntil(signal);
    const parts = { name, queue: this.#queues[name], workers, metrics, log, tracing };
    const options = { ...parts, cut: this.#cut.signal, clientOf };
    return startWork(options, context, store, reconcile);
  }

  /** A client whose requests end with the signal, and whose writes go out only while this replica leads. */
  #clientUntil(signal: AbortSignal): KubeClient {
    const beforeWrite = fence(() => this.#leadership?.isLeader() ?? false);
    return createKubeClient(limited(this.#options.connection.transport, { signal, beforeWrite }));
  }

  /** A new authority goes into every workflow's Secret. */
  #keepCertificates(now: () => Date): CertificateKeeper {
    const { namespace, endpoint, verifierId, log } = this.#options;
    const options = { client: this.#client, log, namespace, endpoint, verifierId, now };
    return keepCertificates(options, this.#abort.signal, (ca) => {
      this.#servingCa = ca;
      this.#lookAgain('workflows', this.#stores().workflows);
    });
  }

  #lookAgain(queue: QueueName, store: Store<KubeObject>): void {
    for (const { metadata } of store.list()) this.#queues[queue].add(keyOf(metadata), 'backlog');
  }

  /** Deadlines, tokens and what expires are looked at again when the clock was set. */
  #followClock(): Clock {
    const { log, now = () => new Date() } = this.#options;
    return followClock(now, this.#abort.signal, (ms) => {
      log.warn({ ms }, 'Clock jumped');
      this.#certificates?.checkNow();
      this.#lookAgain('workflowruns', this.#stores().runs);
      this.#lookAgain('workflows', this.#stores().workflows);
      this.#lookAgain('workflowsources', this.#stores().workflows);
      this.#lookAgain('trustroots', this.#stores().trustRoots);
      this.#lookAgain('waivers', this.#stores().waivers);
    });
  }

  #stores(): OperatorContext['stores'] {
    const entries = Object.entries(SOURCES).map(([name, { kind }]) => {
      const store = this.#sources.get(`${kind.group}/${kind.plural}`)?.store;
      return [name, store] as const;
    });
    return Object.fromEntries(entries) as unknown as OperatorContext['stores'];
  }

  #context(now: () => Date, owners: Owners): OperatorContext {
    const { log, metrics, namespace, endpoint, issuers, engines } = this.#options;
    const { archivedOnly = false, webIdentity = {}, audit = NO_AUDIT } = this.#options;
    return {
      ...{ log, metrics, audit, namespace, endpoint, issuers, engines, archivedOnly, webIdentity },
      client: this.#client,
      stores: this.#stores(),
      owners,
      events: this.#events,
      servingCa: () => this.#servingCa,
      copies: createCopies(this.#abort.signal),
      now,
      signal: this.#cut.signal,
    };
  }
}
