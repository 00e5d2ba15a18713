import { createHash } from 'node:crypto';
import { digestOf } from './digest.ts';
import { createPart } from './part.ts';
import type { Room } from './room.ts';
import type { EvidenceInfo, Stage } from './store.ts';

/** Where the bytes of one stage go, part by part and one after the other. What it is given is its until it resolves. */
export interface PartSink {
  /** Sends a full part, after which there is more to come. */
  send(part: Buffer): Promise<void>;
  /** Sends the last part, and makes the object of all of them. */
  commit(last: Buffer, info: EvidenceInfo): Promise<void>;
  /** Removes what isn't committed, as far as that can be done now. Never throws. */
  discard(): Promise<void>;
}

/**
 * A stage for servers that take an object in parts. At most two parts are in memory: one that is being sent, and one that fills.
 * `partSize`: bytes.
 */
export function partedStage(sink: PartSink, partSize: number, room: Room): Stage {
  const hash = createHash('sha256');
  let size = 0;
  let part = createPart(partSize, room);
  let other = createPart(partSize, room);
  let sending: Promise<void> = Promise.resolve();
  const info = (): EvidenceInfo => ({ digest: digestOf(hash.copy()), size });

  async function send(): Promise<void> {
    await sending;
    sending = sink.send(part.bytes());
    // Told to whoever asks next.
    sending.catch(() => {});
    [part, other] = [other, part];
    part.clear();
  }

  return {
    async write(chunk) {
      for (let rest = chunk; ; ) {
        rest = rest.subarray(part.add(rest));
        if (rest.length === 0) break;
        // Not before more comes: an object of exactly one part is a small one.
        await send();
      }
      hash.update(chunk);
      size += chunk.length;
    },
    info,
    async commit() {
      await sending;
      const result = info();
      await sink.commit(part.bytes(), result);
      return result;
    },
    // Such servers can't remove an object on the condition that nobody else has committed it since, so it stays.
    withdraw: async () => {},
    async discard() {
      // What arrives later, also by a request that was broken off, would stay.
      await sending.catch(() => {});
      await sink.discard();
      part.free();
      other.free();
    },
  };
}
