import type { RunEvent } from '../../api/run-events.ts';
import type { Subscription } from '../../api/types.gen.ts';
import {
  countDeliveries,
  type DueDelivery,
  dueDeliveries,
  nextDue,
  type Settlement,
  settleDelivery,
} from '../../archive/deliveries.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Endpoint, EndpointReading } from '../../outbound/secret-endpoint.ts';
import type { PolicyEngine } from '../../policy/evaluation.ts';
import { filterEvent, filterFault } from '../../policy/event-filter.ts';
import type { DeliveryOutcome, EventMetrics } from '../../telemetry/event-metrics.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type DependencyTrackOptions, tellDependencyTrack } from './dependency-track.ts';
import { earlierTries, reportDeliveries, type Tries } from './report.ts';
import { afterFailure, type FailedTry, type Persistence } from './retry.ts';
import { tellEvent } from './tell.ts';
import { createWaker } from './waker.ts';

export interface PumpOptions extends DependencyTrackOptions {
  readonly client: KubeClient;
  readonly engine: PolicyEngine;
  readonly persistence: Persistence;
  readonly metrics: { readonly events: EventMetrics };
  readonly log: Logger;
  /** Between two writes of the status, at least, in ms. */
  readonly reportMs: number;
  /** As the watch has it; undefined once it is gone, or another one has its name. */
  readonly subscription: () => Subscription | undefined;
  readonly endpointOf: (subscription: Subscription) => Promise<EndpointReading>;
}

/** Tells one Subscription its events. */
export interface Pump {
  /** Something may be to be told, or to be told otherwise. */
  wake(): void;
  /** Resolves when the Subscription is gone, or after the signal. */
  readonly stopped: Promise<void>;
}

const BATCH = 32;
/** Endpoints take requests side by side; more would be a burden to some. */
const AT_ONCE = 4;
const OUTCOME: Readonly<Record<Settlement['state'], DeliveryOutcome>> = {
  delivered: 'Delivered',
  pending: 'Retried',
  dead: 'Dead',
  unwanted: 'Filtered',
};
/** What a Secret, the filter or the archive lacks may be there after this time, in ms. */
const RETRY_MS = 15_000;

/** One for each Subscription, so that one that is slow holds up no other. */
export function startPump(uid: string, options: PumpOptions): Pump {
  const { database, client, log, signal } = options;
  const waker = createWaker(signal);
  let tries: Tries | undefined;
  /** The filter that was looked at last and is one. */
  let sound: string | undefined;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let reported = '';

  /** A filter that is none for any event is somebody's mistake, and no reason to give events up. */
  async function faultOf({ spec: { filter } }: Subscription): Promise<string | undefined> {
    if (filter === undefined || filter === sound) return undefined;
    const fault = await filterFault(options.engine, filter);
    if (fault === undefined) sound = filter;
    return fault === undefined ? undefined : `spec.filter: ${fault}`;
  }

  function note(error: string | undefined): void {
    const now = new Date().toISOString();
    const before = tries ?? {};
    tries =
      error === undefined
        ? { ...before, last: { error }, deliveredAt: now }
        : { ...before, last: { error }, failedAt: now, error };
  }

  /** Writes the status, unless it was written a moment ago or says all that already. Returns after how long it may be. */
  async function report(subscription: Subscription): Promise<number> {
    const left = options.reportMs - (performance.now() - reportedAt);
    if (left > 0) return left;
    const counts = await countDeliveries(database, uid);
    const { generation } = subscription.metadata;
    const text = JSON.stringify([counts, tries, generation]);
    if (text === reported) return Number.POSITIVE_INFINITY;
    reportedAt = performance.now();
    try {
      await reportDeliveries(client, subscription, counts, tries ?? {});
      reported = text;
    } catch (error) {
      // Nobody has to wait for an event because of that.
      if (!signal.aborted) log.warn({ subscription: nameOf(subscription), err: error }, 'Deliveries not reported');
      return options.reportMs;
    }
    return Number.POSITIVE_INFINITY;
  }

  async function deliver(due: DueDelivery, subscription: Subscription, endpoint: Endpoint): Promise<void> {
    const event = JSON.parse(due.document) as RunEvent;
    const outcome = await attempt(event, subscription, endpoint, options);
    // What was cut says nothing of the endpoint, and may have been taken.
    if (signal.aborted) return;
    const now = new Date();
    if (outcome !== 'unwanted') note(outcome?.error);
    const settlement: Settlement =
      outcome === 'unwanted'
        ? { state: 'unwanted' }
        : outcome === undefined
          ? { state: 'delivered' }
          : afterFailure(outcome, due.attempts, options.persistence, now, Math.random());
    const { namespace = '' } = subscription.metadata;
    options.metrics.events.deliveries.inc({ namespace, outcome: OUTCOME[settlement.state] });
    if (settlement.state === 'dead') {
      const facts = { subscription: nameOf(subscription), event: event.id, why: settlement.error };
      log.warn(facts, 'Event given up');
    }
    await settleDelivery(database, uid, due.event_id, settlement, now);
  }

  /** Tells what is due; returns for how long nothing will be, in ms. */
  async function round(subscription: Subscription): Promise<number> {
    const due = await dueDeliveries(database, uid, new Date(), BATCH);
    if (due.length === 0) {
      const next = await nextDue(database, uid);
      return next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next.getTime() - Date.now());
    }
    const fault = await faultOf(subscription);
    if (fault !== undefined) {
      note(fault);
      return RETRY_MS;
    }
    const reading = await options.endpointOf(subscription);
    if (!reading.ok) {
      note(reading.message);
      return RETRY_MS;
    }
    const left = due.values();
    const work = async (): Promise<void> => {
      for (const each of left) if (!signal.aborted) await deliver(each, subscription, reading.endpoint);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return 0;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const subscription = options.subscription();
      if (subscription === undefined) return;
      tries ??= earlierTries(subscription);
      waker.reset();
      try {
        const wait = subscription.spec.suspend === true ? Number.POSITIVE_INFINITY : await round(subscription);
        if (signal.aborted) return;
        const untilReport = await report(options.subscription() ?? subscription);
        if (wait > 0) await waker.wait(Math.min(wait, untilReport));
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ subscription: nameOf(subscription), err: error }, 'Events not delivered');
        await waker.wait(RETRY_MS);
      }
    }
  }

  return { wake: waker.wake, stopped: run() };
}

const nameOf = ({ metadata: { namespace, name } }: Subscription): string => `${namespace}/${name}`;

async function attempt(
  event: RunEvent,
  { spec: { http, dependencyTrack, filter } }: Subscription,
  endpoint: Endpoint,
  options: PumpOptions,
): Promise<FailedTry | 'unwanted' | undefined> {
  const verdict = filter === undefined ? { kind: 'wanted' as const } : await filterEvent(options.engine, filter, event);
  switch (verdict.kind) {
    case 'unwanted':
      return 'unwanted';
    case 'failed':
      return { error: verdict.message, isFinal: true };
    case 'unknown':
      return { error: verdict.message, isFinal: false };
    case 'wanted':
      return dependencyTrack === undefined
        ? tellEvent(endpoint, http?.mode ?? 'Structured', event, options)
        : tellDependencyTrack(endpoint, dependencyTrack, event, options);
  }
}
