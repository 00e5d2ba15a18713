import { setTimeout as sleep } from 'node:timers/promises';
import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { KubeClient } from './client.ts';
import { isStatus } from './error.ts';
import {
  isTakeable,
  LEASE_DURATION_MS,
  type LeaseSpec,
  mayWrite,
  type Observation,
  observe,
  RENEW_DEADLINE_MS,
  RETRY_PERIOD_MS,
} from './lease-state.ts';
import { microTime } from './microtime.ts';

interface Lease extends KubeObject {
  readonly spec: LeaseSpec;
}

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Unlike that of any other candidate, also of an earlier life of this one. */
  readonly identity: string;
  /** Gives the lease back, or ends the wait for it. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** A candidacy for a lease. */
export interface Leadership {
  /** Resolves when the lease is ours; rejects when the signal comes first. */
  readonly acquired: Promise<void>;
  /** Resolves when it is over: given back after the signal, or lost before (`true`). */
  readonly ended: Promise<{ readonly lost: boolean }>;
  /** Whether we may write at this moment. */
  isLeader(): boolean;
}

const MANAGER = 'proviso-lease';

/** Waits for the lease, holds it, and gives it back, as client-go does; a successor then needn't wait for it to end. */
export function runForLease(options: LeaseOptions): Leadership {
  const { client, namespace, name, identity, signal } = options;
  const acquired = Promise.withResolvers<void>();
  acquired.promise.catch(() => {});
  let observation: Observation | undefined;
  let renewedAt: number | undefined;

  async function look(): Promise<Observation> {
    const lease = await client.find<Lease>(KIND.Lease, { namespace, name });
    const { metadata, spec } = lease ?? (await create());
    observation = observe(observation, metadata.resourceVersion ?? '', spec, performance.now());
    return observation;
  }

  function create(): Promise<Lease> {
    const metadata = { name, namespace };
    return client.create<Lease>(KIND.Lease, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec: {},
    });
  }

  /** Writes the record if it is still the one that was seen. */
  async function write(seen: Observation, spec: LeaseSpec): Promise<void> {
    const patch = { metadata: { resourceVersion: seen.version }, spec };
    const written = await client.mergePatch<Lease>(KIND.Lease, { namespace, name }, patch, { fieldManager: MANAGER });
    observation = observe(seen, written.metadata.resourceVersion ?? '', written.spec, performance.now());
  }

  async function tryOnce(): Promise<void> {
    const started = performance.now();
    const seen = renewedAt === undefined ? await look() : (observation ?? (await look()));
    if (!isTakeable(seen, identity, performance.now())) return;
    const isNew = seen.spec.holderIdentity !== identity;
    const now = microTime(new Date());
    await write(seen, {
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_DURATION_MS / 1000,
      renewTime: now,
      ...(isNew ? { acquireTime: now, leaseTransitions: (seen.spec.leaseTransitions ?? 0) + 1 } : {}),
    });
    // The time before the request: what counts is when the others can have seen it at the latest.
    renewedAt = started;
  }

  async function attempt(): Promise<'leading' | 'waiting' | 'lost'> {
    try {
      await tryOnce();
    } catch (error) {
      if (!isStatus(error, 409)) options.onError(error);
      // Somebody has written it meanwhile: what we know of it is old.
      if (isStatus(error, 409) && renewedAt !== undefined) await look().catch(options.onError);
    }
    if (renewedAt === undefined) return 'waiting';
    const isOthers = observation !== undefined && observation.spec.holderIdentity !== identity;
    return isOthers || performance.now() - renewedAt > RENEW_DEADLINE_MS ? 'lost' : 'leading';
  }

  async function run(): Promise<{ readonly lost: boolean }> {
    while (!signal.aborted) {
      const outcome = await attempt();
      if (outcome === 'lost') {
        renewedAt = undefined;
        return { lost: true };
      }
      if (outcome === 'leading') acquired.resolve();
      await sleep(RETRY_PERIOD_MS * (0.9 + 0.2 * Math.random()), undefined, { signal }).catch(() => {});
    }
    acquired.reject(signal.reason);
    const seen = observation;
    if (renewedAt !== undefined && seen !== undefined) {
      renewedAt = undefined;
      await write(seen, { holderIdentity: '', leaseDurationSeconds: 1 }).catch(options.onError);
    }
    return { lost: false };
  }

  return { acquired: acquired.promise, ended: run(), isLeader: () => mayWrite(renewedAt, performance.now()) };
}
