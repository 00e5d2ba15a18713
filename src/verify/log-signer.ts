import { X509Certificate } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';

/**
 * Whether a log entry was made for the certificate that came with the signature. The library compares signature and content
 * alone, so an entry could be lent to another certificate for whose key the same signature holds.
 */
export function isLoggedFor(entry: TransparencyLogEntry, leaf: X509Certificate): boolean {
  const parsed = parseStrictJson(entry.canonicalizedBody);
  const body = parsed.ok ? asRecord(parsed.value) : undefined;
  const verifiers = verifiersOf(asRecord(body?.spec) ?? {}, String(body?.kind), String(body?.apiVersion));
  return verifiers.length === 1 && verifiers.every((der) => der?.equals(leaf.raw) === true);
}

/**
 * The certificates (DER) that an entry names, by the schema of its kind and version: of Rekor v1, or of v2 with the version
 * inside. Not by what is there: an entry that is one to the library may have members of the other.
 */
function verifiersOf(spec: UnknownRecord, kind: string, version: string): readonly (Buffer | undefined)[] {
  switch (version === REKOR_V1 || kind === 'intoto' ? kind : `${kind} of v2`) {
    case 'hashedrekord of v2':
      return [rawBytes(asRecord(asRecord(asRecord(spec.hashedRekordV002)?.signature)?.verifier))];
    case 'dsse of v2':
      return asArray(asRecord(spec.dsseV002)?.signatures).map((each) => rawBytes(asRecord(asRecord(each)?.verifier)));
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

/** The version of its kinds `hashedrekord` and `dsse`. */
const REKOR_V1 = '0.0.1';

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
