import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import type { Refusal } from '../verdict.ts';

/** The container that an attestation came in, as the verdict and `docs/interop.md` name it. */
export type ContainerForm =
  | 'sigstore-bundle'
  | 'dsse'
  | 'slsa-generator'
  | 'witness'
  | 'cosign-layer'
  | 'cosign-file'
  | 'tekton-chains'
  | 'npm';

/** One signature of an envelope, with what came along to prove who made it and when. Nothing of it is trusted yet. */
export interface EnvelopeSignature {
  /** A hint of the sender; it decides nothing. */
  readonly keyid: string;
  readonly bytes: Buffer;
  /** The leaf, DER; absent when the signer is known by key alone. */
  readonly certificate?: Buffer;
  /** DER, in the order of the container. */
  readonly intermediates: readonly Buffer[];
  readonly logEntries: readonly TransparencyLogEntry[];
  /** RFC 3161 responses over `bytes`, DER. */
  readonly timestamps: readonly Buffer[];
  /** What the timestamps may be over instead: the envelope whose one signature this is, byte for byte. */
  readonly envelope?: Buffer;
}

/** What any container comes down to: some bytes of a type, and who is said to have signed them. */
export interface SignedContent {
  readonly form: ContainerForm;
  /** Of the container. */
  readonly mediaType: string;
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signatures: readonly [EnvelopeSignature, ...EnvelopeSignature[]];
  /** Where it stands in the container, for messages: a JSON pointer, or a line; empty for the whole. */
  readonly at: string;
}

export type ContainerReading =
  | { readonly ok: true; readonly contents: readonly [SignedContent, ...SignedContent[]] }
  | { readonly ok: false; readonly refusal: Refusal };
