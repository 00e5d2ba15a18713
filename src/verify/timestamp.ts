import { RFC3161Timestamp } from '@sigstore/core';

/** `YYYYMMDDhhmmss`, a fraction without zeros at its end, `Z` (RFC 3161, 2.4.2). */
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d*[1-9]))?Z$/;
const GENERALIZED_TIME_TAG = 0x18;
/** PKIStatus: granted, and granted with modifications. */
const GRANTED: readonly bigint[] = [0n, 1n];

/**
 * Reads an RFC 3161 response. The library takes fractions of a second only of three digits, though DER strips zeros, so
 * the time is read here. Throws on anything else than a granted response.
 */
export function readTimestamp(der: Buffer): RFC3161Timestamp {
  const timestamp = RFC3161Timestamp.parse(Buffer.from(der));
  if (!GRANTED.includes(timestamp.status)) throw new Error('a response that was not granted');
  const signingTime = genTime(timestamp);
  return Object.create(timestamp, { signingTime: { value: signingTime } }) as RFC3161Timestamp;
}

function genTime({ tstInfo }: RFC3161Timestamp): Date {
  // version, policy, message imprint, serial number, time.
  const element = tstInfo.root.subs[4];
  const [tag] = element?.toDER() ?? [];
  const match = tag === GENERALIZED_TIME_TAG ? GENERALIZED_TIME.exec(element?.value.toString('latin1') ?? '') : null;
  if (match === null) throw new Error('a response without a time in UTC');
  const [, year, month, day, hour, minute, second, fraction = '0'] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  if (Number.isNaN(time.getTime())) throw new Error('a response without a time in UTC');
  return time;
}
