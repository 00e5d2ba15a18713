import { createPrivateKey, type KeyObject } from 'node:crypto';
import { validity } from '../../src/pki/authority.ts';
import { crypto, ECDSA_P256, exportPrivateKey, generateKeys, x509 } from '../../src/pki/crypto.ts';
import { IDENTITY, NOW } from './fixtures.ts';

export type Pair = Awaited<ReturnType<typeof generateKeys>>;

const { digitalSignature, keyCertSign } = x509.KeyUsageFlags;
const NAME = new x509.SubjectAlternativeNameExtension([{ type: 'url', value: IDENTITY }], true);
export const CODE_SIGNING = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]);
const SIGNS = new x509.KeyUsagesExtension(digitalSignature, true);

/** What makes a leaf one for signing; its name apart. */
export const FOR_SIGNING = [SIGNS, CODE_SIGNING];
export const LEAF = [...FOR_SIGNING, NAME];
export const authorityWith = (pathLength?: number, ...more: readonly x509.Extension[]): readonly x509.Extension[] => [
  new x509.BasicConstraintsExtension(true, pathLength, true),
  new x509.KeyUsagesExtension(keyCertSign, true),
  ...more,
];

/** A certificate and the keys of its subject. */
export interface Made {
  readonly certificate: x509.X509Certificate;
  readonly name: string;
  readonly keys: Pair;
}

export interface Making {
  readonly name?: string;
  /** Absent: it signs itself. */
  readonly by?: Pick<Made, 'name' | 'keys'>;
  readonly keys?: Pair;
  readonly extensions?: readonly x509.Extension[];
  readonly now?: Date;
  readonly days?: number;
  readonly algorithm?: { readonly name: string; readonly hash: string };
  /** Hex. */
  readonly serialNumber?: string;
}

let serial = 1;

export async function make(making: Making = {}): Promise<Made> {
  const { name = '', extensions = LEAF, now = NOW, days = 1, algorithm = ECDSA_P256 } = making;
  const keys = making.keys ?? (await generateKeys());
  const by = making.by ?? { name, keys };
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: making.serialNumber ?? (serial++).toString(16).padStart(4, '0'),
      subject: name,
      issuer: by.name,
      ...validity(now, days * 86_400_000),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: by.keys.privateKey,
      extensions: [...extensions],
    },
    crypto,
  );
  return { certificate, name, keys };
}

export const derOf = ({ certificate }: Made): Buffer => Buffer.from(certificate.rawData);
export const pemOf = ({ certificate }: Made): string => certificate.toString('pem');
export const keyOf = async ({ keys }: Made): Promise<KeyObject> =>
  createPrivateKey(await exportPrivateKey(keys.privateKey));
