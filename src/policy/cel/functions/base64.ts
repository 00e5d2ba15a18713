import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';
import { spendBytes } from '../byte-budget.ts';

const { BYTES, STRING } = CelScalar;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The encoders extension of CEL. */
export const BASE64_FUNCTIONS: readonly CelFunc[] = [
  celFunc('base64.encode', [BYTES], STRING, (bytes) => Buffer.from(bytes).toString('base64')),
  celFunc('base64.decode', [STRING], BYTES, (text) => {
    // Node passes over what it doesn't know.
    if (!BASE64.test(text)) throw new Error('this is no base64');
    spendBytes(text.length);
    return new Uint8Array(Buffer.from(text, 'base64'));
  }),
];
