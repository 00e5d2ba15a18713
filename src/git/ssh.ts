import { createHash, verify } from 'node:crypto';
import type { SignatureFacts } from './signature.ts';
import { readSshFields } from './ssh-fields.ts';
import { readSshKey, type SshKey } from './ssh-key.ts';

const MAGIC = 'SSHSIG';
const VERSION = 1;
/** What a signature is for; one made for files or mails doesn't count for git. */
const NAMESPACE = 'git';
const HASHES: readonly string[] = ['sha256', 'sha512'];

/**
 * The key in an SSH signature (openssh, PROTOCOL.sshsig), and whether it made the signature over what was signed; of kinds of
 * keys that aren't known here, such as those of security keys, that isn't said. Throws on any other bytes.
 */
export function readSshSignature(bytes: Buffer, signed: Uint8Array): SignatureFacts {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('no SSH signature');
  const fields = readSshFields(bytes, MAGIC.length);
  if (fields.uint32() !== VERSION) throw new Error('another version');
  const publicKey = fields.string();
  const [namespace, reserved, hash, signature] = [fields.text(), fields.string(), fields.text(), fields.string()];
  fields.end();
  if (namespace !== NAMESPACE) throw new Error('a signature that is not for git');
  if (!HASHES.includes(hash)) throw new Error('a hash that is none of the two');
  const key = readSshKey(publicKey);
  const digest = createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '');
  const message = Buffer.concat([
    Buffer.from(MAGIC),
    ...[Buffer.from(namespace), reserved, Buffer.from(hash), createHash(hash).update(signed).digest()].map(framed),
  ]);
  return {
    fingerprint: `SHA256:${digest}`,
    ...(key === undefined ? {} : { keyProven: isSignedBy(key, signature, message) }),
  };
}

function isSignedBy({ key, hashes, width }: SshKey, blob: Buffer, message: Buffer): boolean {
  const fields = readSshFields(blob);
  const [algorithm, value] = [fields.text(), fields.string()];
  fields.end();
  if (!Object.hasOwn(hashes, algorithm)) return false;
  const hash = hashes[algorithm] ?? null;
  if (width === undefined) return verify(hash, message, key, value);
  const numbers = readSshFields(value);
  const pair = Buffer.concat([numbers.number(width), numbers.number(width)]);
  numbers.end();
  return verify(hash, message, { key, dsaEncoding: 'ieee-p1363' }, pair);
}

/** A string as SSH writes it. */
function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
