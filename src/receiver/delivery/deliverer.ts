import { isDeepStrictEqual } from 'node:util';
import { KIND } from '../../api/kinds.ts';
import { EVENT_NAMES, type EventName } from '../../api/run-events.ts';
import type { Secret } from '../../api/secret.ts';
import type { Subscription } from '../../api/types.gen.ts';
import { addressedSubscriptions, forgetDeliveries } from '../../archive/deliveries.ts';
import { type Addressee, addressEvents, forgetEvents } from '../../archive/outbox.ts';
import type { ArchiveDatabase } from '../../archive/tables.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isStatus } from '../../kube/error.ts';
import type { EndpointRules } from '../../outbound/endpoints.ts';
import { resolveOverSockets } from '../../outbound/resolve.ts';
import { type EndpointReading, endpointRef, readEndpoint } from '../../outbound/secret-endpoint.ts';
import type { PolicyEngines } from '../../policy/engines.ts';
import type { EventMetrics } from '../../telemetry/event-metrics.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Stores } from '../stores.ts';
import { type Pump, startPump } from './pump.ts';
import { PERSISTENCE } from './retry.ts';
import type { Subscriptions } from './subscriptions.ts';
import { createWaker } from './waker.ts';

export interface DelivererOptions {
  readonly client: KubeClient;
  readonly database: ArchiveDatabase;
  readonly subscriptions: Subscriptions;
  readonly endpoints: EndpointRules;
  readonly engines: PolicyEngines;
  readonly stores: Stores;
  readonly metrics: { readonly events: EventMetrics };
  readonly log: Logger;
}

/** Tells Subscriptions what is in the outbox. */
export interface Deliverer {
  /** Something is in there that wasn't. */
  wake(): void;
  /** Resolves after the signal, when nothing is told any more. */
  readonly stopped: Promise<void>;
}

/** For what nobody wakes it. */
const POLL_MS = 15_000;
const TIDY_MS = 600_000;
const REPORT_MS = 5_000;
/** How long an event is kept, whatever became of it. */
const KEPT_MS = 7 * 86_400_000;

/** To be started by whoever fills the archive: one at a time tells, or events would come twice and out of order. */
export function startDeliverer(options: DelivererOptions, signal: AbortSignal): Deliverer {
  const { database, subscriptions, log } = options;
  const pumps = new Map<string, Pump>();
  const waker = createWaker(signal);
  let tidiedAt = Number.NEGATIVE_INFINITY;

  function pumpFor(subscription: Subscription): Pump {
    const { uid = '' } = subscription.metadata;
    const there = pumps.get(uid);
    if (there !== undefined) return there;
    const pump = startPump(uid, {
      ...{ ...options, signal, persistence: PERSISTENCE, rules: options.endpoints, resolve: resolveOverSockets },
      engine: options.engines.CEL,
      reportMs: REPORT_MS,
      subscription: () => {
        const found = subscriptions.store.get(subscription.metadata);
        return found?.metadata.uid === uid ? found : undefined;
      },
      endpointOf: (current) => endpointOf(options.client, current),
    });
    pumps.set(uid, pump);
    void pump.stopped.then(() => pumps.delete(uid));
    return pump;
  }

  async function address(): Promise<void> {
    for (;;) {
      const all = (namespace: string): readonly Subscription[] => subscriptions.store.byIndex('namespace', namespace);
      const { events, uids } = await addressEvents(database, (namespace) => all(namespace).map(addresseeOf));
      for (const uid of uids) pumps.get(uid)?.wake();
      if (events === 0 || signal.aborted) return;
    }
  }

  async function tidy(): Promise<void> {
    if (performance.now() - tidiedAt < TIDY_MS) return;
    tidiedAt = performance.now();
    const there = new Set(subscriptions.store.list().map(({ metadata }) => metadata.uid));
    const gone = (await addressedSubscriptions(database)).filter((uid) => !there.has(uid));
    await forgetDeliveries(database, gone);
    const forgotten = await forgetEvents(database, new Date(Date.now() - KEPT_MS));
    if (forgotten > 0) log.info({ events: forgotten }, 'Events of more than seven days ago forgotten');
  }

  async function run(): Promise<void> {
    await Promise.race([subscriptions.synced.catch(() => {}), waker.wait(Number.POSITIVE_INFINITY)]);
    while (!signal.aborted) {
      waker.reset();
      try {
        for (const each of subscriptions.store.list()) pumpFor(each);
        await address();
        await tidy();
      } catch (error) {
        log.warn({ err: error }, 'Events not addressed');
      }
      await waker.wait(POLL_MS);
    }
    await Promise.all([...pumps.values()].map(({ stopped }) => stopped));
  }

  subscriptions.listen(({ type, object, before }) => {
    const { uid = '' } = object.metadata;
    if (type === 'added') waker.wake();
    // Not for what is told of deliveries itself.
    if (type === 'deleted' || !isDeepStrictEqual(before?.spec, object.spec)) pumps.get(uid)?.wake();
  }, signal);
  return { wake: waker.wake, stopped: run() };
}

function addresseeOf({ metadata, spec }: Subscription): Addressee {
  // Dependency-Track wants no events, but what accepted runs have handed in.
  const wanted: readonly EventName[] = spec.dependencyTrack === undefined ? (spec.events ?? EVENT_NAMES) : ['Accepted'];
  const since = Date.parse(metadata.creationTimestamp ?? '');
  return {
    uid: metadata.uid ?? '',
    wants: ({ name, time }) => wanted.includes(name) && !(Date.parse(time) < since),
  };
}

async function endpointOf(client: KubeClient, { metadata, spec }: Subscription): Promise<EndpointReading> {
  const { namespace = '' } = metadata;
  const ref = endpointRef(spec);
  const name = ref.secretRef?.name;
  if (name === undefined) return readEndpoint(ref, undefined);
  try {
    return readEndpoint(ref, await client.find<Secret>(KIND.Secret, { namespace, name }));
  } catch (error) {
    if (!isStatus(error, 403)) throw error;
    const message = `the receiver may not read the Secret ${name} yet; the condition Ready says why`;
    return { ok: false, missing: true, message };
  }
}
