import type { MaterialType } from '../../api/material-types.ts';
import type { Trust, TrustedSigner } from '../../api/trust.ts';
import { HEAD_BYTES, type MaterialInput } from '../../materials/kind.ts';
import { MATERIAL_KINDS } from '../../materials/kinds.ts';
import { readContainer } from '../../verify/container/read.ts';
import { kindOf, readPublicKey } from '../../verify/keys.ts';

/** Reading that much takes under a millisecond, whatever is in it. */
const QUICK_BYTES = 16 << 10;

/** Whether an envelope may be read in the event loop, without its signatures being looked at. */
export const isQuickEnvelope = (bytes: Uint8Array): boolean => bytes.length <= QUICK_BYTES;

/** Each at most 0.2 ms by a key of the quick kinds; others take up to ten times as long, or are tried in several schemes. */
const QUICK_CHECKS = 32;

/** Whether an attestation may be verified in the event loop: in some milliseconds, whatever is in it. */
export function isQuickAttestation(bytes: Uint8Array, { signers }: Trust): boolean {
  if (bytes.length > QUICK_BYTES || !signers.every(isQuickKey)) return false;
  // 3 KB can hold 128 signatures, so they are counted; what can't be read is refused at once.
  const reading = readContainer(bytes);
  const contents = reading.ok ? reading.contents : [];
  const signatures = contents.reduce((sum, content) => sum + content.signatures.length, 0);
  return signatures * signers.length <= QUICK_CHECKS;
}

function isQuickKey(signer: TrustedSigner): boolean {
  const reading = signer.kind === 'key' ? readPublicKey(signer.publicKey) : undefined;
  if (reading?.ok !== true) return false;
  const kind = kindOf(reading.key);
  return kind === 'p256' || kind === 'ed25519';
}

/** Kinds that look at little; the others read the whole, and most of them a validator first. */
export const isQuickMaterial = (type: MaterialType, { size, isReference }: Omit<MaterialInput, 'bytes'>): boolean => {
  const { content, maxBytes } = MATERIAL_KINDS[type];
  return content === 'head' || maxBytes <= HEAD_BYTES || (isReference === true && size <= HEAD_BYTES);
};
