import { RFC3161Timestamp } from '@sigstore/core';
import { type DerElement, oidText, readElements, readInside, TAG } from './der.ts';

/** `YYYYMMDDhhmmss`, a fraction without zeros at its end, `Z` (RFC 3161, 2.4.2). */
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d*[1-9]))?Z$/;
const GENERALIZED_TIME_TAG = 0x18;
/** PKIStatus: granted, and granted with modifications. */
const GRANTED: readonly bigint[] = [0n, 1n];

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSA_HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

/**
 * Reads an RFC 3161 response. The library takes fractions of a second only of three digits, though DER strips zeros, so
 * the time is read here; it takes any RSA signature for one over SHA-256, so that is read here too; and it overlooks what
 * it doesn't look for, so the form is checked here. Throws on anything else than a granted response.
 */
export function readTimestamp(der: Buffer): RFC3161Timestamp {
  const timestamp = RFC3161Timestamp.parse(Buffer.from(der));
  if (!GRANTED.includes(timestamp.status)) throw new Error('a response that was not granted');
  const signingTime = { value: genTime(timestamp) };
  const hash = rsaHash(signerOf(der), timestamp.signerDigestAlgorithm);
  const signatureAlgorithm = hash === undefined ? {} : { signatureAlgorithm: { value: hash } };
  return Object.create(timestamp, { signingTime, ...signatureAlgorithm }) as RFC3161Timestamp;
}

/** The hash under an RSA signature: its own, or that of the token where the algorithm names the key alone. */
function rsaHash(signer: readonly DerElement[], tokenHash: string): string | undefined {
  const id = oidOf(readElements(need(signer[4], TAG.sequence))[0]);
  return id === RSA_ENCRYPTION ? tokenHash : RSA_HASHES[id];
}

/**
 * The parts of the signer of a token, if this is one as RFC 3161 and RFC 5652 demand it: one signer, whose attributes name the type of the content and its digest, each
 * once, and a content that is one TSTInfo and nothing behind it. Without the type, whatever else the key has ever signed
 * could pass for a time.
 */
function signerOf(der: Buffer): readonly DerElement[] {
  const [, token] = readInside(der, TAG.sequence);
  const [type, holder, ...others] = readElements(need(token, TAG.sequence));
  if (oidOf(type) !== SIGNED_DATA || others.length > 0) throw new Error('a token that is no signed data');
  const signedData = readInside(need(holder, 0xa0), TAG.sequence);
  const [contentType, content] = readElements(need(signedData[2], TAG.sequence));
  if (oidOf(contentType) !== TST_INFO) throw new Error('a token about something else than a time');
  const [octets, ...more] = readElements(need(content, 0xa0));
  if (more.length > 0) throw new Error('a token with several contents');
  readInside(need(octets, TAG.octets), TAG.sequence);
  const signers = readElements(need(signedData.at(-1), TAG.set));
  if (signers.length !== 1) throw new Error(`a token with ${signers.length} signers`);
  const signer = readElements(need(signers[0], TAG.sequence));
  checkAttributes(readElements(need(signer[3], 0xa0)));
  return signer;
}

function checkAttributes(attributes: readonly DerElement[]): void {
  const values = (id: string): readonly DerElement[] =>
    attributes.flatMap((each) => {
      const [type, set] = readElements(need(each, TAG.sequence));
      return oidOf(type) === id ? readElements(need(set, TAG.set)) : [];
    });
  const [types, digests] = [values(CONTENT_TYPE), values(MESSAGE_DIGEST)];
  if (types.length !== 1 || oidOf(types[0]) !== TST_INFO) throw new Error('a token whose signer meant no time');
  if (digests.length !== 1) throw new Error('a token whose signer names no digest, or several');
}

function need(element: DerElement | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new Error('a token of another form than RFC 3161');
  return element.content;
}

const oidOf = (element: DerElement | undefined): string => oidText(need(element, TAG.oid));

function genTime({ tstInfo }: RFC3161Timestamp): Date {
  // version, policy, message imprint, serial number, time.
  const element = tstInfo.root.subs[4];
  const [tag] = element?.toDER() ?? [];
  const match = tag === GENERALIZED_TIME_TAG ? GENERALIZED_TIME.exec(element?.value.toString('latin1') ?? '') : null;
  if (match === null) throw new Error('a response without a time in UTC');
  const [, year, month, day, hour, minute, second, fraction = '0'] = match;
  const seconds = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // What no calendar has is the second of March to some readers, where February has thirty days.
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(seconds)) {
    throw new Error('a response without a time in UTC');
  }
  return time;
}
