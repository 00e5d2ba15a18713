import { X509Certificate } from 'node:crypto';
import type { RootDocument } from '../api/trust.ts';
import { signatureFault } from './certificate-signature.ts';
import { findPaths, type Path } from './chain.ts';
import { certificateFacts } from './claims.ts';
import type { EnvelopeSignature } from './container/content.ts';
import { extensionFault, readExtensions } from './extensions.ts';
import { describeKey, KEY_KINDS_IN_WORDS, keyIdOf, kindOf } from './keys.ts';
import { isLoggedFor } from './log-signer.ts';
import { subjectName } from './names.ts';
import { type PreparedRoot, prepareRoot } from './root.ts';
import { countCtEntries } from './sct.ts';
import type { SignedBytes } from './signed-bytes.ts';
import { type ProvenTime, proveTimes } from './times.ts';
import type { Refusal, Signer } from './verdict.ts';

type CertifiedSigner = Extract<Signer, { kind: 'certificate' }>;

export type CertificateReading =
  | { readonly ok: true; readonly signer: CertifiedSigner; readonly keyId: string }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Who signed, by the certificate that came along: its chain to the root, the times at which it was used, its purpose, its
 * logs, and its one name. Whether that identity is trusted is for the caller to say. May throw on what can't be read.
 */
export function proveCertificate(
  signature: EnvelopeSignature,
  signed: SignedBytes,
  document: RootDocument,
  now: Date,
): CertificateReading {
  if (signature.certificate === undefined) {
    return refuse('a certificate of the trusted root', 'a signature without one', 'signer-not-allowed');
  }
  const leaf = readCertificate(signature.certificate);
  if (leaf === undefined) return refuse('a certificate in DER', 'bytes that are none, or have something around');
  const fault = leafFault(leaf);
  if (fault !== undefined) return refuse('a leaf certificate for code signing', fault);
  const root = prepareRoot(document);
  const intermediates = signature.intermediates.flatMap((der) => readCertificate(der) ?? []);
  const paths = findPaths(leaf, intermediates, root.authorities);
  if (typeof paths === 'string') return refuse('a certificate of an authority of the trusted root', paths);
  const proof = proveTimes({ signature, signed, key: leaf.publicKey }, root, now);
  if (!proof.ok) return proof;
  const path = paths.find(({ isValidAt }) => proof.times.every(({ at }) => isValidAt(at)));
  if (path === undefined) {
    const when = proof.times.map(({ at }) => at.toISOString()).join(' and ');
    return refuse(`a certificate valid at ${when}`, `one valid ${paths[0]?.validity}`);
  }
  return logFault(signature, leaf, path, root) ?? identify(leaf, proof.times);
}

function identify(leaf: X509Certificate, times: readonly ProvenTime[]): CertificateReading {
  const extensions = readExtensions(leaf.raw);
  const name = subjectName(extensions);
  if (typeof name === 'string') return refuse('exactly one subject alternative name', name, 'signer-not-allowed');
  const { issuer, claims } = certificateFacts(extensions);
  // Of two at one instant the timestamp authority's, which comes last: it says so on purpose.
  const earliest = times.reduce((first, each) => (each.at <= first.at ? each : first));
  return {
    ok: true,
    keyId: keyIdOf(leaf.publicKey),
    signer: {
      kind: 'certificate',
      identity: name.value,
      ...(issuer === undefined ? {} : { issuer }),
      fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
      time: earliest.at.toISOString(),
      timeSource: earliest.source,
      claims,
    },
  };
}

/** OpenSSL takes PEM as well, and DER with a tail: other readers of the same bundle don't. */
function readCertificate(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function leafFault(leaf: X509Certificate): string | undefined {
  if (leaf.ca) return 'one of an authority';
  if (kindOf(leaf.publicKey) === undefined)
    return `one for a key of ${describeKey(leaf.publicKey)}, not ${KEY_KINDS_IN_WORDS}`;
  return signatureFault(leaf) ?? extensionFault(leaf.raw, 'leaf');
}

/** What logs should have said of the certificate: of its use, and of its issue. */
function logFault(
  { logEntries }: EnvelopeSignature,
  leaf: X509Certificate,
  { issuer }: Path,
  { tlogs, ctlogs, thresholds }: PreparedRoot,
): CertificateReading | undefined {
  if (tlogs.length > 0 && !logEntries.every((entry) => isLoggedFor(entry, leaf))) {
    return refuse('a log entry for this certificate', 'one for another', 'log-entry-invalid');
  }
  if (thresholds.ctEntries === 0) return undefined;
  let count: number;
  try {
    count = countCtEntries(leaf, issuer, ctlogs);
  } catch (error) {
    return refuse('signed certificate timestamps of logs of the trusted root', (error as Error).message);
  }
  if (count >= thresholds.ctEntries) return undefined;
  return refuse(`${thresholds.ctEntries} signed certificate timestamps`, String(count));
}

const refuse = (
  expected: string,
  found: string,
  code: Refusal['code'] = 'certificate-invalid',
): CertificateReading => ({
  ok: false,
  refusal: { code, step: code === 'log-entry-invalid' ? 'log' : 'certificate', expected, found },
});
