import { Problem } from '../../api/problem.ts';
import type { Digest, EvidenceBytes } from '../../evidence/store.ts';
import { isStatus } from '../../kube/error.ts';
import type { Announced, AnnouncedRemovals } from './announced.ts';

/** How old what is known of the list may be. Retention waits far longer between the list and the removal. */
const KNOWN_MS = 5_000;
const ATTEMPTS = 10;

/** Keeps bytes that somebody hands in from being removed under his hands. */
export interface Rescue {
  /**
   * Of what is about to be stored: takes it off the list of what is removed soon. Throws `evidence-removing` when that moment is over; the
   * caller may try again, and stores it anew then.
   */
  keep(digest: Digest): Promise<void>;
}

export function createRescue(removals: AnnouncedRemovals, now: () => number = () => performance.now()): Rescue {
  let known: { readonly at: number; readonly list: Promise<Announced> } | undefined;

  function current(): Promise<Announced> {
    if (known === undefined || now() - known.at > KNOWN_MS) {
      const list = removals.read();
      known = { at: now(), list };
      list.catch(() => {
        known = undefined;
      });
    }
    return known.list;
  }

  async function takeOff(digest: Digest): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const list = await removals.read();
      if (!list.stores.has(digest)) return;
      if (list.phase === 'removing') break;
      try {
        return await removals.takeOff(digest, list);
      } catch (error) {
        if (!isStatus(error, 409)) throw error;
      }
    }
    throw new Problem('evidence-removing', `${digest} is being removed by the retention of its store`, {
      retryAfter: 5,
    });
  }

  return {
    async keep(digest) {
      const { stores } = await current();
      if (stores.has(digest)) await takeOff(digest);
    },
  };
}

/** A store into which nothing is committed that is being removed from it. */
export const rescuing = (bytes: EvidenceBytes, rescue: Rescue): EvidenceBytes => ({
  ...bytes,
  async stage(stated) {
    const stage = await bytes.stage(stated);
    return {
      ...stage,
      async commit() {
        await rescue.keep(stage.info().digest);
        return stage.commit();
      },
    };
  },
});
