import type { Room } from './room.ts';

/** What was written and is not sent yet; it grows with what it holds, and keeps its memory for the next bytes. */
export interface Part {
  /** Takes as much of the chunk as it has place for, and says how much that is. Throws `overloaded`. */
  add(chunk: Uint8Array): number;
  bytes(): Buffer;
  clear(): void;
  /** Gives its memory back. */
  free(): void;
}

const FIRST_BYTES = 64 << 10;

/** `size`: the most it holds, in bytes. Chunks are copied: many small ones would each hold more memory than they have bytes. */
export function createPart(size: number, room: Room): Part {
  let held = Buffer.alloc(0);
  let length = 0;

  function grow(needed: number): void {
    if (needed <= held.length) return;
    const next = Math.min(size, Math.max(FIRST_BYTES, held.length * 4, needed));
    room.take(next - held.length);
    const larger = Buffer.allocUnsafeSlow(next);
    held.copy(larger, 0, 0, length);
    held = larger;
  }

  return {
    add(chunk) {
      const taken = Math.min(chunk.length, size - length);
      grow(length + taken);
      held.set(chunk.subarray(0, taken), length);
      length += taken;
      return taken;
    },
    bytes: () => held.subarray(0, length),
    clear() {
      length = 0;
    },
    free() {
      room.give(held.length);
      held = Buffer.alloc(0);
      length = 0;
    },
  };
}
