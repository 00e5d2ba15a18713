import {
  type CryptoKey,
  crypto,
  ECDSA_P256,
  exportPrivateKey,
  generateKeys,
  importPrivateKey,
  x509,
} from './crypto.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPairPem {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface AuthorityOptions {
  readonly commonName: string;
  readonly now: Date;
  readonly days: number;
  /** How many authorities may stand between it and a leaf; absent: none. */
  readonly pathLength?: number;
}

/** A self-signed certificate authority. */
export async function createCertificateAuthority(options: AuthorityOptions): Promise<KeyPairPem> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerial(),
      name: subjectOf(options.commonName),
      ...validity(options.now, options.days * DAY_MS),
      signingAlgorithm: ECDSA_P256,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, options.pathLength ?? 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { certificate: certificate.toString('pem'), privateKey: await exportPrivateKey(keys.privateKey) };
}

/** An authority that another one vouches for, for code signing leaves only, and that doesn't outlive it. */
export async function issueIntermediate(parent: KeyPairPem, options: AuthorityOptions): Promise<KeyPairPem> {
  const issuer = await openAuthority(parent);
  const keys = await generateKeys();
  const { notBefore, notAfter } = validity(options.now, options.days * DAY_MS);
  const end = Math.min(notAfter.getTime(), issuer.certificate.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: subjectOf(options.commonName),
      issuer: issuer.certificate.subject,
      notBefore,
      notAfter: new Date(end),
      signingAlgorithm: ECDSA_P256,
      publicKey: keys.publicKey,
      signingKey: issuer.key,
      extensions: [
        new x509.BasicConstraintsExtension(true, options.pathLength ?? 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, crypto),
      ],
    },
    crypto,
  );
  return { certificate: certificate.toString('pem'), privateKey: await exportPrivateKey(keys.privateKey) };
}

const subjectOf = (commonName: string): string => `O=Proviso, CN=${commonName}`;

/** An authority's certificate and key, ready to sign. */
export interface Issuer {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

export async function openAuthority(authority: KeyPairPem): Promise<Issuer> {
  return {
    certificate: new x509.X509Certificate(authority.certificate),
    key: await importPrivateKey(authority.privateKey),
  };
}

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
/** Clocks of nodes differ a little. */
const SKEW_MS = MINUTE_MS;

export const validity = (now: Date, ms: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now.getTime() - SKEW_MS),
  notAfter: new Date(now.getTime() + ms),
});

/** 20 random bytes, hex: positive, as RFC 5280 demands, and as long as it allows. */
export function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** When a certificate is valid. */
export function certificateValidity(pem: string): { readonly notBefore: Date; readonly notAfter: Date } {
  const { notBefore, notAfter } = new x509.X509Certificate(pem);
  return { notBefore, notAfter };
}
