import type { SignedContent } from './content.ts';
import { parseDocument } from './document.ts';
import { DSSE_MEDIA_TYPE, readEnvelope, refuseInnerEvidence, soleEntry } from './envelope.ts';
import { signatureWith } from './evidence.ts';
import { isGiven, readBytes, readObject } from './fields.ts';
import { readSignedEntryTimestamp } from './log-entry.ts';
import { readPem } from './pem.ts';

/**
 * What `cosign attest-blob --bundle` wrote before there were Sigstore bundles: `{base64Signature, cert, rekorBundle}`, where
 * the "signature" is the whole envelope. A timestamp is in a file of its own, and can't come along.
 */
export function readCosignFile(value: unknown, at: string): SignedContent {
  const file = readObject(value, at);
  const inside = `${at}/base64Signature`;
  const envelope = readEnvelope(parseDocument(readBytes(file.base64Signature, inside), inside), inside);
  refuseInnerEvidence(envelope);
  const entry = soleEntry(envelope, inside);
  const certificates = isGiven(file.cert)
    ? readPem(readBytes(file.cert, `${at}/cert`).toString('latin1'), `${at}/cert`, 1)
    : [];
  const logEntries = isGiven(file.rekorBundle) ? [readSignedEntryTimestamp(file.rekorBundle, `${at}/rekorBundle`)] : [];
  const { payload, payloadType } = envelope;
  const signatures = [signatureWith(entry, { certificates, logEntries })] as const;
  return { form: 'cosign-file', mediaType: DSSE_MEDIA_TYPE, payload, payloadType, signatures, at };
}
