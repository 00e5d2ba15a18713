import { element, readInside, TAG } from '../der.ts';
import { fault } from './fault.ts';
import { isOneSequence, readBytes } from './fields.ts';
import { LIMITS } from './limits.ts';

/** `status: granted`, as a response has it in front of its token. */
const GRANTED = Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00]);

/** An RFC 3161 response in base64, DER. */
export function readTimestamp(value: unknown, at: string): Buffer {
  const der = readBytes(value, at, LIMITS.timestampBytes);
  return isOneSequence(der) ? der : fault(at, 'a timestamp in DER', 'bytes that are none, or with something around it');
}

/** The same from a tool that keeps the token of a response alone: it begins with the type of its content. */
export function readTimestampToken(value: unknown, at: string): Buffer {
  const der = readTimestamp(value, at);
  return firstTag(der) === TAG.oid ? element(TAG.sequence, GRANTED, der) : der;
}

function firstTag(der: Buffer): number | undefined {
  try {
    return readInside(der, TAG.sequence)[0]?.tag;
  } catch {
    return undefined;
  }
}
