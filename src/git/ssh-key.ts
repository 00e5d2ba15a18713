import { createPublicKey, type KeyObject } from 'node:crypto';
import { kindOf } from '../verify/keys.ts';
import { readSshFields } from './ssh-fields.ts';

/** A key that signatures are checked with here, and how it signs. */
export interface SshKey {
  readonly key: KeyObject;
  /** By the algorithm that a signature names: the hash, none for Ed25519. */
  readonly hashes: Readonly<Record<string, 'sha256' | 'sha384' | 'sha512' | undefined>>;
  /** Bytes of each of the two numbers of an ECDSA signature. */
  readonly width?: number;
}

const CURVES = {
  nistp256: { crv: 'P-256', hash: 'sha256', width: 32 },
  nistp384: { crv: 'P-384', hash: 'sha384', width: 48 },
  nistp521: { crv: 'P-521', hash: 'sha512', width: 66 },
} as const;
/** As long as OpenSSH makes them; which of them are taken is said elsewhere. */
const MODULUS = 2048;
const EXPONENT = 8;

/** The key in the wire form of a public key; undefined for kinds that aren't known here. Throws on bytes that are none. */
export function readSshKey(blob: Buffer): SshKey | undefined {
  const fields = readSshFields(blob);
  const type = fields.text();
  const read = READERS.get(type);
  const found = read?.(fields, type);
  if (found === undefined) return undefined;
  fields.end();
  return kindOf(found.key) === undefined ? undefined : found;
}

type Reader = (fields: ReturnType<typeof readSshFields>, type: string) => SshKey;

const ecdsa =
  (name: keyof typeof CURVES): Reader =>
  (fields, type) => {
    const { crv, hash, width } = CURVES[name];
    const [curve, point] = [fields.text(), fields.string()];
    if (curve !== name || point.length !== 1 + 2 * width || point[0] !== 4) throw new Error('a point that is none');
    const [x, y] = [base64url(point.subarray(1, 1 + width)), base64url(point.subarray(1 + width))];
    const key = createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
    return { key, hashes: { [type]: hash }, width };
  };

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    'ssh-ed25519': (fields, type) => {
      const key = { kty: 'OKP', crv: 'Ed25519', x: base64url(fields.string()) };
      return { key: createPublicKey({ key, format: 'jwk' }), hashes: { [type]: undefined } };
    },
    'ssh-rsa': (fields) => {
      const e = base64url(trimmed(fields.number(EXPONENT)));
      const n = base64url(trimmed(fields.number(MODULUS)));
      const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
      // Not `ssh-rsa`, which is SHA-1.
      return { key, hashes: { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' } };
    },
    'ecdsa-sha2-nistp256': ecdsa('nistp256'),
    'ecdsa-sha2-nistp384': ecdsa('nistp384'),
    'ecdsa-sha2-nistp521': ecdsa('nistp521'),
  }),
);

const base64url = (bytes: Buffer): string => bytes.toString('base64url');
const trimmed = (bytes: Buffer): Buffer => bytes.subarray(bytes.findIndex((byte) => byte !== 0));
