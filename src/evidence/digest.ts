import { createHash, type Hash } from 'node:crypto';
import { Transform } from 'node:stream';
import { Problem } from '../api/problem.ts';
import type { Digest } from './store.ts';

const FORM = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: string): text is Digest => FORM.test(text);

/** Of a digest that somebody gave. Throws `evidence-not-found` for what is none: it would be a path. */
export function checkedDigest(digest: Digest): Digest {
  if (isDigest(digest)) return digest;
  throw new Problem('evidence-not-found', `'${String(digest).slice(0, 100)}' is not a digest`);
}

export const digestOf = (hash: Hash): Digest => `sha256:${hash.digest('hex')}`;

export const sha256Digest = (bytes: Uint8Array | string): Digest => digestOf(createHash('sha256').update(bytes));

/** Passes bytes through and fails at their end, before the last is let out, if they aren't those of the digest. */
export function checkingStream(expected: Digest): Transform {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      // One chunk is held back, so that a reader never sees a whole object that is wrong.
      if (held !== undefined) this.push(held);
      held = chunk;
      next();
    },
    flush(next) {
      const found = digestOf(hash);
      if (found !== expected) {
        next(new Problem('digest-mismatch', `the stored bytes have ${found}, not ${expected}: the object is damaged`));
        return;
      }
      if (held !== undefined) this.push(held);
      next();
    },
  });
}
