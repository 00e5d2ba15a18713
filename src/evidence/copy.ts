import { Problem } from '../api/problem.ts';
import { together } from '../queue/together.ts';
import type { Digest, EvidenceBytes, EvidenceInfo } from './store.ts';

/** What came of the objects of a store that is copied into another. */
export interface CopyTally {
  /** Objects. */
  copied: number;
  /** Of the objects that were copied. */
  bytes: number;
  /** Objects that the other store had already. */
  present: number;
  readonly damaged: Listed;
  readonly tooLarge: Listed;
  /** Objects that have to be there, and are in neither store. */
  readonly missing: Listed;
}

/** Objects that were left out: how many, and some of them. */
export interface Listed {
  count: number;
  readonly examples: Digest[];
}

export interface CopyOptions {
  /** Bytes; what is larger is left out. */
  readonly maxBlobSize: number;
  /** Ends the copying, which throws then. */
  readonly signal: AbortSignal;
  readonly tally: CopyTally;
  /** What has to be there; asked once everything that was found is copied. */
  readonly expected?: () => Iterable<Digest>;
}

export const emptyTally = (): CopyTally => ({
  copied: 0,
  bytes: 0,
  present: 0,
  damaged: { count: 0, examples: [] },
  tooLarge: { count: 0, examples: [] },
  missing: { count: 0, examples: [] },
});

const MAX_EXAMPLES = 3;
/** Objects that are copied together: with small ones most of the time is spent waiting for the stores. */
const COPIERS = 4;
/** What is larger, in bytes, is copied one after the other: stages hold parts of that size, and those add up. */
const LARGE = 8 << 20;

/**
 * Copies every object of a store into another that doesn't have it yet. Of each object a few chunks are in memory, or what a stage
 * of the other store holds. Throws `store-unavailable` of either of them; what was copied until then is found there the next time.
 */
export async function copyObjects(from: EvidenceBytes, to: EvidenceBytes, options: CopyOptions): Promise<void> {
  let last: Promise<void> = Promise.resolve();
  await together(from.list(), COPIERS, (info) => {
    const copy = (): Promise<void> => copyObject(from, to, info, options);
    if (info.size <= LARGE) return copy();
    const next = last.then(copy);
    last = next.catch(() => {});
    return next;
  });
  await together(eachOf(options.expected), COPIERS, (digest) => expect(from, to, digest, options));
}

async function* eachOf(items: CopyOptions['expected']): AsyncGenerator<Digest> {
  yield* items?.() ?? [];
}

/** Copies what came after the list was read; an empty directory in the place of a volume is found here. */
async function expect(from: EvidenceBytes, to: EvidenceBytes, digest: Digest, options: CopyOptions): Promise<void> {
  options.signal.throwIfAborted();
  if ((await to.stat(digest)) !== undefined) return;
  const info = await from.stat(digest);
  if (info === undefined) {
    note(options.tally.missing, digest);
    return;
  }
  // What was left out before is counted already.
  const tally = emptyTally();
  await copyObject(from, to, info, { ...options, tally });
  options.tally.copied += tally.copied;
  options.tally.bytes += tally.bytes;
}

async function copyObject(
  from: EvidenceBytes,
  to: EvidenceBytes,
  { digest, size }: EvidenceInfo,
  { maxBlobSize, signal, tally }: CopyOptions,
): Promise<void> {
  signal.throwIfAborted();
  if ((await to.stat(digest))?.size === size) {
    tally.present += 1;
    return;
  }
  if (size > maxBlobSize) {
    note(tally.tooLarge, digest);
    return;
  }
  const stage = await to.stage(digest);
  try {
    // Nothing may come between this and the reading: an error of a stream that nobody listens to ends the process.
    const stream = await from.get(digest);
    // Removed since it was listed.
    if (stream === undefined) return;
    for await (const chunk of stream) {
      signal.throwIfAborted();
      await stage.write(chunk);
    }
    const found = stage.info().digest;
    if (found !== digest) throw new Problem('digest-mismatch', `the bytes have ${found}, not ${digest}`);
    await stage.commit();
    tally.copied += 1;
    tally.bytes += size;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'digest-mismatch') throw error;
    note(tally.damaged, digest);
  } finally {
    await stage.discard();
  }
}

function note(list: Listed, digest: Digest): void {
  list.count += 1;
  if (list.examples.length < MAX_EXAMPLES) list.examples.push(digest);
}
