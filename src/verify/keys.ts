import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { sha256Hex } from '../api/canonical.ts';
import type { TrustedKey } from '../api/trust.ts';
import { readInside, TAG } from './der.ts';
import { createMemory } from './remembered.ts';

export type PublicKeyReading =
  | {
      readonly ok: true;
      readonly key: KeyObject;
      readonly publicKey: string;
      readonly fingerprint: string;
      /** As `keyIdOf` has it. */
      readonly keyId: string;
    }
  | { readonly ok: false; readonly message: string };

/** The kinds of keys that may sign, each with the names that the rest of the world uses. */
export type KeyKind = 'p256' | 'p384' | 'p521' | 'ed25519' | 'rsa' | 'rsa-pss';

export const KEY_KINDS_IN_WORDS = 'ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 4096 bits';

const CURVES: Readonly<Record<string, KeyKind>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' };
const RSA_BITS = { least: 2048, most: 4096 };
/** A huge exponent makes verifying as slow as signing; a tiny one has its own history of forgeries. */
const RSA_EXPONENT = { least: 65_537n, most: 2n ** 32n };

const readings = createMemory<PublicKeyReading>(1024);
/** No key that may sign has a longer PEM; a longer text isn't worth being remembered. */
const MAX_REMEMBERED = 4096;

/** Reads a public key PEM (SPKI) of a kind that may sign. Remembers it: reading takes longer than verifying with it. */
export const readPublicKey = (pem: string): PublicKeyReading =>
  pem.length > MAX_REMEMBERED ? readAnew(pem) : readings(pem, () => readAnew(pem));

function readAnew(pem: string): PublicKeyReading {
  if (pem.includes('PRIVATE KEY')) {
    return {
      ok: false,
      message: 'this is a private key; put only its public part here, and replace the key, since it was shown',
    };
  }
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) {
    return { ok: false, message: "there is no PEM block '-----BEGIN PUBLIC KEY-----'" };
  }
  // Node reads the first block alone; whoever put a second one there would believe that it counts.
  if (pem.split('-----BEGIN ').length > 2) {
    return { ok: false, message: 'there are several PEM blocks; put each key into an entry of its own' };
  }
  let key: KeyObject;
  try {
    key = inOneForm(createPublicKey(pem));
  } catch {
    return { ok: false, message: 'the PEM block does not hold a public key' };
  }
  if (kindOf(key) === undefined) {
    return { ok: false, message: `keys must be ${KEY_KINDS_IN_WORDS}, not ${describeKey(key)}` };
  }
  const der = key.export({ type: 'spki', format: 'der' });
  return {
    ok: true,
    key,
    publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintIn(der),
    keyId: keyIdIn(der),
  };
}

/** `SHA256:` and the base64 SHA-256 of the SPKI DER. */
export const fingerprintOf = (key: KeyObject): string => fingerprintIn(spkiOf(key));

/** What makes two keys the same one. A fingerprint doesn't: an RSA key has one for PKCS#1 and another for PSS. */
export function keyIdOf(key: KeyObject): string {
  const known = keyIds.get(key) ?? keyIdIn(spkiOf(key));
  keyIds.set(key, known);
  return known;
}

const keyIds = new WeakMap<KeyObject, string>();

const fingerprintIn = (der: Buffer): string => `SHA256:${createHash('sha256').update(der).digest('base64')}`;

function keyIdIn(der: Buffer): string {
  const bits = readInside(der, TAG.sequence).at(-1)?.content ?? Buffer.alloc(0);
  return sha256Hex(bits);
}

function spkiOf(key: KeyObject): Buffer {
  const der = key.export({ type: 'spki', format: 'der' });
  const isUsual = USUAL_FORMS.some((head) => head.equals(der.subarray(0, head.length)));
  return isUsual ? der : inOneForm(key).export({ type: 'spki', format: 'der' });
}

/** How the SPKI of a key on P-256, P-384 and P-521 begins whose curve is named and whose point is not compressed. */
const USUAL_FORMS = [
  '3059301306072a8648ce3d020106082a8648ce3d03010703420004',
  '3076301006072a8648ce3d020106052b8104002203620004',
  '30819b301006072a8648ce3d020106052b810400230381860004',
].map((hex) => Buffer.from(hex, 'hex'));

/** An EC key may have its point compressed or its curve spelled out; each would be another key by its fingerprint. */
const inOneForm = (key: KeyObject): KeyObject =>
  key.asymmetricKeyType === 'ec' && kindOf(key) !== undefined
    ? createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
    : key;

/** What kind of key it is; undefined for one that may not sign. */
export function kindOf(key: KeyObject): KeyKind | undefined {
  if (!kinds.has(key)) kinds.set(key, findKind(key));
  return kinds.get(key);
}

const kinds = new WeakMap<KeyObject, KeyKind | undefined>();

function findKind(key: KeyObject): KeyKind | undefined {
  const { namedCurve = '', modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return isSmallOrder(key) ? undefined : 'ed25519';
    case 'ec':
      return CURVES[namedCurve];
    case 'rsa':
    case 'rsa-pss': {
      const isSound =
        modulusLength >= RSA_BITS.least &&
        modulusLength <= RSA_BITS.most &&
        publicExponent >= RSA_EXPONENT.least &&
        publicExponent <= RSA_EXPONENT.most;
      return isSound ? key.asymmetricKeyType : undefined;
    }
    default:
      return undefined;
  }
}

/** The y of the points whose order divides 8, and those that are the same modulo 2^255 - 19; little-endian. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/** Under such a key one signature holds for many messages, and anybody can make it. */
function isSmallOrder(key: KeyObject): boolean {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  point.writeUInt8(point.readUInt8(31) & 0x7f, 31);
  return SMALL_ORDER.has(point.toString('hex'));
}

/** Whether a key counts at a time. */
export const countsAt = (
  { validFrom, validUntil }: Pick<TrustedKey, 'validFrom' | 'validUntil'>,
  time: Date,
): boolean =>
  (validFrom === undefined || time >= new Date(validFrom)) &&
  (validUntil === undefined || time <= new Date(validUntil));

/** The key in words, for messages. */
export function describeKey(key: KeyObject): string {
  const { namedCurve, modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ed25519') return isSmallOrder(key) ? 'ed25519 on a point of small order' : 'ed25519';
  const size = modulusLength === undefined ? namedCurve : `of ${modulusLength} bits and exponent ${publicExponent}`;
  return [key.asymmetricKeyType ?? 'unknown', size].filter(Boolean).join(' ').slice(0, 200);
}
