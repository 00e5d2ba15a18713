import { Transform } from 'node:stream';

/** How long so many bytes are in base64. */
export const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);

/** Turns bytes into base64, with memory that doesn't grow with them. */
export function base64Stream(): Transform {
  let left: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      const whole = bytes.length - (bytes.length % 3);
      left = bytes.subarray(whole);
      done(null, bytes.toString('base64', 0, whole));
    },
    flush(done) {
      done(null, left.toString('base64'));
    },
  });
}
