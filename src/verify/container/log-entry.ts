import { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { parseDocument } from './document.ts';
import { fault } from './fault.ts';
import { isSet, readBytes, readInteger, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';

/** The entries of a bundle. The library takes any text for a number and any for base64, so all is checked first. */
export const readLogEntries = (value: unknown, at: string): readonly TransparencyLogEntry[] =>
  readList(value, at, LIMITS.logEntries).map((entry, index) => readLogEntry(entry, `${at}/${index}`));

function readLogEntry(value: unknown, at: string): TransparencyLogEntry {
  const entry = readObject(value, at);
  readOptionalInteger(entry.logIndex, `${at}/logIndex`);
  readOptionalInteger(entry.integratedTime, `${at}/integratedTime`);
  readBytes(readObject(entry.logId, `${at}/logId`).keyId, `${at}/logId/keyId`);
  const kindVersion = readObject(entry.kindVersion, `${at}/kindVersion`);
  readName(kindVersion.kind, `${at}/kindVersion/kind`);
  readName(kindVersion.version, `${at}/kindVersion/version`);
  readBytes(entry.canonicalizedBody, `${at}/canonicalizedBody`);
  if (isSet(entry.inclusionPromise)) checkPromise(entry.inclusionPromise, `${at}/inclusionPromise`);
  if (isSet(entry.inclusionProof)) checkProof(entry.inclusionProof, `${at}/inclusionProof`);
  return TransparencyLogEntry.fromJSON(entry);
}

function checkPromise(value: unknown, at: string): void {
  readBytes(readObject(value, at).signedEntryTimestamp, `${at}/signedEntryTimestamp`, LIMITS.signatureBytes);
}

function checkProof(value: unknown, at: string): void {
  const proof = readObject(value, at);
  readOptionalInteger(proof.logIndex, `${at}/logIndex`);
  readOptionalInteger(proof.treeSize, `${at}/treeSize`);
  readBytes(proof.rootHash, `${at}/rootHash`);
  for (const [index, hash] of readList(proof.hashes, `${at}/hashes`, LIMITS.proofHashes).entries()) {
    readBytes(hash, `${at}/hashes/${index}`);
  }
  if (!isSet(proof.checkpoint)) return;
  const checkpoint = readObject(proof.checkpoint, `${at}/checkpoint`);
  readText(checkpoint.envelope, `${at}/checkpoint/envelope`, LIMITS.checkpointText);
}

/** Cosign's own form of an entry: what the log promised, and the four members that the promise is over. */
export function readSignedEntryTimestamp(json: string, at: string): TransparencyLogEntry {
  const bundle = readObject(parseDocument(Buffer.from(json), at), at);
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
function readOptionalInteger(value: unknown, at: string): void {
  if (isSet(value)) readInteger(value, at);
}

const readName = (value: unknown, at: string): string => readText(value, at) || fault(at, 'a name', 'none');
