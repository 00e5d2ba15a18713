import { createHash, type X509Certificate } from 'node:crypto';
import { ASN1Obj, EXTENSION_OID_SCT, X509SCTExtension } from '@sigstore/core';
import { type DerElement, element, oidText, readElements, readInside, TAG } from './der.ts';
import { readExtensions } from './extensions.ts';
import type { PreparedRoot } from './root.ts';

/**
 * How many logs of the root have promised to publish the certificate (RFC 6962). Promises of logs that the root doesn't know
 * count for nothing, as an authority may use others too. Throws when one by a log that it knows is wrong.
 */
export function countCtEntries(leaf: X509Certificate, issuer: X509Certificate, ctlogs: PreparedRoot['ctlogs']): number {
  const extension = readExtensions(leaf.raw).get(EXTENSION_OID_SCT);
  if (extension === undefined) return 0;
  const signed = preCertificate(leaf, issuer);
  const logs = promisesIn(extension.value).flatMap((promise) => {
    const known = ctlogs.filter(({ logID }) => logID.equals(promise.logID));
    const isKept = known.some(
      ({ validFor, publicKey }) =>
        validFor.start <= promise.datetime && promise.datetime <= validFor.end && promise.verify(signed, publicKey),
    );
    if (known.length > 0 && !isKept) throw new Error('one that the log of the root has not made');
    return known.length === 0 ? [] : [promise.logID.toString('hex')];
  });
  if (new Set(logs).size < logs.length) throw new Error('the same signed certificate timestamp twice');
  return logs.length;
}

/** Of the value of the extension; the library wants it whole. */
function promisesIn(value: Buffer): X509SCTExtension['signedCertificateTimestamps'] {
  const whole = element(TAG.sequence, element(TAG.oid), element(TAG.octets, value));
  return new X509SCTExtension(ASN1Obj.parseBuffer(whole)).signedCertificateTimestamps;
}

/** What a log signed: the hash of the issuer's key, and the certificate as it was before the promise went into it. */
function preCertificate(leaf: X509Certificate, issuer: X509Certificate): Buffer {
  const signed = withoutPromises(leaf.raw);
  const length = Buffer.alloc(3);
  length.writeUIntBE(signed.length, 0, 3);
  return Buffer.concat([keyHashOf(issuer), length, signed]);
}

/** The signed part of a certificate without the one extension. The library does the same in twenty times the time. */
function withoutPromises(der: Buffer): Buffer {
  const [signed] = readInside(der, TAG.sequence);
  const parts = signed?.tag === TAG.sequence ? readElements(signed.content) : [];
  const kept = parts.map(({ tag, content }) => {
    if (tag !== EXTENSIONS) return element(tag, content);
    const others = readInside(content, TAG.sequence).filter((each) => !isPromises(each));
    const list = element(TAG.sequence, ...others.map((each) => element(each.tag, each.content)));
    return element(EXTENSIONS, list);
  });
  return element(TAG.sequence, ...kept);
}

/** [3] EXPLICIT. */
const EXTENSIONS = 0xa3;

function isPromises({ content }: DerElement): boolean {
  const [oid] = readElements(content);
  return oid?.tag === TAG.oid && oidText(oid.content) === EXTENSION_OID_SCT;
}

const keyHashes = new WeakMap<X509Certificate, Buffer>();

/** Asked for each leaf of an authority. */
function keyHashOf(issuer: X509Certificate): Buffer {
  const known = keyHashes.get(issuer);
  if (known !== undefined) return known;
  const der = issuer.publicKey.export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(der).digest();
  keyHashes.set(issuer, hash);
  return hash;
}
