import type { KeyObject } from 'node:crypto';
import type { RFC3161Timestamp } from '@sigstore/core';
import { type SignedEntity, type TrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { EnvelopeSignature } from './container/content.ts';
import { keyIdOf } from './keys.ts';
import type { PreparedRoot } from './root.ts';
import type { SignedBytes } from './signed-bytes.ts';
import { readTimestamp } from './timestamp.ts';
import type { Refusal, TimeSource } from './verdict.ts';

/** A time at which the signature is proven to have been there, and who says so. */
export interface ProvenTime {
  readonly at: Date;
  readonly source: TimeSource;
}

/** A signature by a certificate's key, with the times at which it is proven to have been there: at least one. */
export type TimesReading =
  | { readonly ok: true; readonly times: readonly ProvenTime[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** What a signature is checked with. */
export interface Signed {
  readonly signature: EnvelopeSignature;
  readonly signed: SignedBytes;
  readonly key: KeyObject;
}

/**
 * Checks the signature, its log entries and its timestamps. Times come from a timestamp authority, from a log's signed entry
 * timestamp, or, where the root asks for neither, from the clock of whoever received it. What is there must hold: an entry or
 * a timestamp that doesn't verify isn't skipped, if the root has authorities of that sort at all.
 */
export function proveTimes(signed: Signed, root: PreparedRoot, now: Date): TimesReading {
  const { thresholds, tlogs, timestampAuthorities } = root;
  const noted: Date[] = [];
  const note = (time: Date): boolean => noted.push(time) > 0;
  const material: TrustMaterial = {
    certificateAuthorities: [],
    ctlogs: [],
    tlogs,
    timestampAuthorities,
    // Whether the certificate was valid then is told afterwards, with its reason.
    publicKey: () => ({ publicKey: signed.key, validFor: note }),
  };
  let entity: SignedEntity;
  try {
    entity = entityOf(signed, tlogs.length > 0, timestampAuthorities.length > 0);
    const verifier = new Verifier(material, {
      tlogThreshold: thresholds.logEntries,
      ctlogThreshold: 0,
      timestampThreshold: thresholds.timestamps,
    });
    verifier.verify(entity);
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
  // Times are noted in the order in which the entity has them: those of logs first.
  const stamped = entity.timestamps.filter(({ $case }) => $case === 'timestamp-authority').length;
  const proven = noted.map(
    (at, index): ProvenTime => ({ at, source: index < noted.length - stamped ? 'log' : 'timestamp' }),
  );
  const times = proven.length === 0 ? [{ at: now, source: 'receipt' } as const] : proven;
  const refusal = dependenceOf(entity, root) ?? retiredLogOf(entity, root, times);
  return refusal === undefined ? { ok: true, times } : { ok: false, refusal };
}

/** The library counts proofs; a root that asks for two asks for two who don't depend on each other. */
function dependenceOf(
  { tlogEntries, timestamps }: SignedEntity,
  { thresholds, tlogs }: PreparedRoot,
): Refusal | undefined {
  const logs = new Set(tlogEntries.map((entry) => keyOf(entry, tlogs)));
  if (logs.size < thresholds.logEntries) {
    return {
      code: 'log-entry-invalid',
      step: 'log',
      expected: `entries of ${thresholds.logEntries} logs`,
      found: `those of ${logs.size}`,
    };
  }
  const witnesses = new Set(
    timestamps.flatMap((each) => {
      if (each.$case === 'timestamp-authority') {
        const { signerIssuer, signerSerialNumber } = each.timestamp;
        return [`${signerIssuer.toString('hex')} ${signerSerialNumber.toString('hex')}`];
      }
      return each.tlogEntry.inclusionPromise === undefined ? [] : [keyOf(each.tlogEntry, tlogs)];
    }),
  );
  if (witnesses.size >= thresholds.timestamps) return undefined;
  const expected = `times by ${thresholds.timestamps} logs or timestamp authorities`;
  return { code: 'timestamp-invalid', step: 'time', expected, found: `those of ${witnesses.size}` };
}

/** The key of the entry's log: a root may know one log by two ids, and a proof isn't about the id. */
function keyOf(entry: SignedEntity['tlogEntries'][number], tlogs: PreparedRoot['tlogs']): string {
  const log = tlogs.find(({ logID }) => logID.toString('hex') === logOf(entry));
  return log === undefined ? '' : keyIdOf(log.publicKey);
}

const logOf = ({ logId }: SignedEntity['tlogEntries'][number]): string =>
  Buffer.from(logId?.keyId ?? '').toString('hex');

/** The library asks whether a log's key counted only of a promise, which has a time of its own, and not of a proof. */
function retiredLogOf(
  { tlogEntries }: SignedEntity,
  { tlogs }: PreparedRoot,
  times: readonly ProvenTime[],
): Refusal | undefined {
  for (const entry of tlogEntries) {
    if (entry.inclusionPromise !== undefined) continue;
    const ofLog = tlogs.filter(({ logID }) => logID.toString('hex') === logOf(entry));
    const isInUse = ofLog.some(({ validFor: { start, end } }) => times.every(({ at }) => start <= at && at <= end));
    if (isInUse) continue;
    const when = times.map(({ at }) => at.toISOString()).join(' and ');
    const expected = `an entry of a log whose key counted at ${when}`;
    return { code: 'log-entry-invalid', step: 'log', expected, found: `one of ${ofLog[0]?.baseURL ?? 'another'}` };
  }
  return undefined;
}

function entityOf({ signature, signed }: Signed, hasLogs: boolean, hasTimestamps: boolean): SignedEntity {
  const entries = hasLogs ? signature.logEntries : [];
  const timestamps = hasTimestamps ? signature.timestamps.map(readTimestamp) : [];
  const { bytes } = signature;
  return {
    key: { $case: 'public-key', hint: '' },
    signature: {
      // The library takes this for what timestamps are over, and for nothing else.
      signature: stampedBytes(signature, timestamps),
      compareSignature: (logged) => logged.equals(bytes),
      compareDigest: (digest) => signed.payloadDigest().equals(digest),
      compareSignedDigest: (digest) => signed.digest().equals(digest),
      verifySignature: (key) => signed.isSignedBy(key, bytes),
    },
    tlogEntries: [...entries] as SignedEntity['tlogEntries'],
    timestamps: [
      ...entries
        .filter(({ integratedTime }) => integratedTime !== '' && integratedTime !== '0')
        .map((tlogEntry) => ({ $case: 'transparency-log' as const, tlogEntry })),
      ...timestamps.map((timestamp) => ({ $case: 'timestamp-authority' as const, timestamp })),
    ] as SignedEntity['timestamps'],
  };
}

/** The envelope proves as much as the signature, which is in it. Whether the timestamps hold for it is checked later. */
function stampedBytes({ bytes, envelope }: EnvelopeSignature, timestamps: readonly RFC3161Timestamp[]): Buffer {
  if (envelope === undefined) return bytes;
  const isOverEnvelope = timestamps.every(({ tstInfo }) => isStampOf(tstInfo, envelope));
  return isOverEnvelope ? envelope : bytes;
}

function isStampOf(tstInfo: RFC3161Timestamp['tstInfo'], data: Buffer): boolean {
  try {
    tstInfo.verify(data);
    return true;
  } catch {
    return false;
  }
}

/** The library's codes as steps of ours. Whatever else it throws, the evidence of time could not be read. */
function refusalOf(error: unknown): Refusal {
  const found = withoutExpectation(error instanceof Error ? error.message : String(error));
  const code = error instanceof VerificationError ? error.code : '';
  if (code === 'SIGNATURE_ERROR') {
    const expected = "a signature by the certificate's key over these bytes";
    return { code: 'signature-invalid', step: 'signature', expected, found: 'one that does not verify' };
  }
  if (code.startsWith('TLOG')) {
    return { code: 'log-entry-invalid', step: 'log', expected: 'an entry of a log of the trusted root', found };
  }
  const expected = 'a time that a log or a timestamp authority of the trusted root vouches for';
  return { code: 'timestamp-invalid', step: 'time', expected, found };
}

/** The library counts as `expected 1 timestamps, got 0`, which can't stand after what we expected ourselves. */
const withoutExpectation = (message: string): string =>
  message.replace(/^expected (\d+) (.+), got (\d+)$/, '$3 $2 where $1 is asked for');
