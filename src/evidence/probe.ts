import { randomBytes } from 'node:crypto';
import { putBytes } from './put.ts';
import type { EvidenceBytes } from './store.ts';

export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Writes, reads and removes a small object, as a person would to see whether a store works. */
export async function probe(store: EvidenceBytes): Promise<ProbeResult> {
  let step = 'writing';
  try {
    const bytes = randomBytes(64);
    const { digest } = await putBytes(store, bytes);
    step = 'reading back';
    const stream = await store.get(digest);
    if (stream === undefined) return { ok: false, message: 'reading back a probe object failed: it is not there' };
    for await (const _ of stream);
    step = 'removing';
    await store.remove(digest);
    return { ok: true };
  } catch (error) {
    return {
      ok: false,
      message: `${step} a probe object failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
