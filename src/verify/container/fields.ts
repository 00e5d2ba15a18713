import { asRecord, type UnknownRecord } from '../../api/record.ts';
import { decodeBase64 } from '../base64.ts';
import { readElements, TAG } from '../der.ts';
import { fault } from './fault.ts';
import { LIMITS } from './limits.ts';

/** Readers of single members. Each takes what stands there and where, and throws a fault when it is something else. */

/** Whether the member is there. JSON of Protobuf and of Go takes null for absent. */
export const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** Whether the member is there and holds anything; tools in Go write out what is empty. */
export const isGiven = (value: unknown): boolean =>
  isSet(value) && value !== '' && !(Array.isArray(value) && value.length === 0);

/**
 * An object. Of two members that differ in case or in underscores alone, readers in Go and of Protobuf take one, or the
 * last: such an object is refused.
 */
export function readObject(value: unknown, at: string): UnknownRecord {
  const record = asRecord(value);
  if (record === undefined) return fault(at, 'an object', nameOf(value));
  const names = Object.keys(record);
  if (names.length > LIMITS.members) fault(at, `at most ${LIMITS.members} members`, String(names.length));
  if (names.length < 2) return record;
  const spellings = new Map<string, string>();
  for (const name of names) {
    const folded = foldedName(name);
    const other = spellings.get(folded);
    if (other !== undefined) fault(at, 'each member in one spelling', `'${other}' and '${name}'`);
    spellings.set(folded, name);
  }
  return record;
}

/** A name as readers in Go (which fold its case, `ſ` to `s` too) and of Protobuf (which know it with underscores) see it. */
export const foldedName = (name: string): string => name.toLowerCase().toUpperCase().replaceAll('_', '');

/** An array of at most `max`; an absent one is empty. */
export function readList(value: unknown, at: string, max: number): readonly unknown[] {
  if (!isSet(value)) return [];
  if (!Array.isArray(value)) return fault(at, 'an array', nameOf(value));
  if (value.length > max) return fault(at, `at most ${max} elements`, String(value.length));
  return value;
}

/** A text; an absent one is empty. */
export function readText(value: unknown, at: string, max: number = LIMITS.text): string {
  if (!isSet(value)) return '';
  if (typeof value !== 'string') return fault(at, 'a text', nameOf(value));
  if (value.length > max) return fault(at, `a text of at most ${max} characters`, String(value.length));
  return value;
}

/** At least one byte, in either alphabet of base64. */
export function readBytes(value: unknown, at: string, max: number = LIMITS.bytes): Buffer {
  if (typeof value !== 'string') return fault(at, 'base64', nameOf(value));
  const bytes = decodeBase64(value);
  if (bytes === undefined) return fault(at, 'base64', 'a text that is none, or not the shortest for its bytes');
  if (bytes.length === 0) return fault(at, 'at least one byte in base64', 'none');
  if (bytes.length > max) return fault(at, `at most ${max} bytes`, String(bytes.length));
  return bytes;
}

/** A certificate in DER with nothing around it; what it says is for others to judge. */
export function checkCertificateDer(der: Buffer, at: string): Buffer {
  if (der.length > LIMITS.certificateBytes) fault(at, `at most ${LIMITS.certificateBytes} bytes`, String(der.length));
  if (!isOneSequence(der)) {
    fault(at, 'a certificate in DER', 'bytes that are none, or with something around it', 'certificate-invalid');
  }
  return der;
}

/** Whether the bytes are one DER sequence, whole and without a tail. */
export function isOneSequence(der: Buffer): boolean {
  try {
    const [element, ...rest] = readElements(der);
    return element?.tag === TAG.sequence && rest.length === 0;
  } catch {
    return false;
  }
}

/** A number that isn't negative and fits 64 bits, as decimal text; Protobuf writes it as text, Go as a number. */
export function readInteger(value: unknown, at: string): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const isInteger = typeof text === 'string' && /^(?:0|[1-9]\d{0,18})$/.test(text) && BigInt(text) < 1n << 63n;
  return isInteger ? text : fault(at, 'an integer of 64 bits that is not negative', nameOf(value));
}

/** A step of a JSON pointer. */
export const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function nameOf(value: unknown): string {
  if (!isSet(value)) return 'none';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `${typeof value} ${String(value)}`;
}
