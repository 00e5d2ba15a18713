import { Problem } from '../api/problem.ts';
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
}

export const emptyTally = (): CopyTally => ({
  copied: 0,
  bytes: 0,
  present: 0,
  damaged: { count: 0, examples: [] },
  tooLarge: { count: 0, examples: [] },
});

const MAX_EXAMPLES = 3;
/** Objects that are copied together: with small ones most of the time is spent waiting for the stores. */
const COPIERS = 4;

/**
 * Copies every object of a store into another that doesn't have it yet. Of each object a few chunks are in memory, or what a stage
 * of the other store holds. Throws `store-unavailable` of either of them; what was copied until then is found there the next time.
 */
export async function copyObjects(from: EvidenceBytes, to: EvidenceBytes, options: CopyOptions): Promise<void> {
  const objects = from.list()[Symbol.asyncIterator]();
  // Each takes the next one; when one of them fails, the others find no more.
  const shared: AsyncIterable<EvidenceInfo> = { [Symbol.asyncIterator]: () => objects };
  const copy = async (): Promise<void> => {
    for await (const info of shared) await copyObject(from, to, info, options);
  };
  const ended = await Promise.allSettled(Array.from({ length: COPIERS }, copy));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
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
