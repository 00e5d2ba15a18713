import type { SignatureFacts } from './signature.ts';

/** The tag of a signature packet (RFC 9580, 5). */
const SIGNATURE = 2;
/** Subpackets that say whose the signature is (5.2.3.7). */
const ISSUER_KEY_ID = 16;
const SIGNERS_USER_ID = 28;
const ISSUER_FINGERPRINT = 33;

/**
 * Whose key an OpenPGP signature names, of versions 3, 4 and 6. Throws on anything else than one signature packet, and on
 * a signature that names two.
 */
export function readPgpSignature(bytes: Buffer): SignatureFacts {
  const body = onlyPacket(bytes);
  const version = body.readUInt8(0);
  if (version === 3) return { keyId: hex(part(body, 7, 8)) };
  if (version !== 4 && version !== 6) throw new Error(`a signature of version ${version}`);
  const width = version === 6 ? 4 : 2;
  const hashed = part(body, 4 + width, body.readUIntBE(4, width));
  const next = 4 + width + hashed.length;
  const unhashed = part(body, next + width, body.readUIntBE(next, width));
  const found = [...subpackets(hashed), ...subpackets(unhashed)];
  const fingerprint = only(found, ISSUER_FINGERPRINT, fingerprintOf);
  const stated = only(found, ISSUER_KEY_ID, (content) => hex(part(content, 0, 8, 'all')));
  const derived = fingerprint?.length === 40 ? fingerprint.slice(-16) : fingerprint?.slice(0, 16);
  if (stated !== undefined && derived !== undefined && stated !== derived) throw new Error('two different keys');
  const keyId = derived ?? stated;
  const signer = only(found, SIGNERS_USER_ID, userId);
  return {
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(keyId === undefined ? {} : { keyId }),
    ...(signer === undefined ? {} : { signer }),
  };
}

/** The content of the one packet, whose length may be written in the old way or the new. */
function onlyPacket(bytes: Buffer): Buffer {
  const head = bytes.readUInt8(0);
  if ((head & 0x80) === 0) throw new Error('no packet');
  const isNew = (head & 0x40) !== 0;
  if ((isNew ? head & 0x3f : (head >> 2) & 0x0f) !== SIGNATURE) throw new Error('no signature packet');
  const { length, width } = isNew ? newLength(bytes, 1) : oldLength(bytes, head & 0x03);
  return part(bytes, 1 + width, length, 'all');
}

interface Length {
  readonly length: number;
  /** Bytes that the length itself takes. */
  readonly width: number;
}

function oldLength(bytes: Buffer, type: number): Length {
  if (type === 3) throw new Error('a packet without a length');
  const width = 1 << type;
  return { length: bytes.readUIntBE(1, width), width };
}

/** Also that of a subpacket, which has no partial lengths: there 224 to 254 mean more than a signature may take. */
function newLength(bytes: Buffer, at: number): Length {
  const first = bytes.readUInt8(at);
  if (first < 192) return { length: first, width: 1 };
  if (first < 224) return { length: ((first - 192) << 8) + bytes.readUInt8(at + 1) + 192, width: 2 };
  if (first === 255) return { length: bytes.readUInt32BE(at + 1), width: 5 };
  throw new Error('a packet in pieces');
}

interface Subpacket {
  readonly type: number;
  readonly content: Buffer;
}

function subpackets(area: Buffer): readonly Subpacket[] {
  const found: Subpacket[] = [];
  for (let at = 0; at < area.length; ) {
    const { length, width } = newLength(area, at);
    const whole = part(area, at + width, length);
    // The highest bit says that who doesn't know the type may not go on.
    found.push({ type: whole.readUInt8(0) & 0x7f, content: whole.subarray(1) });
    at += width + length;
  }
  return found;
}

/** What the subpackets of a type say, which has to be one thing. */
function only(all: readonly Subpacket[], type: number, read: (content: Buffer) => string): string | undefined {
  const values = new Set(all.filter((each) => each.type === type).map(({ content }) => read(content)));
  if (values.size > 1) throw new Error(`subpackets of type ${type} that contradict each other`);
  return [...values][0];
}

/** A version and the fingerprint: SHA-1 for keys of version 4, SHA-256 for later ones. */
function fingerprintOf(content: Buffer): string {
  const length = content.readUInt8(0) === 4 ? 20 : 32;
  return hex(part(content, 1, length, 'all'));
}

function userId(content: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(content).trim();
  if (text === '' || /\p{Cc}/u.test(text)) throw new Error('a user id that is not plain text');
  return text;
}

/** So many bytes from there; with `all` there may be none behind them. */
function part(bytes: Buffer, start: number, length: number, which: 'some' | 'all' = 'some'): Buffer {
  const end = start + length;
  if (end > bytes.length || (which === 'all' && end !== bytes.length)) throw new Error('a length that is wrong');
  return bytes.subarray(start, end);
}

const hex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();
