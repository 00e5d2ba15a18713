import { Problem } from '../api/problem.ts';
import { type Issuer, MINUTE_MS, randomSerial, validity } from './authority.ts';
import { crypto, ECDSA_P256, x509 } from './crypto.ts';

/** The identity of a service account in the form that Fulcio uses for Kubernetes. */
export const serviceAccountIdentity = (namespace: string, name: string): string =>
  `https://kubernetes.io/namespaces/${namespace}/serviceaccounts/${name}`;

/** What the API server calls a service account, and puts into its tokens as their subject. */
export const serviceAccountSubject = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`;

export interface SigningOptions {
  /** The SAN, a URI. */
  readonly identity: string;
  /** Who vouches for the identity: the API server's token issuer. */
  readonly issuerUrl: string;
  /** The subject of the caller's token; stated if it is given. */
  readonly tokenSubject?: string;
  readonly now: Date;
  readonly minutes: number;
}

/** Fulcio's extensions. The first, which it calls deprecated and yet writes, is bare text; the others a DER UTF8String. */
const OID_ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const OID_ISSUER = '1.3.6.1.4.1.57264.1.8';
const OID_TOKEN_SUBJECT = '1.3.6.1.4.1.57264.1.24';
const MAX_CSR_CHARACTERS = 8192;

/**
 * A short-lived code signing certificate for the key of a PKCS#10 request, as Fulcio issues it to a Kubernetes service
 * account. Only the key is taken from the request, and only if the requester has proven to hold it. It doesn't outlive
 * its authority. Throws `csr-invalid`, or `cluster-unavailable` when the authority isn't valid now.
 */
export async function issueSigningCertificate(issuer: Issuer, csr: string, options: SigningOptions): Promise<string> {
  const request = await readRequest(csr);
  const { identity, issuerUrl, tokenSubject } = options;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      issuer: issuer.certificate.subject,
      ...within(issuer, options),
      signingAlgorithm: ECDSA_P256,
      publicKey: request.publicKey,
      signingKey: issuer.key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
        // The subject is empty, so RFC 5280 wants the alternative name to be critical.
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: identity }], true),
        new x509.Extension(OID_ISSUER_V1, false, Buffer.from(issuerUrl, 'utf8')),
        new x509.Extension(OID_ISSUER, false, utf8String(issuerUrl)),
        ...(tokenSubject === undefined ? [] : [new x509.Extension(OID_TOKEN_SUBJECT, false, utf8String(tokenSubject))]),
        await x509.SubjectKeyIdentifierExtension.create(request.publicKey, false, crypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, crypto),
      ],
    },
    crypto,
  );
  return certificate.toString('pem');
}

/** The wanted minutes, as far as the authority itself is valid. */
function within({ certificate }: Issuer, { now, minutes }: SigningOptions): { notBefore: Date; notAfter: Date } {
  const { notBefore, notAfter } = validity(now, minutes * MINUTE_MS);
  if (now < certificate.notBefore || now >= certificate.notAfter) {
    const span = `${certificate.notBefore.toISOString()} to ${certificate.notAfter.toISOString()}`;
    throw new Problem('cluster-unavailable', `the cluster's signing authority is valid from ${span}, not now`, {
      hint: 'the operator renews its own ones; one that was given has to be replaced by who gave it',
    });
  }
  return {
    notBefore: new Date(Math.max(notBefore.getTime(), certificate.notBefore.getTime())),
    notAfter: new Date(Math.min(notAfter.getTime(), certificate.notAfter.getTime())),
  };
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
  if (bytes.length > 0xffff) throw new Problem('csr-invalid', 'the identity is too long for a certificate');
  const long = bytes.length < 0x100 ? [0x81, bytes.length] : [0x82, bytes.length >> 8, bytes.length & 0xff];
  return new Uint8Array([0x0c, ...(bytes.length < 0x80 ? [bytes.length] : long), ...bytes]);
}
