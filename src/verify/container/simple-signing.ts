import type { SignedContent } from './content.ts';
import { signatureWith } from './evidence.ts';
import { fault } from './fault.ts';
import { readBytes, readObject, readText, step } from './fields.ts';
import { ANNOTATION, readAnnotations, readData, readEvidence } from './layer.ts';
import { LIMITS } from './limits.ts';

/** What `cosign sign` attached to an image before it wrote bundles (cosign, SIGNATURE_SPEC.md). */
export const SIMPLE_SIGNING_MEDIA_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';

/**
 * A layer of the image under the tag `sha256-….sig`: the OCI descriptor with the layer in `data`, which is signed as it
 * stands, and the signature in an annotation. No attestation: it says nothing but which image it is of.
 */
export function readSimpleSigning(value: unknown, at: string): SignedContent {
  const layer = readObject(value, at);
  const mediaType = readText(layer.mediaType, `${at}/mediaType`);
  if (mediaType !== SIMPLE_SIGNING_MEDIA_TYPE) {
    fault(`${at}/mediaType`, SIMPLE_SIGNING_MEDIA_TYPE, mediaType || 'none');
  }
  const payload = readData(layer, at);
  const inside = `${at}/annotations`;
  const annotations = readAnnotations(layer.annotations, inside);
  const text = annotations(ANNOTATION.signature);
  if (text === undefined) return fault(inside + step(ANNOTATION.signature), 'a signature in base64', 'none');
  const bytes = readBytes(text, inside + step(ANNOTATION.signature), LIMITS.signatureBytes);
  const signature = signatureWith({ keyid: '', bytes }, readEvidence(annotations, inside));
  return { form: 'cosign-layer', mediaType, payload, payloadType: mediaType, signatures: [signature], at };
}
