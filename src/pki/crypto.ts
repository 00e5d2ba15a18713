// The certificate library finds its constructors by decorators' metadata.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export type CryptoKey = webcrypto.CryptoKey;

const provider = webcrypto;
x509.cryptoProvider.set(provider);

/** The one signature algorithm of all certificates that Proviso makes: ECDSA on P-256 with SHA-256. */
export const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export { provider as crypto, x509 };

/** A fresh P-256 key pair. */
export const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  provider.subtle.generateKey(ECDSA_P256, true, ['sign', 'verify']);

/** PKCS#8 PEM of a private key. */
export async function exportPrivateKey(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await provider.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** Reads a PKCS#8 PEM with a P-256 key. */
export async function importPrivateKey(pem: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error('there is no PEM block with a private key');
  return provider.subtle.importKey('pkcs8', der, ECDSA_P256, true, ['sign']);
}
