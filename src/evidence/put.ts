import type { EvidenceBytes, EvidenceInfo } from './store.ts';

/** Stores bytes that are in memory already. */
export async function putBytes(store: EvidenceBytes, bytes: Uint8Array): Promise<EvidenceInfo> {
  const stage = await store.stage();
  try {
    await stage.write(bytes);
    return await stage.commit();
  } finally {
    await stage.discard();
  }
}
