/** What an evaluation may make of bytes. They lie outside of the memory that a thread can be limited to. */
const MAX_BYTES = 64 << 20;
let left = MAX_BYTES;

/** Begins an evaluation; a thread has one at a time. */
export function resetByteBudget(): void {
  left = MAX_BYTES;
}

/** Throws where the evaluation has made more bytes than it may, whether or not it still holds them. */
export function spendBytes(count: number): void {
  left -= count;
  if (left < 0) throw new Error(`a policy makes at most ${MAX_BYTES >> 20} MB of bytes`);
}
