import { isDigest, sha256Digest } from '../digest.ts';
import type { Digest, EvidenceInfo } from '../store.ts';

/** What a registry has to have before it takes a manifest without a configuration (OCI image specification 1.1, "empty"). */
export const EMPTY = {
  bytes: Buffer.from('{}'),
  digest: sha256Digest('{}'),
  mediaType: 'application/vnd.oci.empty.v1+json',
};

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** Not sha256-…: that is the tag of what refers to a manifest. */
const TAG = 'evidence-';

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
  return { bytes, digest: sha256Digest(bytes), tag: `${TAG}${digest.slice('sha256:'.length)}` };
}

/** The object that a tag keeps; undefined for a tag of something else. */
export function digestOfTag(tag: string): Digest | undefined {
  const digest = `sha256:${tag.slice(TAG.length)}`;
  return tag.startsWith(TAG) && isDigest(digest) ? digest : undefined;
}
