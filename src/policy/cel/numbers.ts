import { type CelFunc, CelScalar, celFunc, celUint } from '@bufbuild/cel';
import { excerpt } from '../../api/excerpt.ts';

const { DOUBLE, INT, STRING, UINT } = CelScalar;
/** The words are those that the language writes itself. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$|^-?Infinity$|^NaN$/;
const WHOLE = /^[+-]?\d+$/;

/**
 * Numbers of texts. The library takes those of JavaScript, for which the empty text is 0 and any other NaN, with which every
 * comparison is false; a limit that is a slip must be an error.
 */
export const NUMBER_FUNCTIONS: readonly CelFunc[] = [
  celFunc('double', [STRING], DOUBLE, (text) => {
    if (!DECIMAL.test(text)) throw new Error(`'${excerpt(text)}' is no number`);
    return Number(text);
  }),
  celFunc('int', [STRING], INT, (text) => whole(text, -(2n ** 63n), 2n ** 63n - 1n)),
  celFunc('uint', [STRING], UINT, (text) => celUint(whole(text, 0n, 2n ** 64n - 1n))),
];

function whole(text: string, least: bigint, most: bigint): bigint {
  if (!WHOLE.test(text)) throw new Error(`'${excerpt(text)}' is no whole number`);
  const value = BigInt(text.replace('+', ''));
  if (value < least || value > most) throw new Error(`'${excerpt(text)}' is outside of what such a number can be`);
  return value;
}
