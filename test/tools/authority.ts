import { createPrivateKey } from 'node:crypto';
import { type CryptoKey, crypto, ECDSA_P256, exportPrivateKey, generateKeys, x509 } from '../../src/pki/crypto.ts';

/** What Fulcio signs with. */
export interface SigningAuthority {
  /** PEM: the intermediate, then the root. */
  readonly chain: string;
  /** The intermediate's key as RFC 1423 has it, which is what Fulcio reads. */
  readonly encryptedKey: string;
  readonly password: string;
}

const YEAR_MS = 365 * 86_400_000;
const KEY_USAGE = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;

/** A root, and an intermediate that may sign code signing certificates, as the public Fulcio has them. */
export async function createSigningAuthority(now: Date): Promise<SigningAuthority> {
  const window = { notBefore: new Date(now.getTime() - 60_000), notAfter: new Date(now.getTime() + YEAR_MS) };
  const rootKeys = await generateKeys();
  const keys = await generateKeys();
  const rootName = 'O=proviso.test, CN=root';
  const root = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: rootName,
      ...window,
      signingAlgorithm: ECDSA_P256,
      keys: rootKeys,
      extensions: await authorityExtensions(rootKeys.publicKey, 1),
    },
    crypto,
  );
  const intermediate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '02',
      subject: 'O=proviso.test, CN=intermediate',
      issuer: rootName,
      ...window,
      signingAlgorithm: ECDSA_P256,
      publicKey: keys.publicKey,
      signingKey: rootKeys.privateKey,
      extensions: [
        ...(await authorityExtensions(keys.publicKey, 0)),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
        await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const password = crypto.randomUUID();
  const encryptedKey = createPrivateKey(await exportPrivateKey(keys.privateKey))
    .export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: password })
    .toString();
  return { chain: `${intermediate.toString('pem')}\n${root.toString('pem')}\n`, encryptedKey, password };
}

const authorityExtensions = async (key: CryptoKey, pathLength: number): Promise<x509.Extension[]> => [
  new x509.BasicConstraintsExtension(true, pathLength, true),
  new x509.KeyUsagesExtension(KEY_USAGE, true),
  await x509.SubjectKeyIdentifierExtension.create(key, false, crypto),
];
