import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { ByteStream, EXTENSION_OID_SCT, X509Certificate as LibraryCertificate, X509SCTExtension } from '@sigstore/core';
import type { PreparedRoot } from './root.ts';

/**
 * How many logs of the root have promised to publish the certificate (RFC 6962). Promises of logs that the root doesn't know
 * count for nothing, as an authority may use others too. Throws when one by a log that it knows is wrong.
 */
export function countCtEntries(leaf: X509Certificate, issuer: X509Certificate, ctlogs: PreparedRoot['ctlogs']): number {
  const certificate = LibraryCertificate.parse(Buffer.from(leaf.raw));
  const at = certificate.extensions.findIndex((each) => each.subs[0]?.toOID() === EXTENSION_OID_SCT);
  const [extension] = at < 0 ? [] : certificate.extensions.splice(at, 1);
  if (extension === undefined) return 0;
  const signed = preCertificate(certificate, issuer.publicKey);
  const logs = new X509SCTExtension(extension).signedCertificateTimestamps.flatMap((promise) => {
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

/** What a log signed: the hash of the issuer's key, and the certificate as it was before the promise went into it. */
function preCertificate(certificate: LibraryCertificate, issuer: KeyObject): Buffer {
  const stream = new ByteStream();
  stream.appendView(
    createHash('sha256')
      .update(issuer.export({ type: 'spki', format: 'der' }))
      .digest(),
  );
  const signed = certificate.tbsCertificate.toDER();
  stream.appendUint24(signed.length);
  stream.appendView(signed);
  return stream.buffer;
}
