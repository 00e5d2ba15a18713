import type { UnknownRecord } from '../../api/record.ts';
import { fault } from './fault.ts';
import { isGiven, readBytes, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';

export const DSSE_MEDIA_TYPE = 'application/vnd.dsse.envelope.v1+json';

/** An entry of `signatures`, with the members that tools put there beside DSSE's own. */
export interface EnvelopeEntry {
  readonly keyid: string;
  readonly bytes: Buffer;
  readonly members: UnknownRecord;
  readonly at: string;
}

export interface Envelope {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly entries: readonly [EnvelopeEntry, ...EnvelopeEntry[]];
}

/** Members by which a signature brings its own evidence, and whose they are. */
export const GENERATOR_MEMBERS = ['cert'] as const;
export const WITNESS_MEMBERS = ['certificate', 'intermediates', 'timestamps'] as const;

/** A DSSE envelope: either alphabet of base64, one signature or several. */
export function readEnvelope(value: unknown, at: string): Envelope {
  const envelope = readObject(value, at);
  const payload = readBytes(envelope.payload, `${at}/payload`);
  const payloadType = readText(envelope.payloadType, `${at}/payloadType`);
  if (payloadType === '') fault(`${at}/payloadType`, 'a payloadType', 'none');
  const list = readList(envelope.signatures, `${at}/signatures`, LIMITS.signatures);
  const [first, ...rest] = list.map((entry, index) => readEntry(entry, `${at}/signatures/${index}`));
  if (first === undefined) return fault(`${at}/signatures`, 'at least one signature', 'none');
  return { payload, payloadType, entries: [first, ...rest] };
}

function readEntry(value: unknown, at: string): EnvelopeEntry {
  const members = readObject(value, at);
  const bytes = readBytes(members.sig, `${at}/sig`, LIMITS.signatureBytes);
  return { keyid: readText(members.keyid, `${at}/keyid`), bytes, members, at };
}

/** The one signature of an envelope whose evidence stands outside of it, where it could be about no other. */
export function soleEntry({ entries }: Envelope, at: string): EnvelopeEntry {
  const [entry, ...others] = entries;
  if (others.length > 0) fault(`${at}/signatures`, 'one signature, as there is evidence for one', `${entries.length}`);
  return entry;
}

/** Refuses evidence inside of signatures, in an envelope that has it outside. */
export function refuseInnerEvidence({ entries }: Envelope): void {
  for (const { members, at } of entries) {
    const inner = [...GENERATOR_MEMBERS, ...WITNESS_MEMBERS].find((name) => isGiven(members[name]));
    if (inner !== undefined) fault(at, 'a signature without certificates of its own', `'${inner}'`);
  }
}
