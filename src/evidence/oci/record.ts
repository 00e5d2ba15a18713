import { sha256Digest } from '../digest.ts';
import type { Digest, EvidenceInfo } from '../store.ts';

/** What a registry has to have before it takes a manifest without a configuration (OCI image specification 1.1, "empty"). */
export const EMPTY = {
  bytes: Buffer.from('{}'),
  digest: sha256Digest('{}'),
  mediaType: 'application/vnd.oci.empty.v1+json',
};

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

const EVIDENCE_TYPE = 'application/vnd.proviso.evidence.v1';

/** The manifest that keeps an object from a registry's garbage collection; always the same for the same object. */
export interface EvidenceRecord {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly tag: string;
}

export function recordOf({ digest, size }: EvidenceInfo): EvidenceRecord {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      artifactType: EVIDENCE_TYPE,
      config: { mediaType: EMPTY.mediaType, digest: EMPTY.digest, size: EMPTY.bytes.length },
      layers: [{ mediaType: 'application/octet-stream', digest, size }],
    }),
  );
  // Not sha256-…: that is the tag of what refers to a manifest.
  return { bytes, digest: sha256Digest(bytes), tag: `evidence-${digest.slice('sha256:'.length)}` };
}
