import { X509Certificate } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';

/**
 * Whether a log entry was made for the certificate that came with the signature. The library compares signature and content
 * alone, so an entry could be lent to another certificate for whose key the same signature holds.
 */
export function isLoggedFor(entry: TransparencyLogEntry, leaf: X509Certificate): boolean {
  const body = asRecord(JSON.parse(entry.canonicalizedBody.toString('utf8')));
  const verifiers = verifiersOf(asRecord(body?.spec) ?? {}, String(body?.kind));
  return verifiers.length === 1 && verifiers.every((der) => der?.equals(leaf.raw) === true);
}

/** The certificates (DER) that an entry names, by the schema of its kind: rekor v1, and v2 with the version inside. */
function verifiersOf(spec: UnknownRecord, kind: string): readonly (Buffer | undefined)[] {
  const current = asRecord(spec.hashedRekordV002) ?? asRecord(spec.dsseV002);
  if (current !== undefined) {
    const signatures = current.signature === undefined ? asArray(current.signatures) : [current.signature];
    return signatures.map((each) => rawBytes(asRecord(asRecord(each)?.verifier)));
  }
  switch (kind) {
    case 'hashedrekord':
      return [pem(asRecord(asRecord(spec.signature)?.publicKey)?.content)];
    case 'dsse':
      return asArray(spec.signatures).map((each) => pem(asRecord(each)?.verifier));
    case 'intoto':
      return asArray(asRecord(asRecord(spec.content)?.envelope)?.signatures).map((each) =>
        pem(asRecord(each)?.publicKey),
      );
    default:
      return [];
  }
}

const rawBytes = (verifier: UnknownRecord | undefined): Buffer | undefined => {
  const text = asText(asRecord(verifier?.x509Certificate)?.rawBytes);
  return text === undefined ? undefined : Buffer.from(text, 'base64');
};

/** A PEM in base64, in base64 once more for the oldest kind. */
function pem(value: unknown): Buffer | undefined {
  try {
    const text = Buffer.from(asText(value) ?? '', 'base64').toString('utf8');
    const inner = text.startsWith('-----') ? text : Buffer.from(text, 'base64').toString('utf8');
    return new X509Certificate(inner).raw;
  } catch {
    return undefined;
  }
}
