import { asRecord, asText } from '../../api/record.ts';
import type { Digest } from '../../evidence/store.ts';
import {
  BUNDLE_MEDIA_TYPE_PREFIX,
  MAX_SIGNATURES,
  NOTARY_ARTIFACT_TYPE,
  type SignedReferenceDocument,
} from '../../materials/signed-reference.ts';
import { type Descriptor, readDescriptors, readDocument } from '../../oci/descriptor.ts';
import { isNotFound, RegistryError } from '../../oci/error.ts';
import type { Manifest } from '../../oci/manifest.ts';
import type { Repository } from '../../oci/repository.ts';
import { fetchWhole } from '../../oci/whole-blob.ts';
import { SIMPLE_SIGNING_MEDIA_TYPE } from '../../verify/container/simple-signing.ts';
import { SIGN_PREDICATE_TYPE } from '../../verify/image-claim.ts';

type Signature = SignedReferenceDocument['signatures'][number];

/** Of one layer: a signature with a certificate, its chain and its log entry has some ten kilobytes. */
const MAX_LAYER_BYTES = 1 << 20;
/** Of all, so that the document stays below what the receiver takes of an image. */
const MAX_BYTES = 2 << 20;

/**
 * What signs an image in its repository: the layers under the tag `sha256-….sig`, where cosign kept signatures before there
 * were referrers, and the referrers that are signatures. They are only gathered; the receiver verifies them.
 */
export async function findSignatures(repository: Repository, digest: Digest): Promise<readonly Signature[]> {
  const found: Signature[] = [];
  let room = MAX_BYTES;
  for await (const manifest of candidates(repository, digest)) {
    const signature = await signatureOf(repository, manifest);
    if (signature === undefined) continue;
    room -= signature.bytes;
    if (room < 0 || found.length === MAX_SIGNATURES) break;
    found.push(signature.document);
  }
  return found;
}

async function* candidates(repository: Repository, digest: Digest): AsyncGenerator<Manifest> {
  const tagged = await manifestOf(repository, `${digest.replace(':', '-')}.sig`);
  if (tagged !== undefined) yield tagged;
  const referrers = await repository.referrers(digest);
  for (const referrer of referrers.slice(0, MAX_SIGNATURES)) {
    // What the list says of types is often wrong, so each is looked at.
    const manifest = await manifestOf(repository, referrer.digest);
    if (manifest !== undefined) yield manifest;
  }
}

/** Undefined where there is none: a list can name what is gone. */
const manifestOf = (repository: Repository, reference: string): Promise<Manifest | undefined> =>
  repository.manifest(reference).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** The manifest with its layers, if it is that of a signature. */
async function signatureOf(repository: Repository, { bytes: manifest, digest }: Manifest) {
  const layers = signatureLayers(manifest, `the manifest ${digest}`);
  if (layers.length === 0) return undefined;
  const contents: Buffer[] = [];
  for (const layer of layers) contents.push(await fetchWhole(repository, layer, MAX_LAYER_BYTES));
  if (layers.some(isBundle) && !contents.every(isSignature)) return undefined;
  const document = { manifest: manifest.toString('base64'), layers: contents.map((each) => each.toString('base64')) };
  return { document, bytes: contents.reduce((sum, { length }) => sum + length, manifest.length) };
}

/** None for the manifest of anything else: whoever may write to a repository can attach what he likes. */
function signatureLayers(manifest: Buffer, what: string): readonly Descriptor[] {
  const read = (): readonly Descriptor[] => {
    const { layers, config, artifactType } = readDocument(manifest, what);
    const descriptors = readDescriptors(layers, what);
    const isNotary = (asText(artifactType) ?? asText(asRecord(config)?.mediaType)) === NOTARY_ARTIFACT_TYPE;
    const isSimple = descriptors.every(({ mediaType }) => mediaType === SIMPLE_SIGNING_MEDIA_TYPE);
    return isNotary || isSimple || (descriptors.length === 1 && descriptors.every(isBundle)) ? descriptors : [];
  };
  const found = unlessBroken(read) ?? [];
  const fits = found.length <= MAX_SIGNATURES && found.every(({ size }) => size <= MAX_LAYER_BYTES);
  return fits ? found : [];
}

const isBundle = ({ mediaType }: Descriptor): boolean => mediaType.startsWith(BUNDLE_MEDIA_TYPE_PREFIX);

/** Attestations are bundles beside an image, too. */
function isSignature(bundle: Buffer): boolean {
  const predicateType = unlessBroken(() => {
    const envelope = asRecord(readDocument(bundle, 'a bundle').dsseEnvelope);
    const payload = Buffer.from(asText(envelope?.payload) ?? '', 'base64');
    return readDocument(payload, 'the payload of a bundle').predicateType;
  });
  return predicateType === SIGN_PREDICATE_TYPE;
}

function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}
