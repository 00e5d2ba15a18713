import { setTimeout as sleep } from 'node:timers/promises';
import { type CopyTally, copyObjects, emptyTally } from '../evidence/copy.ts';
import type { Digest, EvidenceBytes } from '../evidence/store.ts';

/** One look at all objects of a store that is moved. */
export interface Copying {
  /** What it was begun for; other stores, or changed ones, are another matter. */
  readonly key: string;
  readonly began: Date;
  readonly tally: Readonly<CopyTally>;
  /** What was copied by earlier looks: objects, and their bytes. */
  readonly before: { readonly copied: number; readonly bytes: number };
  /** How it ended, and when by `performance.now()`; undefined while it runs. */
  readonly ended: { readonly at: number; readonly failure: string | undefined } | undefined;
  /** When it was last told of, by `performance.now()`. */
  toldAt: number;
}

export interface CopyStart extends Pick<Copying, 'key' | 'began' | 'before'> {
  readonly from: EvidenceBytes;
  readonly to: EvidenceBytes;
  /** Bytes. */
  readonly maxBlobSize: number;
  /** What has to be in either of the stores. */
  readonly expected: () => Iterable<Digest>;
}

/**
 * What is being copied, by the uid of the store that is moved. It goes on between reconciles: one object may take longer than
 * any of those may.
 */
export interface Copies {
  get(uid: string): Copying | undefined;
  /** In place of what was begun before. */
  start(uid: string, options: CopyStart): Copying;
  stop(uid: string): void;
  /** Stops what is copied from stores that are gone. */
  keepOnly(uids: ReadonlySet<string>): void;
  /** Resolves when the signal has come and nothing runs any more, or it hangs. */
  readonly stopped: Promise<void>;
}

/** A store that hangs must not hold up the end of the process; what isn't committed is as if it had never been. */
const DRAIN_MS = 4_000;

export function createCopies(signal: AbortSignal): Copies {
  const known = new Map<string, { readonly copying: Copying; readonly abort: AbortController }>();
  const running = new Set<Promise<void>>();
  const stop = (uid: string): void => {
    known.get(uid)?.abort.abort(new Error('the move was changed'));
    known.delete(uid);
  };
  return {
    get: (uid) => known.get(uid)?.copying,
    start(uid, { from, to, maxBlobSize, expected, ...begun }) {
      stop(uid);
      const abort = new AbortController();
      const tally = emptyTally();
      const copying = { ...begun, tally, ended: undefined as Copying['ended'], toldAt: 0 };
      const until = AbortSignal.any([signal, abort.signal]);
      const work = copyObjects(from, to, { maxBlobSize, signal: until, tally, expected }).then(
        () => {
          copying.ended = { at: performance.now(), failure: undefined };
        },
        (error: unknown) => {
          copying.ended = { at: performance.now(), failure: error instanceof Error ? error.message : String(error) };
        },
      );
      running.add(work);
      void work.then(() => running.delete(work));
      known.set(uid, { copying, abort });
      return copying;
    },
    stop,
    keepOnly(uids) {
      for (const uid of known.keys()) if (!uids.has(uid)) stop(uid);
    },
    stopped: untilAborted(signal).then(async () => {
      await Promise.race([Promise.all(running), sleep(DRAIN_MS, undefined, { ref: false })]);
    }),
  };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
