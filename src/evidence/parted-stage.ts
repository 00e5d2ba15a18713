import { createHash } from 'node:crypto';
import { digestOf } from './digest.ts';
import { createPart, type Part } from './part.ts';
import type { Room } from './room.ts';
import type { EvidenceInfo, Stage } from './store.ts';

/** Where the bytes of one stage go, part by part. */
export interface PartSink {
  /** Takes a full part, and frees it once it is sent. There is more to come. */
  send(part: Part): Promise<void>;
  /** Takes the last part, and makes the object of all of them. */
  commit(last: Part, info: EvidenceInfo): Promise<void>;
  /** Removes what isn't committed, as far as that can be done now. Never throws. */
  discard(): Promise<void>;
}

/** A stage for servers that take an object in parts. `partSize`: bytes, of which that many are in memory. */
export function partedStage(sink: PartSink, partSize: number, room: Room): Stage {
  const hash = createHash('sha256');
  let size = 0;
  let part = createPart(partSize, room);
  const info = (): EvidenceInfo => ({ digest: digestOf(hash.copy()), size });
  return {
    async write(chunk) {
      for (let rest = chunk; ; ) {
        rest = rest.subarray(part.add(rest));
        if (rest.length === 0) break;
        // Not before more comes: an object of exactly one part is a small one.
        await sink.send(part);
        part = createPart(partSize, room);
      }
      hash.update(chunk);
      size += chunk.length;
    },
    info,
    async commit() {
      const result = info();
      await sink.commit(part, result);
      return result;
    },
    // Such servers can't remove an object on the condition that nobody else has committed it since, so it stays.
    withdraw: async () => {},
    async discard() {
      part.free();
      await sink.discard();
    },
  };
}
