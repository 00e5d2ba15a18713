import type { EvidenceBytes } from './store.ts';

/**
 * A store that was moved, by its name: what is new goes to where it is now, and what isn't there is looked for where it was,
 * since uploads that began before the move may have ended there. `before` is opened only then, and may be out of order.
 */
export function movedStore(now: EvidenceBytes, before: () => Promise<EvidenceBytes>): EvidenceBytes {
  return {
    stage: (stated) => now.stage(stated),
    get: async (digest, range) => (await now.get(digest, range)) ?? (await before()).get(digest, range),
    stat: async (digest) => (await now.stat(digest)) ?? (await before()).stat(digest),
    async remove(digest) {
      // First where it could be copied from once more.
      const wasRemoved = await (await before()).remove(digest);
      return (await now.remove(digest)) && wasRemoved;
    },
    list: () => now.list(),
    sweep: (time) => now.sweep(time),
  };
}
