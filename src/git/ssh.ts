import { createHash } from 'node:crypto';
import type { SignatureFacts } from './signature.ts';

const MAGIC = 'SSHSIG';
const VERSION = 1;
/** What a signature is for; one made for files or mails doesn't count for git. */
const NAMESPACE = 'git';

/** The key in an SSH signature (openssh, PROTOCOL.sshsig). Throws on any other bytes. */
export function readSshSignature(bytes: Buffer): SignatureFacts {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('no SSH signature');
  let at = MAGIC.length;
  const uint32 = (): number => {
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const string = (): Buffer => {
    const length = uint32();
    if (at + length > bytes.length) throw new Error('a string that is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  if (uint32() !== VERSION) throw new Error('another version');
  const [publicKey, namespace] = [string(), string()];
  const [, hash, signature] = [string(), string(), string()];
  if (at !== bytes.length) throw new Error('something behind the signature');
  if (namespace.toString('latin1') !== NAMESPACE) throw new Error('a signature that is not for git');
  if (publicKey.length === 0 || hash.length === 0 || signature.length === 0) throw new Error('an empty part');
  const digest = createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '');
  return { fingerprint: `SHA256:${digest}` };
}
