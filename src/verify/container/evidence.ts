import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import type { EnvelopeSignature } from './content.ts';
import { fault } from './fault.ts';

/** What comes along with a signature; nothing of it is trusted yet. */
export interface Evidence {
  /** DER, the signer's own first. */
  readonly certificates?: readonly Buffer[];
  readonly logEntries?: readonly TransparencyLogEntry[];
  readonly timestamps?: readonly Buffer[];
  /** The bytes of the envelope, where tools have these stamped. */
  readonly envelope?: Buffer;
}

/** The signature together with its evidence. */
export function signatureWith(
  { keyid, bytes }: Pick<EnvelopeSignature, 'keyid' | 'bytes'>,
  { certificates: [certificate, ...intermediates] = [], logEntries = [], timestamps = [], envelope }: Evidence,
): EnvelopeSignature {
  const signer = certificate === undefined ? {} : { certificate };
  const stamped = envelope === undefined ? {} : { envelope };
  return { keyid, bytes, ...signer, intermediates, logEntries, timestamps, ...stamped };
}

/** A certificate and its chain that stand apart. A chain alone is refused: its first one would pass for the signer's. */
export function leafFirst(leaf: readonly Buffer[], chain: readonly Buffer[], at: string): readonly Buffer[] {
  if (leaf.length === 0 && chain.length > 0) fault(at, 'a certificate beside its chain', 'the chain alone');
  return [...leaf, ...chain];
}
