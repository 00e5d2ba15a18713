import type { DsseEnvelope } from './dsse.ts';

export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** By what a verifier finds the key: a hint, or the certificate itself (DER). */
export type VerificationMaterial =
  | { readonly kind: 'key'; readonly hint: string }
  | { readonly kind: 'certificate'; readonly der: Uint8Array };

/** A Sigstore bundle v0.3 around a DSSE envelope, as the bytes to hand in and to keep. */
export function sigstoreBundle(envelope: DsseEnvelope, material: VerificationMaterial): Uint8Array {
  const verification =
    material.kind === 'key'
      ? { publicKey: { hint: material.hint } }
      : { certificate: { rawBytes: Buffer.from(material.der).toString('base64') } };
  const bundle = {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { ...verification, tlogEntries: [], timestampVerificationData: { rfc3161Timestamps: [] } },
    dsseEnvelope: envelope,
  };
  return Buffer.from(JSON.stringify(bundle), 'utf8');
}
