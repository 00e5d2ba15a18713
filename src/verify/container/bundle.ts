import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import type { UnknownRecord } from '../../api/record.ts';
import type { SignedContent } from './content.ts';
import { readEnvelope, refuseInnerEvidence, soleEntry } from './envelope.ts';
import { signatureWith } from './evidence.ts';
import { fault } from './fault.ts';
import { checkCertificateDer, isSet, readBytes, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';
import { readLogEntries } from './log-entry.ts';
import { readTimestamp } from './timestamp.ts';

type Version = '0.1' | '0.2' | '0.3';

/** Libraries take any version and any ending by a pattern; rules exist for these alone. */
const VERSIONS: ReadonlyMap<string, Version> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', '0.1'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', '0.2'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', '0.3'],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', '0.3'],
]);
/** Members of which a bundle may have one; readers differ in which they take of several. */
const CONTENTS = ['dsseEnvelope', 'messageSignature'] as const;
const KEY_MATERIALS = ['publicKey', 'certificate', 'x509CertificateChain'] as const;

/** A Sigstore bundle, v0.1 to v0.3, around a DSSE envelope with one signature. */
export function readBundle(value: unknown, at: string): SignedContent {
  const bundle = readObject(value, at);
  const mediaType = readText(bundle.mediaType, `${at}/mediaType`);
  const version =
    VERSIONS.get(mediaType) ??
    fault(`${at}/mediaType`, 'the media type of a Sigstore bundle, version 0.1 to 0.3', mediaType || 'none');
  if (oneOf(bundle, CONTENTS, at) !== 'dsseEnvelope') {
    fault(at, 'a bundle with a dsseEnvelope', 'a bundle around another content');
  }
  const material = readObject(bundle.verificationMaterial, `${at}/verificationMaterial`);
  const keyMaterial = oneOf(material, KEY_MATERIALS, `${at}/verificationMaterial`);
  if (version === '0.3' && keyMaterial === 'x509CertificateChain') {
    fault(`${at}/verificationMaterial`, 'a certificate alone, as version 0.3 demands', keyMaterial);
  }
  const envelope = readEnvelope(bundle.dsseEnvelope, `${at}/dsseEnvelope`);
  refuseInnerEvidence(envelope);
  const { keyid, bytes } = soleEntry(envelope, `${at}/dsseEnvelope`);
  const hint = readHint(material, `${at}/verificationMaterial/publicKey`);
  if (hint !== '' && keyid !== '' && hint !== keyid) {
    fault(at, 'a publicKey hint and a keyid that agree', 'two different ones');
  }
  const logEntries = readLogEntries(material.tlogEntries, `${at}/verificationMaterial/tlogEntries`);
  checkLogEntries(version, logEntries, `${at}/verificationMaterial/tlogEntries`);
  const evidence = {
    certificates: readCertificates(material, `${at}/verificationMaterial`),
    logEntries,
    timestamps: readTimestamps(material, `${at}/verificationMaterial/timestampVerificationData`),
  };
  const signature = signatureWith({ keyid: keyid || hint, bytes }, evidence);
  const { payload, payloadType } = envelope;
  return { form: 'sigstore-bundle', mediaType, payload, payloadType, signatures: [signature], at };
}

/** Which of the names is there: one, and no other. */
function oneOf<T extends string>(holder: UnknownRecord, names: readonly T[], at: string): T {
  const [name, ...others] = names.filter((one) => isSet(holder[one]));
  if (name === undefined) return fault(at, `one of ${names.join(', ')}`, 'none of them');
  if (others.length > 0) fault(at, `one of ${names.join(', ')}`, [name, ...others].join(' and '));
  return name;
}

/** Version 0.1 rests on the promise of the log, the later ones on a proof against a checkpoint. */
function checkLogEntries(version: Version, entries: readonly TransparencyLogEntry[], at: string): void {
  for (const [index, { inclusionPromise, inclusionProof }] of entries.entries()) {
    if (version === '0.1') {
      if (inclusionPromise === undefined)
        fault(`${at}/${index}`, 'an inclusionPromise, as version 0.1 demands', 'none');
    } else if (inclusionProof?.checkpoint === undefined) {
      fault(`${at}/${index}`, `an inclusionProof with a checkpoint, as version ${version} demands`, 'none');
    }
  }
}

const readHint = ({ publicKey }: UnknownRecord, at: string): string =>
  isSet(publicKey) ? readText(readObject(publicKey, at).hint, `${at}/hint`) : '';

/** The leaf first. */
function readCertificates(material: UnknownRecord, at: string): readonly Buffer[] {
  if (isSet(material.certificate)) return [readCertificate(material.certificate, `${at}/certificate`)];
  if (!isSet(material.x509CertificateChain)) return [];
  const chain = readObject(material.x509CertificateChain, `${at}/x509CertificateChain`);
  const inside = `${at}/x509CertificateChain/certificates`;
  const certificates = readList(chain.certificates, inside, LIMITS.certificates);
  if (certificates.length === 0) fault(inside, 'at least one certificate', 'none');
  return certificates.map((one, index) => readCertificate(one, `${inside}/${index}`));
}

const readCertificate = (value: unknown, at: string): Buffer =>
  checkCertificateDer(readBytes(readObject(value, at).rawBytes, `${at}/rawBytes`), `${at}/rawBytes`);

function readTimestamps({ timestampVerificationData: data }: UnknownRecord, at: string): readonly Buffer[] {
  if (!isSet(data)) return [];
  const inside = `${at}/rfc3161Timestamps`;
  return readList(readObject(data, at).rfc3161Timestamps, inside, LIMITS.timestamps).map((one, index) =>
    readTimestamp(readObject(one, `${inside}/${index}`).signedTimestamp, `${inside}/${index}/signedTimestamp`),
  );
}
