import { sha256Hex } from '../api/canonical.ts';
import type { Finding } from '../api/problem.ts';
import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { decodeBase64 } from '../verify/base64.ts';
import { SIMPLE_SIGNING_MEDIA_TYPE } from '../verify/container/simple-signing.ts';
import type { ImageSignature } from '../verify/image.ts';

/** What was found beside an image in its registry. Whether it is a good signature, and by whom, is not said. */
export interface AttachedSignature {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly manifest: Buffer;
  readonly provider: 'cosign' | 'notary';
  /** What its manifest says that it is about, where it says it. */
  readonly subject?: string;
  /** To be verified; none of those that can't be. */
  readonly documents: readonly ImageSignature[];
}

/** An image by its reference, together with what signs it. */
export interface SignedReference {
  readonly reference: string;
  readonly signatures: readonly AttachedSignature[];
}

export type SignedReferenceReading =
  | ({ readonly ok: true } & SignedReference)
  | { readonly ok: false; readonly finding: Finding };

/** As it is sent: `{reference, signatures: [{manifest, layers}]}`, the bytes in base64. */
export interface SignedReferenceDocument {
  readonly reference: string;
  readonly signatures: readonly { readonly manifest: string; readonly layers: readonly string[] }[];
}

export const NOTARY_ARTIFACT_TYPE = 'application/vnd.cncf.notary.signature';
export const BUNDLE_MEDIA_TYPE_PREFIX = 'application/vnd.dev.sigstore.bundle';
/** Manifests, and layers of one: cosign draws the line there too. */
export const MAX_SIGNATURES = 100;

/** No name of an image begins like that. */
export const isSignedReference = (bytes: Uint8Array): boolean => bytes[0] === '{'.charCodeAt(0);

/** Reads the document. Bytes of which the manifest says another digest are refused. */
export function readSignedReference(bytes: Uint8Array): SignedReferenceReading {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) return no(parsed.at, parsed.message);
  const document = asRecord(parsed.value);
  const reference = asText(document?.reference);
  if (reference === undefined) return no('/reference', 'must be the reference of the image');
  const list = asArray(document?.signatures);
  if (list.length > MAX_SIGNATURES) return no('/signatures', `at most ${MAX_SIGNATURES} are taken`);
  const signatures: AttachedSignature[] = [];
  for (const [index, entry] of list.entries()) {
    const at = `/signatures/${index}`;
    const reading = readAttached(asRecord(entry) ?? {}, at);
    if ('message' in reading) return { ok: false, finding: reading };
    signatures.push(reading);
  }
  return { ok: true, reference, signatures };
}

const no = (at: string, message: string): SignedReferenceReading => ({ ok: false, finding: { at, message } });

function readAttached(entry: UnknownRecord, at: string): AttachedSignature | Finding {
  const manifest = decodeBase64(entry.manifest);
  const parsed = manifest === undefined ? undefined : parseStrictJson(manifest);
  const record = parsed?.ok === true ? asRecord(parsed.value) : undefined;
  if (manifest === undefined || record === undefined) {
    return { at: `${at}/manifest`, message: 'must be a manifest in base64' };
  }
  const layers = asArray(record.layers);
  const contents = asArray(entry.layers);
  if (layers.length > MAX_SIGNATURES || contents.length !== layers.length) {
    return {
      at: `${at}/layers`,
      message: `must be the ${layers.length} layers of the manifest, at most ${MAX_SIGNATURES}`,
    };
  }
  const config = asText(asRecord(record.config)?.mediaType);
  const provider = (asText(record.artifactType) ?? config) === NOTARY_ARTIFACT_TYPE ? 'notary' : 'cosign';
  const documents: ImageSignature[] = [];
  for (const [index, content] of contents.entries()) {
    const inside = `${at}/layers/${index}`;
    const data = decodeBase64(content);
    const layer = asRecord(layers[index]) ?? {};
    if (data === undefined || layer.digest !== sha256(data)) {
      return { at: inside, message: `must be the bytes of ${asText(layer.digest) ?? 'the layer'} in base64` };
    }
    const document = provider === 'notary' ? undefined : documentOf(layer, data);
    if (document !== undefined) documents.push({ document, at: inside });
  }
  const subject = asText(asRecord(record.subject)?.digest);
  return { digest: sha256(manifest), manifest, provider, documents, ...(subject === undefined ? {} : { subject }) };
}

/** What verification takes; undefined for a layer of another type. */
function documentOf(layer: UnknownRecord, data: Buffer): unknown {
  const mediaType = asText(layer.mediaType) ?? '';
  if (mediaType === SIMPLE_SIGNING_MEDIA_TYPE) return { ...layer, data: data.toString('base64') };
  if (!mediaType.startsWith(BUNDLE_MEDIA_TYPE_PREFIX)) return undefined;
  const parsed = parseStrictJson(data);
  // What is no JSON is told by verification, as what it is.
  return parsed.ok ? parsed.value : { verificationMaterial: null };
}

const sha256 = (bytes: Uint8Array): string => `sha256:${sha256Hex(bytes)}`;
