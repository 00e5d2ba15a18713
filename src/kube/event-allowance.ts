/** Of one object so many details are told at once, as client-go allows, and then one more each five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;
const MAX_REMEMBERED = 10_000;

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** Says whether another detail of an object may be told: who causes many must not fill the cluster with them. */
export type EventAllowance = (uid: string, nowMs: number) => boolean;

export function createEventAllowance(): EventAllowance {
  const buckets = new Map<string, Bucket>();
  return (uid, now) => {
    const { left, at } = buckets.get(uid) ?? { left: BURST, at: now };
    const refilled = Math.floor((now - at) / REFILL_MS);
    const available = Math.min(BURST, left + refilled);
    // What is used last is forgotten last.
    buckets.delete(uid);
    buckets.set(uid, { left: Math.max(0, available - 1), at: available === BURST ? now : at + refilled * REFILL_MS });
    const oldest = buckets.keys().next().value;
    if (buckets.size > MAX_REMEMBERED && oldest !== undefined) buckets.delete(oldest);
    return available > 0;
  };
}
