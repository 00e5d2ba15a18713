import type { Checkpoint, InclusionPromise, InclusionProof, TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { decodeBase64 } from '../base64.ts';
import { parseDocument } from './document.ts';
import { fault } from './fault.ts';
import { isSet, readBytes, readInteger, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';

/** The entries of a bundle. The library that belongs to the type takes any text for a number or for base64. */
export const readLogEntries = (value: unknown, at: string): readonly TransparencyLogEntry[] =>
  readList(value, at, LIMITS.logEntries).map((entry, index) => readLogEntry(entry, `${at}/${index}`));

function readLogEntry(value: unknown, at: string): TransparencyLogEntry {
  const entry = readObject(value, at);
  const kindVersion = readObject(entry.kindVersion, `${at}/kindVersion`);
  return {
    logIndex: readOptionalInteger(entry.logIndex, `${at}/logIndex`),
    logId: { keyId: readBytes(readObject(entry.logId, `${at}/logId`).keyId, `${at}/logId/keyId`) },
    kindVersion: {
      kind: readName(kindVersion.kind, `${at}/kindVersion/kind`),
      version: readName(kindVersion.version, `${at}/kindVersion/version`),
    },
    integratedTime: readOptionalInteger(entry.integratedTime, `${at}/integratedTime`),
    inclusionPromise: isSet(entry.inclusionPromise)
      ? readPromise(entry.inclusionPromise, `${at}/inclusionPromise`)
      : undefined,
    inclusionProof: isSet(entry.inclusionProof) ? readProof(entry.inclusionProof, `${at}/inclusionProof`) : undefined,
    canonicalizedBody: readBytes(entry.canonicalizedBody, `${at}/canonicalizedBody`),
  };
}

const readPromise = (value: unknown, at: string): InclusionPromise => ({
  signedEntryTimestamp: readBytes(
    readObject(value, at).signedEntryTimestamp,
    `${at}/signedEntryTimestamp`,
    LIMITS.signatureBytes,
  ),
});

function readProof(value: unknown, at: string): InclusionProof {
  const proof = readObject(value, at);
  const hashes = readList(proof.hashes, `${at}/hashes`, LIMITS.proofHashes);
  const rootHash = readBytes(proof.rootHash, `${at}/rootHash`);
  const treeSize = readOptionalInteger(proof.treeSize, `${at}/treeSize`);
  const checkpoint = isSet(proof.checkpoint) ? readCheckpoint(proof.checkpoint, `${at}/checkpoint`) : undefined;
  if (checkpoint !== undefined && !isOfTree(checkpoint, treeSize, rootHash)) {
    fault(at, 'a treeSize and a rootHash that its checkpoint states', 'others');
  }
  return {
    logIndex: readOptionalInteger(proof.logIndex, `${at}/logIndex`),
    rootHash,
    treeSize,
    hashes: hashes.map((hash, index) => readBytes(hash, `${at}/hashes/${index}`)),
    checkpoint,
  };
}

/** Some readers check the proof against what stands beside the checkpoint, others against the checkpoint. */
function isOfTree({ envelope }: Checkpoint, treeSize: string, rootHash: Buffer): boolean {
  const [, size, root] = envelope.split('\n', 3);
  return size === treeSize && decodeBase64(root)?.equals(rootHash) === true;
}

function readCheckpoint(value: unknown, at: string): Checkpoint {
  const envelope = readText(readObject(value, at).envelope, `${at}/envelope`, LIMITS.checkpointText);
  const count = envelope.split(SIGNATURE_LINE).length - 1;
  if (count > LIMITS.checkpointSignatures) {
    fault(`${at}/envelope`, `at most ${LIMITS.checkpointSignatures} signatures`, String(count));
  }
  return { envelope };
}

/** An em dash and a space begin each signature of a note. */
const SIGNATURE_LINE = '\u2014 ';

/** Cosign's own form of an entry: what the log promised, and the four members that the promise is over. */
export function readSignedEntryTimestamp(value: unknown, at: string): TransparencyLogEntry {
  const bundle = readObject(value, at);
  const promise = readBytes(bundle.SignedEntryTimestamp, `${at}/SignedEntryTimestamp`, LIMITS.signatureBytes);
  const payload = readObject(bundle.Payload, `${at}/Payload`);
  const body = readBytes(payload.body, `${at}/Payload/body`);
  const logId = readText(payload.logID, `${at}/Payload/logID`);
  if (!/^(?:[0-9a-f]{2})+$/.test(logId)) fault(`${at}/Payload/logID`, 'lower-case hex', logId);
  const entry = readObject(parseDocument(body, `${at}/Payload/body`), `${at}/Payload/body`);
  return {
    logIndex: readInteger(payload.logIndex, `${at}/Payload/logIndex`),
    integratedTime: readInteger(payload.integratedTime, `${at}/Payload/integratedTime`),
    logId: { keyId: Buffer.from(logId, 'hex') },
    kindVersion: {
      kind: readName(entry.kind, `${at}/Payload/body/kind`),
      version: readName(entry.apiVersion, `${at}/Payload/body/apiVersion`),
    },
    inclusionPromise: { signedEntryTimestamp: promise },
    inclusionProof: undefined,
    canonicalizedBody: body,
  };
}

/** Protobuf leaves out what is zero. */
const readOptionalInteger = (value: unknown, at: string): string => (isSet(value) ? readInteger(value, at) : '0');

const readName = (value: unknown, at: string): string => readText(value, at) || fault(at, 'a name', 'none');
