import { createPrivateKey, type KeyObject, scryptSync } from 'node:crypto';
import { Problem } from '../../api/problem.ts';
import { asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { describeKey, KEY_KINDS_IN_WORDS, kindOf } from '../../verify/keys.ts';

const ENCRYPTED = /-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/;
/** Keys that cosign writes need 64 MiB; a file that asks for far more is meant to stall whoever opens it. */
const SCRYPT_MAXMEM = 256 << 20;

/**
 * Reads a private key: PKCS#8 or SEC 1 PEM, or the encrypted form that cosign writes (scrypt and NaCl secretbox). Only
 * kinds that the cluster accepts are taken. Throws `key-unreadable`.
 */
export async function readPrivateKey(pem: string, password: string | undefined): Promise<KeyObject> {
  const body = ENCRYPTED.exec(pem)?.[1];
  const key = body === undefined ? openPlain(pem, password) : await openEncrypted(body, password);
  if (kindOf(key) !== undefined) return key;
  throw new Problem('key-unreadable', `the key is ${describeKey(key)}, and it must be ${KEY_KINDS_IN_WORDS}`, {
    hint: 'make one with: cosign generate-key-pair',
  });
}

function openPlain(pem: string, password: string | undefined): KeyObject {
  if (pem.includes('-----BEGIN PUBLIC KEY-----')) {
    throw new Problem('key-unreadable', 'this is a public key, and signing needs the private one');
  }
  try {
    return createPrivateKey({ key: pem, ...(password === undefined ? {} : { passphrase: password }) });
  } catch (cause) {
    const isLocked = pem.includes('ENCRYPTED') && password === undefined;
    throw new Problem('key-unreadable', isLocked ? 'the key is encrypted' : 'the file holds no private key in PEM', {
      cause,
      hint: isLocked ? PASSWORD_HINT : 'a PEM file with BEGIN PRIVATE KEY, BEGIN EC PRIVATE KEY, or a key of cosign',
    });
  }
}

const PASSWORD_HINT = 'set COSIGN_PASSWORD or PROVISO_KEY_PASSWORD';

async function openEncrypted(body: string, password: string | undefined): Promise<KeyObject> {
  if (password === undefined) throw new Problem('key-unreadable', 'the key is encrypted', { hint: PASSWORD_HINT });
  const box = readBox(body);
  const { xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
  let der: Uint8Array;
  try {
    const derived = scryptSync(password, box.salt, 32, { N: box.n, r: box.r, p: box.p, maxmem: SCRYPT_MAXMEM });
    der = xsalsa20poly1305(derived, box.nonce).decrypt(box.ciphertext);
  } catch (cause) {
    throw new Problem('key-unreadable', 'the key does not open with this password', { cause, hint: PASSWORD_HINT });
  }
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Problem('key-unreadable', 'the decrypted key is not PKCS#8', { cause });
  }
}

interface Box {
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** The JSON in the PEM block: `{kdf: {name, params, salt}, cipher: {name, nonce}, ciphertext}`. */
function readBox(body: string): Box {
  const unreadable = (cause?: unknown): Problem =>
    new Problem('key-unreadable', 'the encrypted key is not of the form that cosign writes', { cause });
  let json: UnknownRecord | undefined;
  try {
    json = asRecord(JSON.parse(Buffer.from(body, 'base64').toString('utf8')));
  } catch (error) {
    throw unreadable(error);
  }
  const kdf = asRecord(json?.kdf);
  const params = asRecord(kdf?.params);
  const cipher = asRecord(json?.cipher);
  const { N: n, r, p } = params ?? {};
  const bytes = (value: unknown): Buffer => Buffer.from(asText(value) ?? '', 'base64');
  const isKnown = kdf?.name === 'scrypt' && cipher?.name === 'nacl/secretbox';
  if (!isKnown || typeof n !== 'number' || typeof r !== 'number' || typeof p !== 'number') throw unreadable();
  return { salt: bytes(kdf.salt), nonce: bytes(cipher.nonce), ciphertext: bytes(json?.ciphertext), n, r, p };
}
