import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';
import { spendBytes } from './byte-budget.ts';

const { BYTES, STRING } = CelScalar;
const MAX_LENGTH = 16 << 20;

/** What the core of the language has, with limits: text that doubles itself with each line of a policy, and bytes. */
export const LIMITED_FUNCTIONS: readonly CelFunc[] = [
  celFunc('_+_', [STRING, STRING], STRING, (left, right) => {
    if (left.length + right.length <= MAX_LENGTH) return left + right;
    throw new Error(`text is added up to a length of ${MAX_LENGTH}`);
  }),
  celFunc('_+_', [BYTES, BYTES], BYTES, (left, right) => {
    spendBytes(left.length + right.length);
    return Buffer.concat([left, right]);
  }),
  celFunc('bytes', [STRING], BYTES, (text) => {
    spendBytes(text.length);
    return new TextEncoder().encode(text);
  }),
];
