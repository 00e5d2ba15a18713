/** `spec` of a coordination.k8s.io Lease. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** The numbers of client-go: how long a lease holds, how long its holder tries to renew it, how often. */
export const LEASE_DURATION_MS = 15_000;
export const RENEW_DEADLINE_MS = 10_000;
export const RETRY_PERIOD_MS = 2_000;

/** A record as it was last seen to change, by our own monotonic clock; clocks of others are never compared with it. */
export interface Observation {
  readonly version: string;
  readonly spec: LeaseSpec;
  readonly seenAt: number;
}

/** The observation after a look: only a change of the record moves its time. */
export const observe = (before: Observation | undefined, version: string, spec: LeaseSpec, now: number): Observation =>
  before?.version === version ? before : { version, spec, seenAt: now };

/** Whether the lease may be taken: nobody holds it, we do, or its holder hasn't renewed it for as long as it holds. */
export function isTakeable({ spec, seenAt }: Observation, identity: string, now: number): boolean {
  const { holderIdentity, leaseDurationSeconds } = spec;
  if (!holderIdentity || holderIdentity === identity) return true;
  return now - seenAt > (leaseDurationSeconds ?? LEASE_DURATION_MS / 1000) * 1000;
}

/** Whether a leader may still write: it renewed recently enough that nobody else can have taken the lease. */
export const mayWrite = (renewedAt: number | undefined, now: number): boolean =>
  renewedAt !== undefined && now - renewedAt < RENEW_DEADLINE_MS;
