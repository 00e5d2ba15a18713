import { createHash } from 'node:crypto';
import { asRecord, type UnknownRecord } from '../../api/record.ts';
import type { SignedContent } from './content.ts';
import { parseDocument } from './document.ts';
import { DSSE_MEDIA_TYPE, readEnvelope, refuseInnerEvidence, soleEntry } from './envelope.ts';
import { type Evidence, leafFirst, signatureWith } from './evidence.ts';
import { fault } from './fault.ts';
import { isGiven, isSet, readBytes, readInteger, readObject, readText, step } from './fields.ts';
import { LIMITS } from './limits.ts';
import { readSignedEntryTimestamp } from './log-entry.ts';
import { readPem } from './pem.ts';
import { readTimestamp } from './timestamp.ts';

/** The annotations of a layer that bring what its signature needs. */
export const ANNOTATION = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  logEntry: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

/**
 * A layer that cosign v2 attached to an image: the OCI descriptor `{mediaType, digest, size, annotations, data}`, where
 * `data` is the envelope in base64 and the annotations bring the evidence for its one signature.
 */
export function readLayer(value: unknown, at: string): SignedContent {
  const layer = readObject(value, at);
  const mediaType = readText(layer.mediaType, `${at}/mediaType`);
  if (mediaType !== DSSE_MEDIA_TYPE) fault(`${at}/mediaType`, DSSE_MEDIA_TYPE, mediaType || 'none');
  const data = readData(layer, at);
  const envelope = readEnvelope(parseDocument(data, `${at}/data`), `${at}/data`);
  refuseInnerEvidence(envelope);
  const annotations = readAnnotations(layer.annotations, `${at}/annotations`);
  if (annotations(ANNOTATION.signature) !== undefined) {
    fault(`${at}/annotations${step(ANNOTATION.signature)}`, 'none, as the envelope has its own', 'a signature');
  }
  const lists = readEvidence(annotations, `${at}/annotations`);
  const isEmpty = Object.values(lists).every((list) => list.length === 0);
  const [first, ...rest] = isEmpty ? envelope.entries : [soleEntry(envelope, `${at}/data`)];
  // cosign v2 has the whole layer stamped, v3 the signature in it.
  const evidence = lists.timestamps.length === 0 ? lists : { ...lists, envelope: data };
  const signatures = [signatureWith(first, evidence), ...rest.map((entry) => signatureWith(entry, evidence))] as const;
  const { payload, payloadType } = envelope;
  return { form: 'cosign-layer', mediaType, payload, payloadType, signatures, at };
}

/** The bytes of the layer, if they are those that the descriptor is about. */
export function readData(layer: UnknownRecord, at: string): Buffer {
  const data = readBytes(layer.data, `${at}/data`);
  const size = readInteger(layer.size, `${at}/size`);
  if (size !== String(data.length)) fault(`${at}/size`, `${data.length}, the size of the data`, size);
  const digest = readText(layer.digest, `${at}/digest`);
  const [algorithm = ''] = /^sha(?:256|512)(?=:)/.exec(digest) ?? fault(`${at}/digest`, 'a SHA-256 digest', digest);
  const actual = `${algorithm}:${createHash(algorithm).update(data).digest('hex')}`;
  if (digest !== actual) fault(`${at}/digest`, `${actual}, the digest of the data`, digest);
  return data;
}

export type Annotations = (name: string) => string | undefined;

/** Annotations by name; cosign writes an empty one for what there isn't. */
export function readAnnotations(value: unknown, at: string): Annotations {
  const record = isSet(value) ? (asRecord(value) ?? fault(at, 'an object')) : {};
  return (name) =>
    Object.hasOwn(record, name) && isGiven(record[name])
      ? readText(record[name], at + step(name), LIMITS.bytes)
      : undefined;
}

/** What stands in the annotations for the one signature of a layer. */
export function readEvidence(annotations: Annotations, at: string): Required<Omit<Evidence, 'envelope'>> {
  const read = <T>(name: string, reader: (text: string, at: string) => T): readonly T[] => {
    const text = annotations(name);
    return text === undefined ? [] : [reader(text, at + step(name))];
  };
  const leaf = read(ANNOTATION.certificate, (text, where) => readPem(text, where, 1)).flat();
  const chain = read(ANNOTATION.chain, (text, where) => readPem(text, where, LIMITS.certificates - 1)).flat();
  return {
    certificates: leafFirst(leaf, chain, at),
    logEntries: read(ANNOTATION.logEntry, (json, where) =>
      readSignedEntryTimestamp(parseDocument(Buffer.from(json), where), where),
    ),
    timestamps: read(ANNOTATION.timestamp, readCosignTimestamp),
  };
}

function readCosignTimestamp(json: string, at: string): Buffer {
  const record = readObject(parseDocument(Buffer.from(json), at), at);
  return readTimestamp(record.SignedRFC3161Timestamp, `${at}/SignedRFC3161Timestamp`);
}
