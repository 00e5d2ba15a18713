import { bundleFromJSON, ValidationError } from '@sigstore/bundle';
import { asText, type UnknownRecord } from '../../api/record.ts';
import type { SignedContent } from './content.ts';
import { readEnvelope, refuseInnerEvidence, soleEntry } from './envelope.ts';
import { signatureWith } from './evidence.ts';
import { fault } from './fault.ts';
import { checkCertificateDer, isSet, readBytes, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';
import { readLogEntries } from './log-entry.ts';
import { readTimestamp } from './timestamp.ts';

/** The library's own pattern takes any version and any ending; rules exist for these alone. */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);
/** Members of which a bundle may have one; readers differ in which they take of several. */
const CONTENTS = ['dsseEnvelope', 'messageSignature'] as const;
const KEY_MATERIALS = ['publicKey', 'certificate', 'x509CertificateChain'] as const;

/** A Sigstore bundle, v0.1 to v0.3, around a DSSE envelope with one signature. */
export function readBundle(value: unknown, at: string): SignedContent {
  const bundle = readObject(value, at);
  const mediaType = asText(bundle.mediaType) ?? '';
  if (!MEDIA_TYPES.has(mediaType)) {
    fault(`${at}/mediaType`, 'the media type of a Sigstore bundle, version 0.1 to 0.3', mediaType || 'none');
  }
  checkVersionRules(bundle, at);
  refuseSeveral(bundle, CONTENTS, at);
  if (!isSet(bundle.dsseEnvelope)) fault(at, 'a bundle with a dsseEnvelope', 'a bundle around another content');
  const material = readObject(bundle.verificationMaterial, `${at}/verificationMaterial`);
  refuseSeveral(material, KEY_MATERIALS, `${at}/verificationMaterial`);
  const envelope = readEnvelope(bundle.dsseEnvelope, `${at}/dsseEnvelope`);
  refuseInnerEvidence(envelope);
  const { keyid, bytes } = soleEntry(envelope, `${at}/dsseEnvelope`);
  const hint = readHint(material, `${at}/verificationMaterial/publicKey`);
  if (hint !== '' && keyid !== '' && hint !== keyid) {
    fault(at, 'a publicKey hint and a keyid that agree', 'two different ones');
  }
  const signature = signatureWith(
    { keyid: keyid || hint, bytes },
    {
      certificates: readCertificates(material, `${at}/verificationMaterial`),
      logEntries: readLogEntries(material.tlogEntries, `${at}/verificationMaterial/tlogEntries`),
      timestamps: readTimestamps(material, `${at}/verificationMaterial/timestampVerificationData`),
    },
  );
  const { payload, payloadType } = envelope;
  return { form: 'sigstore-bundle', mediaType, payload, payloadType, signatures: [signature], at };
}

/** The library knows what each version demands; what it returns isn't used, since its base64 is lenient. */
function checkVersionRules(bundle: UnknownRecord, at: string): void {
  try {
    bundleFromJSON(bundle);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fields = error instanceof ValidationError ? `: ${error.fields.join(', ')}` : '';
    fault(at, 'a well-formed Sigstore bundle', `${message}${fields}`);
  }
}

function refuseSeveral(holder: UnknownRecord, names: readonly string[], at: string): void {
  const several = names.filter((name) => isSet(holder[name]));
  if (several.length > 1) fault(at, `one of ${names.join(', ')}`, several.join(' and '));
}

const readHint = ({ publicKey }: UnknownRecord, at: string): string =>
  isSet(publicKey) ? readText(readObject(publicKey, at).hint, `${at}/hint`) : '';

/** The leaf first. */
function readCertificates(material: UnknownRecord, at: string): readonly Buffer[] {
  if (isSet(material.certificate)) return [readCertificate(material.certificate, `${at}/certificate`)];
  if (!isSet(material.x509CertificateChain)) return [];
  const chain = readObject(material.x509CertificateChain, `${at}/x509CertificateChain`);
  const inside = `${at}/x509CertificateChain/certificates`;
  return readList(chain.certificates, inside, LIMITS.certificates).map((one, index) =>
    readCertificate(one, `${inside}/${index}`),
  );
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
