interface Rate {
  readonly burst: number;
  readonly refillMs: number;
}

/** Of one object so many details are told at once, as client-go allows, and then one more each five minutes. */
const OF_ONE: Rate = { burst: 25, refillMs: 300_000 };
/** Of all together: a process that has much to do needs the API server for other writes, and an event stays for an hour. */
const OF_ALL: Rate = { burst: 100, refillMs: 100 };
const MAX_REMEMBERED = 10_000;

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** Says whether another detail of an object may be told: who causes many must not fill the cluster with them. */
export type EventAllowance = (uid: string, nowMs: number) => boolean;

export function createEventAllowance(): EventAllowance {
  const buckets = new Map<string, Bucket>();
  let all: Bucket | undefined;
  return (uid, now) => {
    const own = refilled(buckets.get(uid), OF_ONE, now);
    const common = refilled(all, OF_ALL, now);
    const isAllowed = own.left > 0 && common.left > 0;
    const used = isAllowed ? 1 : 0;
    all = { ...common, left: common.left - used };
    // What is asked for last is forgotten last.
    buckets.delete(uid);
    buckets.set(uid, { ...own, left: own.left - used });
    const oldest = buckets.keys().next().value;
    if (buckets.size > MAX_REMEMBERED && oldest !== undefined) buckets.delete(oldest);
    return isAllowed;
  };
}

/** What is in a bucket now; whether one asks in vain meanwhile changes nothing. */
function refilled(bucket: Bucket | undefined, { burst, refillMs }: Rate, now: number): Bucket {
  if (bucket === undefined) return { left: burst, at: now };
  const more = Math.floor((now - bucket.at) / refillMs);
  const left = Math.min(burst, bucket.left + more);
  return { left, at: left === burst ? now : bucket.at + more * refillMs };
}
