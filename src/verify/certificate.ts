import { X509Certificate } from 'node:crypto';
import { extensionFault } from './extensions.ts';
import { isP256 } from './keys.ts';
import type { Refusal, Trust } from './verdict.ts';

export type CertificateReading =
  | {
      readonly ok: true;
      readonly certificate: X509Certificate;
      readonly identity: string;
      readonly fingerprint: string;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Checks a leaf of the cluster's own authority: chain, time, purpose, and that its one name is exactly the one that is
 * trusted. There is no log and no timestamp, so the certificate has to be valid at the moment it is handed in.
 */
export function checkCertificate(
  der: Uint8Array,
  trust: NonNullable<Trust['clusterCa']>,
  now: Date,
): CertificateReading {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(der);
  } catch {
    return refuse('certificate-invalid', 'a certificate in DER', 'bytes that are none');
  }
  // OpenSSL takes PEM as well, and DER with a tail: other readers of the same bundle don't.
  if (!leaf.raw.equals(der))
    return refuse('certificate-invalid', 'a certificate in DER', 'one with something around it');
  const issuers = trust.roots.flatMap((pem) => issuerOf(leaf, pem, now) ?? []);
  if (issuers.length === 0) {
    return refuse(
      'certificate-invalid',
      "a certificate of the cluster's signing authority",
      `one issued by '${oneLine(leaf.issuer)}'`,
    );
  }
  const faults = issuers.map((issuer) => extensionFault(issuer.raw, 'authority'));
  if (!faults.includes(undefined)) {
    return refuse('certificate-invalid', 'an authority that may issue certificates for signing', faults[0] ?? '');
  }
  if (!isValidAt(leaf, now)) {
    const span = `${leaf.validFromDate.toISOString()} to ${leaf.validToDate.toISOString()}`;
    return refuse('certificate-invalid', `a certificate valid at ${now.toISOString()}`, `one valid from ${span}`);
  }
  const fault = leaf.ca ? 'one of an authority' : extensionFault(leaf.raw, 'leaf');
  if (fault !== undefined) return refuse('certificate-invalid', 'a leaf certificate for code signing', fault);
  if (!isP256(leaf.publicKey)) {
    const found = leaf.publicKey.asymmetricKeyType ?? 'another kind';
    return refuse('certificate-invalid', 'a certificate for a P-256 key', `one for ${found}`);
  }
  // Node prints the names in one line and quotes what could be mistaken, so this holds for exactly one URI.
  if (leaf.subjectAltName !== `URI:${trust.identity}`) {
    return refuse(
      'signer-not-allowed',
      `the identity '${trust.identity}'`,
      `'${oneLine(leaf.subjectAltName ?? 'none')}'`,
    );
  }
  const fingerprint = leaf.fingerprint256.replaceAll(':', '').toLowerCase();
  return { ok: true, certificate: leaf, identity: trust.identity, fingerprint };
}

function issuerOf(leaf: X509Certificate, rootPem: string, now: Date): X509Certificate | undefined {
  try {
    const root = new X509Certificate(rootPem);
    // Whether a key usage lets it sign certificates is told below, with the reason; OpenSSL would only say no.
    const isIssuer = root.subject === leaf.issuer && leaf.verify(root.publicKey);
    return isIssuer && isValidAt(root, now) ? root : undefined;
  } catch {
    return undefined;
  }
}

/** Why an authority's certificate can't issue what this accepts, in words; undefined when it can. */
export function authorityFault(pem: string): string | undefined {
  try {
    return extensionFault(new X509Certificate(pem).raw, 'authority');
  } catch {
    return 'one that can not be read';
  }
}

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate <= now && now <= validToDate;

/** Node has `undefined` for an empty name. */
const oneLine = (text: string | undefined): string => (text ?? 'nobody').replaceAll(/\s+/g, ' ').slice(0, 300);

const refuse = (code: Refusal['code'], expected: string, found: string): CertificateReading => ({
  ok: false,
  refusal: { code, step: 'certificate', expected, found },
});
