import { canonicalJson, sha256Hex } from '../api/canonical.ts';
import type { EffectiveContract } from './effective.ts';

/** SHA-256, hex, of what a contract means: the same for two specs that differ only in form. */
export const canonicalDigest = (contract: EffectiveContract): string => sha256Hex(canonicalJson(contract));
