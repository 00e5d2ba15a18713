import { randomBytes } from 'node:crypto';
import { putBytes } from './put.ts';
import type { EvidenceBytes } from './store.ts';

export type ProbeResult =
  /** `removed`: whether the store removes what it has. */
  { readonly ok: true; readonly removed: boolean } | { readonly ok: false; readonly message: string };

/** A store that takes longer for a few bytes is none to upload to. */
const DEADLINE_MS = 30_000;

/**
 * Writes, reads and removes a small object, as a person would to see whether a store works. Always the same one of a store:
 * not every store removes it.
 */
export async function probe(
  store: EvidenceBytes,
  bytes: Uint8Array = randomBytes(64),
  deadlineMs: number = DEADLINE_MS,
): Promise<ProbeResult> {
  let step = 'writing';
  const failed = (why: string): ProbeResult => ({ ok: false, message: `${step} a probe object failed: ${why}` });
  async function examine(): Promise<ProbeResult> {
    const { digest } = await putBytes(store, bytes);
    step = 'reading back';
    const stream = await store.get(digest);
    if (stream === undefined) return failed('it is not there');
    for await (const _ of stream);
    step = 'removing';
    const removed = await store.remove(digest);
    if (!removed) return { ok: true, removed };
    // Where it isn't allowed to learn that something is missing, an upload of something new would fail.
    step = 'looking for the removal of';
    if ((await store.stat(digest)) !== undefined) return failed('it is still there');
    return { ok: true, removed };
  }
  const late = Promise.withResolvers<ProbeResult>();
  const timer = setTimeout(() => late.resolve(failed(`no answer within ${deadlineMs / 1000} s`)), deadlineMs);
  const examined = examine().catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)));
  return Promise.race([examined, late.promise]).finally(() => clearTimeout(timer));
}
