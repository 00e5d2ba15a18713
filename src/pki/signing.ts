import { Problem } from '../api/problem.ts';
import { type Issuer, MINUTE_MS, randomSerial, validity } from './authority.ts';
import { crypto, ECDSA_P256, x509 } from './crypto.ts';

/** The identity of a service account in the form that Fulcio uses for Kubernetes. */
export const serviceAccountIdentity = (namespace: string, name: string): string =>
  `https://kubernetes.io/namespaces/${namespace}/serviceaccounts/${name}`;

export interface SigningOptions {
  /** The SAN, a URI. */
  readonly identity: string;
  /** Who vouches for the identity: the API server's token issuer. */
  readonly issuerUrl: string;
  readonly now: Date;
  readonly minutes: number;
}

/** Fulcio's extension for the issuer, version 2: a DER UTF8String. */
const OID_ISSUER = '1.3.6.1.4.1.57264.1.8';
const MAX_CSR_CHARACTERS = 8192;

/**
 * A short-lived code signing certificate for the key of a PKCS#10 request. Only the key is taken from the request, and
 * only if the requester has proven to hold it. Throws `csr-invalid`.
 */
export async function issueSigningCertificate(issuer: Issuer, csr: string, options: SigningOptions): Promise<string> {
  const request = await readRequest(csr);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      issuer: issuer.certificate.subject,
      ...validity(options.now, options.minutes * MINUTE_MS),
      signingAlgorithm: ECDSA_P256,
      publicKey: request.publicKey,
      signingKey: issuer.key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
        // The subject is empty, so RFC 5280 wants the alternative name to be critical.
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: options.identity }], true),
        new x509.Extension(OID_ISSUER, false, utf8String(options.issuerUrl)),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, crypto),
      ],
    },
    crypto,
  );
  return certificate.toString('pem');
}

async function readRequest(csr: string): Promise<x509.Pkcs10CertificateRequest> {
  const hint = 'send a PKCS#10 request, PEM, for a P-256 key, signed by that key';
  if (csr.length > MAX_CSR_CHARACTERS) throw new Problem('csr-invalid', 'the request is too long', { hint });
  let request: x509.Pkcs10CertificateRequest;
  let isProven: boolean;
  try {
    request = new x509.Pkcs10CertificateRequest(csr);
    isProven = await request.verify(crypto);
  } catch (cause) {
    throw new Problem('csr-invalid', 'the request can not be read', { hint, cause });
  }
  const { algorithm } = request.publicKey;
  if (algorithm.name !== 'ECDSA' || !('namedCurve' in algorithm) || algorithm.namedCurve !== 'P-256') {
    throw new Problem('csr-invalid', `the key must be ECDSA on P-256, not ${algorithm.name}`, { hint });
  }
  if (!isProven) throw new Problem('csr-invalid', 'the request is not signed by the key it carries', { hint });
  return request;
}

function utf8String(text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > 255) throw new Problem('csr-invalid', 'the issuer is too long for a certificate');
  const length = bytes.length < 128 ? [bytes.length] : [0x81, bytes.length];
  return new Uint8Array([0x0c, ...length, ...bytes]);
}
