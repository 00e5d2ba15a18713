import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';

const { BYTES, STRING } = CelScalar;
const MAX_LENGTH = 16 << 20;

/**
 * Additions of what doubles itself with each line of a policy. Bytes lie outside of the memory that a thread can be limited
 * to, and a text is longer than that before anybody looks.
 */
export const ADDITIONS: readonly CelFunc[] = [
  celFunc('_+_', [BYTES, BYTES], BYTES, (left, right) => {
    expectShort(left, right);
    return Buffer.concat([left, right]);
  }),
  celFunc('_+_', [STRING, STRING], STRING, (left, right) => {
    expectShort(left, right);
    return left + right;
  }),
];

function expectShort(left: { readonly length: number }, right: { readonly length: number }): void {
  if (left.length + right.length <= MAX_LENGTH) return;
  throw new Error(`text and bytes are added up to a length of ${MAX_LENGTH}`);
}
