import { movedTo } from '../api/moved.ts';
import { Problem } from '../api/problem.ts';
import { REASON } from '../api/reasons.ts';
import type { EvidenceStore } from '../api/types.gen.ts';
import { createStoreAccess } from '../evidence/access.ts';
import { maxBlobSize, openEvidenceStore, storeSettings } from '../evidence/open.ts';
import type { OperatorContext } from './context.ts';
import type { Copying } from './copies.ts';
import { referredTo } from './evidence-of-runs.ts';
import type { Obstacle } from './move-obstacle.ts';

/** The stores as they are; after a change of one of them copying begins anew. */
export const keyOf = (...stores: readonly EvidenceStore[]): string =>
  JSON.stringify(stores.map(({ metadata }) => [metadata.uid, metadata.generation]));

/** Begins to copy all objects of a store, or says why not. */
export async function beginCopying(
  context: OperatorContext,
  store: EvidenceStore,
  target: EvidenceStore,
  now: Date,
): Promise<Copying | Obstacle> {
  const { uid = '' } = store.metadata;
  const access = createStoreAccess(context.client, context.namespace, context.webIdentity);
  const open = async (each: EvidenceStore) => openEvidenceStore(await storeSettings(each, access));
  try {
    const [from, to] = [await open(store), await open(target)];
    return context.copies.start(uid, {
      key: keyOf(store, target),
      began: now,
      before: copiedBefore(context.copies.get(uid), store),
      from,
      to,
      maxBlobSize: maxBlobSize(target),
      expected: () => (movedTo(store) === undefined ? referredTo(context.stores, store) : []),
    });
  } catch (error) {
    if (error instanceof Problem) return { reason: REASON.CopyFailed, message: error.message };
    throw error;
  }
}

/** What this process remembers is newer than what it has read. */
function copiedBefore(last: Copying | undefined, { spec, status }: EvidenceStore): Copying['before'] {
  if (last !== undefined) return totalOf(last);
  const { to, copied = 0, bytes = 0 } = status?.move ?? {};
  return to === spec.movedTo?.name ? { copied, bytes } : { copied: 0, bytes: 0 };
}

export const totalOf = ({ before, tally }: Copying): Copying['before'] => ({
  copied: before.copied + tally.copied,
  bytes: before.bytes + tally.bytes,
});
