/** Live changes go before the backlog of a restart. */
export const PRIORITIES = ['live', 'backlog'] as const;
export type Priority = (typeof PRIORITIES)[number];

/**
 * A queue of keys with the semantics of client-go: a key that waits is there once, a key that is being worked on is
 * worked on once more afterwards if it was added meanwhile, and never twice at the same time.
 */
export interface WorkQueue {
  add(key: string, priority?: Priority): void;
  /**
   * Adds the key after a while; of two waits the shorter counts. A key that is being worked on keeps the priority that it was
   * taken with, unless another one is given. With `apartMs`, no sooner than so long after it was last due by such a call.
   */
  addAfter(key: string, ms: number, priority?: Priority, apartMs?: number): void;
  /** The next key, or `undefined` once the queue is shut down. Each key has to be given back by `done`. */
  take(): Promise<string | undefined>;
  done(key: string): void;
  /** Takes no more keys, drops what waits, and resolves when no key is being worked on. */
  shutDown(): Promise<void>;
  /** Keys waiting now, without those delayed. */
  depth(): number;
  /** For how long keys have waited without one being taken, in milliseconds; 0 when none waits. */
  stalledMs(): number;
}

/** Told of what happens in a queue, for metrics. */
export interface QueueObserver {
  /** A key is to be worked on that wasn't waiting yet. */
  added(): void;
  /** A key was taken after waiting so many seconds. */
  taken(waitedSeconds: number): void;
  depth(keys: number, priority: Priority): void;
}

interface Delay {
  readonly timer: NodeJS.Timeout;
  readonly at: number;
  readonly priority: Priority | undefined;
}

const NOBODY: QueueObserver = { added: () => {}, taken: () => {}, depth: () => {} };

export function createWorkQueue(observer: QueueObserver = NOBODY): WorkQueue {
  const since = new Map<string, number>();
  const waiting = { live: new Set<string>(), backlog: new Set<string>() };
  const processing = new Map<string, Priority>();
  /** Added while being processed: back into the queue when done. */
  const again = new Map<string, Priority>();
  const delayed = new Map<string, Delay>();
  /** When keys that are to be apart were last due, about in that order, while that matters. */
  const lastDue = new Map<string, number>();
  const takers: ((key: string | undefined) => void)[] = [];
  let closed: PromiseWithResolvers<void> | undefined;
  let takenAt = performance.now();

  function next(): string | undefined {
    for (const priority of PRIORITIES) {
      for (const key of waiting[priority]) {
        waiting[priority].delete(key);
        processing.set(key, priority);
        takenAt = performance.now();
        observer.taken((takenAt - (since.get(key) ?? takenAt)) / 1000);
        since.delete(key);
        observer.depth(waiting[priority].size, priority);
        return key;
      }
    }
    return undefined;
  }

  function wake(): void {
    if (takers.length === 0) return;
    const key = next();
    if (key !== undefined) takers.shift()?.(key);
  }

  function cancelDelay(key: string): void {
    clearTimeout(delayed.get(key)?.timer);
    delayed.delete(key);
  }

  function noteDue(key: string, at: number, forgetBefore: number): void {
    lastDue.delete(key);
    lastDue.set(key, at);
    for (const [other, due] of lastDue) {
      if (due >= forgetBefore) break;
      lastDue.delete(other);
    }
  }

  function add(key: string, priority: Priority = 'live'): void {
    if (closed !== undefined) return;
    if (processing.has(key)) {
      again.set(key, again.get(key) === 'live' ? 'live' : priority);
      return;
    }
    if (waiting.live.has(key) || (priority === 'backlog' && waiting.backlog.has(key))) return;
    const isKnown = waiting.backlog.delete(key);
    waiting[priority].add(key);
    if (isKnown) observer.depth(waiting.backlog.size, 'backlog');
    else {
      since.set(key, performance.now());
      observer.added();
    }
    observer.depth(waiting[priority].size, priority);
    wake();
  }

  return {
    add(key, priority) {
      // What was to come soon comes now, and not behind the backlog because something else asked for it too.
      const wanted = delayed.get(key)?.priority === 'live' ? 'live' : priority;
      cancelDelay(key);
      // What it was to wait for is done now.
      if (lastDue.has(key)) lastDue.set(key, performance.now());
      add(key, wanted);
    },
    addAfter(key, ms, priority = processing.get(key), apartMs = 0) {
      if (closed !== undefined) return;
      const now = performance.now();
      const last = apartMs === 0 ? undefined : lastDue.get(key);
      const at = last === undefined ? now + ms : Math.max(now + ms, last + apartMs);
      const before = delayed.get(key);
      if (before !== undefined && before.at <= at) return;
      if (apartMs > 0) noteDue(key, at, now - apartMs);
      cancelDelay(key);
      const timer = setTimeout(
        () => {
          delayed.delete(key);
          add(key, priority);
        },
        clampTimer(at - now),
      );
      delayed.set(key, { timer, at, priority });
    },
    take() {
      if (closed !== undefined) return Promise.resolve(undefined);
      const key = next();
      return key === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(key);
    },
    done(key) {
      processing.delete(key);
      const priority = again.get(key);
      again.delete(key);
      if (priority !== undefined) {
        // What the work before thought of when to look again, the next one knows better.
        cancelDelay(key);
        add(key, priority);
      }
      if (processing.size === 0) closed?.resolve();
    },
    shutDown() {
      if (closed === undefined) {
        closed = Promise.withResolvers<void>();
        for (const { timer } of delayed.values()) clearTimeout(timer);
        delayed.clear();
        waiting.live.clear();
        waiting.backlog.clear();
        since.clear();
        again.clear();
        for (const taker of takers.splice(0)) taker(undefined);
        if (processing.size === 0) closed.resolve();
      }
      return closed.promise;
    },
    depth: () => waiting.live.size + waiting.backlog.size,
    stalledMs() {
      const [oldest] = since.values();
      return oldest === undefined ? 0 : performance.now() - Math.max(oldest, takenAt);
    },
  };
}

/** A longer timer would fire at once; it is set anew by the reconcile that it leads to. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const clampTimer = (ms: number): number => Math.min(Math.max(0, ms), MAX_TIMER_MS);
