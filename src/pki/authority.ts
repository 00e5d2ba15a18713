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
}

/** A self-signed certificate authority that may sign leaves only. */
export async function createCertificateAuthority(options: AuthorityOptions): Promise<KeyPairPem> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerial(),
      name: `CN=${options.commonName}`,
      ...validity(options.now, options.days * DAY_MS),
      signingAlgorithm: ECDSA_P256,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { certificate: certificate.toString('pem'), privateKey: await exportPrivateKey(keys.privateKey) };
}

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

/** 127 random bits, hex: positive, as RFC 5280 demands. */
export function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** When a certificate is valid. */
export function certificateValidity(pem: string): { readonly notBefore: Date; readonly notAfter: Date } {
  const { notBefore, notAfter } = new x509.X509Certificate(pem);
  return { notBefore, notAfter };
}
