import { bundleFromJSON, ValidationError } from '@sigstore/bundle';
import { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { parseStrictJson } from '../../api/strict-json.ts';
import { decodeBase64 } from '../base64.ts';
import type { Refusal } from '../verdict.ts';
import type { ContainerReading, EnvelopeSignature } from './content.ts';

const MAX_DEPTH = 32;
const MAX_SIGNATURES = 16;
const DSSE_MEDIA_TYPE = 'application/vnd.dsse.envelope.v1+json';
/** The library's own pattern takes any version and any ending; rules exist for these alone. */
const BUNDLE_MEDIA_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);
/** Members of which a bundle may have one; readers differ in which they take of several. */
const CONTENTS = ['dsseEnvelope', 'messageSignature'] as const;
const KEY_MATERIALS = ['publicKey', 'certificate', 'x509CertificateChain'] as const;

/** Reads a Sigstore bundle (v0.1 to v0.3) with a DSSE envelope inside, or a bare DSSE envelope. */
export function readContainer(bytes: Uint8Array): ContainerReading {
  const parsed = parseStrictJson(bytes, { maxDepth: MAX_DEPTH });
  if (!parsed.ok) {
    return refuse(parsed.code, 'JSON that every reader reads the same', `${parsed.message} (${parsed.at})`);
  }
  const container = asRecord(parsed.value);
  if (container === undefined) return malformed('a JSON object');
  const isBundle = isSet(container.mediaType) || CONTENTS.some((name) => isSet(container[name]));
  if (container.payload !== undefined) {
    if (isBundle) return malformed('a Sigstore bundle or a DSSE envelope', 'an object that can be read as both');
    return readEnvelope(container, DSSE_MEDIA_TYPE, { logEntries: [], timestamps: [], intermediates: [] });
  }
  if (!isBundle) return malformed('a Sigstore bundle or a DSSE envelope');
  return readBundle(container);
}

function readBundle(bundle: UnknownRecord): ContainerReading {
  const mediaType = asText(bundle.mediaType) ?? '';
  if (!BUNDLE_MEDIA_TYPES.has(mediaType)) {
    return malformed('the media type of a Sigstore bundle, version 0.1 to 0.3', mediaType.slice(0, 200));
  }
  try {
    // The library knows what each version demands; what it returns isn't used, since its base64 is lenient.
    bundleFromJSON(bundle);
  } catch (error) {
    return malformed('a well-formed Sigstore bundle', libraryMessage(error));
  }
  const envelope = asRecord(bundle.dsseEnvelope);
  if (envelope === undefined) return malformed('a bundle with a dsseEnvelope', 'a bundle around another content');
  const material = asRecord(bundle.verificationMaterial) ?? {};
  for (const [holder, names] of [[bundle, CONTENTS] as const, [material, KEY_MATERIALS] as const]) {
    const several = names.filter((name) => isSet(holder[name]));
    if (several.length > 1) return malformed(`one of ${names.join(', ')}`, several.join(' and '));
  }
  const hint = asText(asRecord(material.publicKey)?.hint);
  const keyid = asText(asRecord(asArray(envelope.signatures)[0])?.keyid);
  if (hint !== undefined && keyid !== undefined && hint !== keyid) {
    return malformed('a publicKey hint and a keyid that agree', 'two different ones');
  }
  const chain = asArray(asRecord(material.x509CertificateChain)?.certificates);
  const leaf = asRecord(material.certificate) ?? asRecord(chain[0]);
  const proofs = {
    logEntries: asArray(material.tlogEntries).map((entry) => TransparencyLogEntry.fromJSON(entry)),
    timestamps: asArray(asRecord(material.timestampVerificationData)?.rfc3161Timestamps).map((entry) =>
      Buffer.from(String(asRecord(entry)?.signedTimestamp), 'base64'),
    ),
    intermediates: chain.slice(1).map((entry) => Buffer.from(String(asRecord(entry)?.rawBytes), 'base64')),
  };
  if (leaf === undefined) return readEnvelope(envelope, mediaType, proofs);
  const certificate = decodeBase64(leaf.rawBytes);
  return certificate === undefined
    ? malformed('a certificate in base64')
    : readEnvelope(envelope, mediaType, { ...proofs, certificate });
}

function readEnvelope(
  envelope: UnknownRecord,
  mediaType: string,
  proofs: Omit<EnvelopeSignature, 'keyid' | 'bytes'>,
): ContainerReading {
  const payload = decodeBase64(envelope.payload);
  if (payload === undefined || payload.length === 0) return malformed('a payload in base64');
  const payloadType = asText(envelope.payloadType);
  if (payloadType === undefined) return malformed('a payloadType');
  const entries = asArray(envelope.signatures);
  if (entries.length === 0) return malformed('at least one signature');
  if (entries.length > MAX_SIGNATURES) return malformed(`at most ${MAX_SIGNATURES} signatures`, String(entries.length));
  const signatures = entries.flatMap((entry) => {
    const signature = asRecord(entry);
    const decoded = decodeBase64(signature?.sig);
    return decoded === undefined ? [] : [{ keyid: asText(signature?.keyid) ?? '', bytes: decoded, ...proofs }];
  });
  const [first, ...rest] = signatures;
  if (first === undefined || signatures.length < entries.length) return malformed('signatures in base64');
  const form = mediaType === DSSE_MEDIA_TYPE ? 'dsse' : 'sigstore-bundle';
  return { ok: true, contents: [{ form, payload, payloadType, signatures: [first, ...rest], mediaType, at: '' }] };
}

/** Protobuf's JSON takes null for absent. */
const isSet = (value: unknown): boolean => value !== undefined && value !== null;

function libraryMessage(error: unknown): string {
  if (error instanceof ValidationError) return `${error.message}: ${error.fields.join(', ')}`;
  return error instanceof Error ? error.message : String(error);
}

const malformed = (expected: string, found = 'something else'): ContainerReading =>
  refuse('attestation-malformed', expected, found);

const refuse = (code: Refusal['code'], expected: string, found: string): ContainerReading => ({
  ok: false,
  refusal: { code, step: 'container', expected, found },
});
