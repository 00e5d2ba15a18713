import { createPrivateKey, type KeyObject } from 'node:crypto';
import { crypto, ECDSA_P256, exportPrivateKey, generateKeys, x509 } from './crypto.ts';

/** A fresh P-256 key and a PKCS#10 request for it, PEM. The key never leaves the process. */
export async function createSigningRequest(): Promise<{ readonly key: KeyObject; readonly csr: string }> {
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=proviso', keys, signingAlgorithm: ECDSA_P256 },
    crypto,
  );
  return { key: createPrivateKey(await exportPrivateKey(keys.privateKey)), csr: request.toString('pem') };
}
