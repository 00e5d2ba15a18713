import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import type { EnvelopeSignature } from './content.ts';
import { fault } from './fault.ts';

/** What comes along with a signature; nothing of it is trusted yet. */
export interface Evidence {
  /** DER, the signer's own first. */
  readonly certificates?: readonly Buffer[];
  readonly logEntries?: readonly TransparencyLogEntry[];
  readonly timestamps?: readonly Buffer[];
}

/** The signature together with its evidence. */
export function signatureWith(
  { keyid, bytes }: Pick<EnvelopeSignature, 'keyid' | 'bytes'>,
  { certificates: [certificate, ...intermediates] = [], logEntries = [], timestamps = [] }: Evidence,
): EnvelopeSignature {
  const signer = certificate === undefined ? {} : { certificate };
  return { keyid, bytes, ...signer, intermediates, logEntries, timestamps };
}

/** A certificate and its chain that stand apart. A chain alone is refused: its first one would pass for the signer's. */
export function leafFirst(leaf: readonly Buffer[], chain: readonly Buffer[], at: string): readonly Buffer[] {
  if (leaf.length === 0 && chain.length > 0) fault(at, 'a certificate beside its chain', 'the chain alone');
  return [...leaf, ...chain];
}
