/** Bytes that come in, kept in memory of their own, so that they can be given to another thread without a copy. */
export interface Pieces {
  add(chunk: Uint8Array): void;
  /** All but the unused end of the last one is filled; nothing may be added any more. */
  take(): readonly ArrayBuffer[];
}

const PIECE = 1 << 20;

/** `expected` is how many bytes will come, if that is known: then they lie in one piece. */
export function createPieces(expected = PIECE): Pieces {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let used = 0;

  return {
    add(chunk) {
      for (let from = 0; from < chunk.length; ) {
        const last = pieces.at(-1);
        if (last === undefined || used === last.length) {
          pieces.push(new Uint8Array(pieces.length === 0 ? expected : PIECE));
          used = 0;
          continue;
        }
        const part = chunk.subarray(from, from + last.length - used);
        last.set(part, used);
        used += part.length;
        from += part.length;
      }
    },
    take() {
      const last = pieces.pop();
      const whole = pieces.map(({ buffer }) => buffer);
      return last === undefined ? whole : [...whole, used === last.length ? last.buffer : last.buffer.slice(0, used)];
    },
  };
}
