import { createHash, type KeyObject, sign } from 'node:crypto';

/** Trees of RFC 6962, section 2.1, over the bodies of entries. */

const hash = (prefix: number, ...parts: readonly Buffer[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([prefix]), ...parts]))
    .digest();

/** Where a tree splits: the largest power of two below its size. */
const splitOf = (size: number): number => 2 ** (Math.ceil(Math.log2(size)) - 1);

export function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return hash(0, only);
  const split = splitOf(leaves.length);
  return hash(1, rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** The hashes that lead from the leaf to the root, the lowest first. */
export function pathOf(leaves: readonly Buffer[], index: number): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathOf(left, index), rootOf(right)] : [...pathOf(right, index - split), rootOf(left)];
}

/** A log as it signs: its id begins with the hint of its key. */
export interface SigningLog {
  readonly key: KeyObject;
  readonly id: Buffer;
}

/** A line of a signature under a note. */
export const signatureLine = ({ key, id }: SigningLog, note: string, name = 'rekor.example.com'): string =>
  `\u2014 ${name} ${Buffer.concat([id.subarray(0, 4), sign('sha256', Buffer.from(note), key)]).toString('base64')}\n`;

/** What a checkpoint says of its tree. */
export const noteOf = (size: string, root: Buffer): string =>
  `rekor.example.com - 1\n${size}\n${root.toString('base64')}\n`;

/** The proof of a bundle that the entry is at the index of the tree. */
export function proofOf(log: SigningLog, leaves: readonly Buffer[], index: number) {
  const note = noteOf(String(leaves.length), rootOf(leaves));
  return {
    logIndex: String(index),
    treeSize: String(leaves.length),
    rootHash: rootOf(leaves).toString('base64'),
    hashes: pathOf(leaves, index).map((each) => each.toString('base64')),
    checkpoint: { envelope: `${note}\n${signatureLine(log, note)}` },
  };
}
