import { setTimeout as pause } from 'node:timers/promises';

/** Does what is asked for under a key, together with what else is asked for under it at the time. */
export type Gathered<I, O> = (key: string, item: I) => Promise<O>;

/** Does all of `items` in one go; `before` is what the last go came to, if this one follows at once. */
export type Go<I, O> = (items: readonly I[], before: O | undefined) => Promise<O>;

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (outcome: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One go at a time for each key, the first one after so many milliseconds: what comes in meanwhile waits, and is done in the next one
 * together. When a go of several fails, each is done by itself, so that none fails for another.
 */
export function createGathered<I, O>(waitMs: number, go: Go<I, O>): Gathered<I, O> {
  /** A key is here while it is being worked on. */
  const waiting = new Map<string, Waiting<I, O>[]>();

  async function settle(batch: readonly Waiting<I, O>[], before: O | undefined): Promise<O | undefined> {
    try {
      const outcome = await go(
        batch.map(({ item }) => item),
        before,
      );
      for (const { resolve } of batch) resolve(outcome);
      return outcome;
    } catch (error) {
      const [only, ...others] = batch;
      if (others.length === 0) {
        only?.reject(error);
        return undefined;
      }
      // What it left behind isn't known.
      let last: O | undefined;
      for (const one of batch) last = await settle([one], last);
      return last;
    }
  }

  async function workOn(key: string): Promise<void> {
    await pause(waitMs);
    let last: O | undefined;
    for (let batch = waiting.get(key) ?? []; batch.length > 0; batch = waiting.get(key) ?? []) {
      waiting.set(key, []);
      last = await settle(batch, last);
    }
    waiting.delete(key);
  }

  return (key, item) =>
    new Promise((resolve, reject) => {
      const own = { item, resolve, reject };
      const others = waiting.get(key);
      if (others !== undefined) others.push(own);
      else {
        waiting.set(key, [own]);
        void workOn(key);
      }
    });
}
