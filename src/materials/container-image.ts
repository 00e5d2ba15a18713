import type { Finding } from '../api/problem.ts';
import { asRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { claimsImage } from '../verify/image.ts';
import { parseImageReference } from './image-reference.ts';
import {
  accepted,
  type Inspection,
  MAX_FINDINGS,
  type MaterialInput,
  type MaterialKind,
  refused,
  unreadable,
} from './kind.ts';
import { type AttachedSignature, isSignedReference, readSignedReference } from './signed-reference.ts';

type Form = 'manifest' | 'index';
const MANIFEST_TYPES: ReadonlyMap<string, Form> = new Map([
  ['application/vnd.oci.image.manifest.v1+json', 'manifest'],
  ['application/vnd.docker.distribution.manifest.v2+json', 'manifest'],
  ['application/vnd.oci.image.index.v1+json', 'index'],
  ['application/vnd.docker.distribution.manifest.list.v2+json', 'index'],
]);
/** The members that make a document one of the other form, to a reader that doesn't look at the media type. */
const OF_THE_OTHER: Readonly<Record<Form, readonly string[]>> = {
  manifest: ['manifests'],
  index: ['config', 'layers'],
};
/** What the value of an annotation in a run has at most. */
const MAX_ANNOTATION = 4096;
const DIGEST = /^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

/**
 * CONTAINER_IMAGE: a reference with a digest, or the manifest of an OCI layout, whose SHA-256 is the image's digest. So
 * the digest of a layout is computed here and not believed.
 */
export const containerImage: MaterialKind = {
  type: 'CONTAINER_IMAGE',
  content: 'whole',
  // The limit that the distribution specification recommends registries to accept.
  maxBytes: 4 << 20,
  keepsBytes: true,
  notes: {
    accepts:
      'A reference with a digest, which `proviso add` finds for a tag, or an OCI layout, of which the manifest is sent.',
    facts: ['image.tag', 'signature', 'signature.digest', 'signature.provider', 'signature.signers'],
  },
  inspect: (input) => (input.isReference ? inspectReference(input) : inspectManifest(input)),
};

function inspectReference({ bytes }: MaterialInput): Inspection {
  if (!isSignedReference(bytes)) return inspectName(Buffer.from(bytes).toString('utf8').trim(), []);
  const signed = readSignedReference(bytes);
  return signed.ok ? inspectName(signed.reference, signed.signatures) : refused(signed.finding);
}

function inspectName(text: string, signatures: readonly AttachedSignature[]): Inspection {
  const reading = parseImageReference(text);
  if (!reading.ok) return refused({ message: reading.message });
  const { tag, digest } = reading.reference;
  return accepted({
    annotations: {
      ...(tag === undefined ? {} : { 'chainloop.material.image.tag': tag }),
      ...signatureFacts(signatures, digest),
    },
    digest,
    reference: text,
  });
}

/** That a signature is there, of which nothing is verified: of the first that says that it is of this image. */
function signatureFacts(signatures: readonly AttachedSignature[], digest: string): Readonly<Record<string, string>> {
  const found = signatures.find((each) => isAbout(each, digest));
  if (found === undefined) return {};
  const manifest = found.manifest.toString('base64');
  return {
    'chainloop.material.signature.digest': found.digest,
    'chainloop.material.signature.provider': found.provider,
    ...(manifest.length <= MAX_ANNOTATION ? { 'chainloop.material.signature': manifest } : {}),
  };
}

const isAbout = ({ provider, subject, documents }: AttachedSignature, digest: string): boolean =>
  provider === 'notary' ? subject === digest : documents.some(({ document }) => claimsImage(document, digest));

function inspectManifest({ bytes }: MaterialInput): Inspection {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) return unreadable(parsed.at, parsed.message);
  const manifest = asRecord(parsed.value);
  if (manifest === undefined) return refused({ at: '', message: 'an image manifest is a JSON object' });
  if (manifest.schemaVersion !== 2)
    return refused({ at: '/schemaVersion', message: 'an image manifest has schemaVersion 2' });
  const stated = typeof manifest.mediaType === 'string' ? manifest.mediaType : undefined;
  const form = stated === undefined ? guessForm(manifest) : MANIFEST_TYPES.get(stated);
  if (form === undefined) {
    return refused({ at: '/mediaType', message: `expected one of ${[...MANIFEST_TYPES.keys()].join(', ')}` });
  }
  const other = OF_THE_OTHER[form].find((name) => Object.hasOwn(manifest, name));
  if (other !== undefined) {
    return refused({
      at: `/${other}`,
      message: `must not be in an image ${form}: readers would disagree what this is`,
    });
  }
  const member = form === 'manifest' ? 'layers' : 'manifests';
  const findings = [
    ...(form === 'manifest' ? descriptorFindings(manifest.config, '/config') : []),
    ...listFindings(manifest[member], `/${member}`),
  ];
  if (findings.length > 0) return refused(...findings);
  const mediaType = stated ?? `application/vnd.oci.image.${form}.v1+json`;
  return accepted({ annotations: {}, mediaType });
}

const guessForm = (manifest: Readonly<Record<string, unknown>>): Form | undefined =>
  Array.isArray(manifest.manifests) ? 'index' : Array.isArray(manifest.layers) ? 'manifest' : undefined;

function listFindings(list: unknown, at: string): readonly Finding[] {
  if (!Array.isArray(list)) return [{ at, message: 'must be a list of descriptors' }];
  if (list.length === 0 && at === '/manifests') return [{ at, message: 'must name at least one image' }];
  const findings: Finding[] = [];
  for (const [index, item] of list.entries()) {
    findings.push(...descriptorFindings(item, `${at}/${index}`));
    if (findings.length >= MAX_FINDINGS) break;
  }
  return findings;
}

function descriptorFindings(value: unknown, at: string): readonly Finding[] {
  const descriptor = asRecord(value);
  if (descriptor === undefined) return [{ at, message: 'must be a descriptor with mediaType, digest and size' }];
  const findings: Finding[] = [];
  if (typeof descriptor.mediaType !== 'string')
    findings.push({ at: `${at}/mediaType`, message: 'must be a media type' });
  if (typeof descriptor.digest !== 'string' || !DIGEST.test(descriptor.digest)) {
    findings.push({ at: `${at}/digest`, message: 'must be a digest such as sha256:… in lower-case hex' });
  }
  if (!Number.isSafeInteger(descriptor.size) || Number(descriptor.size) < 0)
    findings.push({ at: `${at}/size`, message: 'must be a whole number of bytes' });
  return findings;
}
