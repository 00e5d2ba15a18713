import { Problem } from '../api/problem.ts';
import type { EvidenceBytes } from './store.ts';

/**
 * A store that was moved, by its name: what is new goes to where it is now, and what isn't there is looked for where it was,
 * since uploads that began before the move may have ended there. `before` is opened only then, and may be out of order.
 */
export function movedStore(now: EvidenceBytes, before: () => Promise<EvidenceBytes>): EvidenceBytes {
  const { link } = now;
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
    ...(link === undefined ? {} : { link: linkOf(now, link) }),
  };
}

type Link = NonNullable<EvidenceBytes['link']>;

/** Only to what is there by now: a link isn't looked at any more by us, and what is late is there soon. */
const linkOf =
  (now: EvidenceBytes, link: Link): Link =>
  async (digest, time) => {
    if ((await now.stat(digest)) !== undefined) return link(digest, time);
    throw new Problem('link-unavailable', 'these bytes are still in the place that the store was moved from', {
      hint: 'get the bytes from here, without link=true',
    });
  };
