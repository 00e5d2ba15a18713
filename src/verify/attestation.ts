import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { preAuthEncoding } from '../attestation/dsse.ts';
import { PAYLOAD_TYPE, STATEMENT_TYPE } from '../attestation/statement.ts';
import { checkCertificate } from './certificate.ts';
import type { SignedContent } from './container/content.ts';
import { readContainer } from './container/read.ts';
import { isSignedBy, readPublicKey } from './keys.ts';
import type { Refusal, Signer, Trust, Verdict } from './verdict.ts';

/**
 * Says who signed some bytes and what they hold, or every reason why that can't be trusted. Pure; whatever is handed in,
 * it doesn't throw.
 */
export function verifyAttestation(bytes: Uint8Array, trust: Trust, now: Date): Verdict {
  try {
    return judge(bytes, trust, now);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return refused([{ code: 'attestation-malformed', step: 'container', expected: 'a readable attestation', found }]);
  }
}

function judge(bytes: Uint8Array, trust: Trust, now: Date): Verdict {
  const reading = readContainer(bytes);
  if (!reading.ok) return refused([reading.refusal]);
  const [content, ...others] = reading.contents;
  if (others.length > 0) {
    const found = `${others.length + 1} of them`;
    return refused([{ code: 'attestation-malformed', step: 'container', expected: 'one attestation', found }]);
  }
  const found = findSigner(content, trust, now);
  if (!('kind' in found)) return refused(found);
  const read = readStatement(content);
  if (!read.ok) return refused([read.refusal]);
  const { payload, mediaType } = content;
  return { verified: true, signer: found, payload, statement: read.statement, mediaType };
}

const refused = ([first, ...rest]: readonly Refusal[]): Verdict => ({
  verified: false,
  refusals: [first ?? NOBODY_TRUSTED, ...rest],
});

const NOBODY_TRUSTED: Refusal = {
  code: 'signer-not-allowed',
  step: 'signer',
  expected: 'a signer that the contract trusts',
  found: 'a contract that trusts nobody',
};

/** The first signer that is trusted and has signed, else why none was. */
function findSigner(content: SignedContent, trust: Trust, now: Date): Signer | readonly Refusal[] {
  const data = preAuthEncoding(content.payloadType, content.payload);
  const byKey = trust.keys.length === 0 ? [] : findKey(content, data, trust.keys);
  if ('kind' in byKey) return byKey;
  if (trust.clusterCa === undefined) return byKey;
  const byCertificate = checkCertificateSigner(content, data, trust.clusterCa, now);
  return 'kind' in byCertificate ? byCertificate : [...byCertificate, ...byKey];
}

function findKey(content: SignedContent, data: Buffer, keys: Trust['keys']): Signer | readonly Refusal[] {
  for (const { publicKey } of keys) {
    const reading = readPublicKey(publicKey);
    if (!reading.ok) continue;
    if (content.signatures.some(({ bytes }) => isSignedBy(reading.key, data, bytes))) {
      return { kind: 'key', fingerprint: reading.fingerprint };
    }
  }
  const names = keys.map(({ fingerprint }) => fingerprint).join(', ');
  const count = content.signatures.length;
  const found = `${count === 1 ? 'a signature' : `${count} signatures`} that no such key made over these bytes`;
  return [{ code: 'signature-invalid', step: 'signature', expected: `a signature by the key ${names}`, found }];
}

function checkCertificateSigner(
  content: SignedContent,
  data: Buffer,
  clusterCa: NonNullable<Trust['clusterCa']>,
  now: Date,
): Signer | readonly Refusal[] {
  const signature = content.signatures.find(({ certificate }) => certificate !== undefined);
  if (signature?.certificate === undefined) {
    const expected = `a certificate of the cluster's authority for '${clusterCa.identity}'`;
    return [{ code: 'signer-not-allowed', step: 'signer', expected, found: 'a signature without a certificate' }];
  }
  const reading = checkCertificate(signature.certificate, clusterCa, now);
  if (!reading.ok) return [reading.refusal];
  const { publicKey } = reading.certificate;
  if (!isSignedBy(publicKey, data, signature.bytes)) {
    const expected = "a signature by the certificate's key over these bytes";
    return [{ code: 'signature-invalid', step: 'signature', expected, found: 'one that does not verify' }];
  }
  const { identity, fingerprint } = reading;
  return { kind: 'certificate', identity, fingerprint };
}

type StatementReading =
  | { readonly ok: true; readonly statement: UnknownRecord }
  | { readonly ok: false; readonly refusal: Refusal };

/** The payload as a statement, if it is one that every reader reads the same. */
function readStatement({ payload, payloadType }: SignedContent): StatementReading {
  const invalid = (expected: string, found: string): StatementReading => ({
    ok: false,
    refusal: { code: 'statement-invalid', step: 'statement', expected, found },
  });
  if (payloadType !== PAYLOAD_TYPE) return invalid(`the payload type ${PAYLOAD_TYPE}`, payloadType);
  const parsed = parseStrictJson(payload);
  if (!parsed.ok) return invalid('strict JSON', `${parsed.message} (${parsed.at})`);
  const statement = asRecord(parsed.value);
  if (statement?._type !== STATEMENT_TYPE)
    return invalid(`_type ${STATEMENT_TYPE}`, asText(statement?._type) ?? 'none');
  if (asText(statement.predicateType) === undefined) return invalid('a predicateType', 'none');
  const subjects = asArray(statement.subject);
  if (subjects.length === 0) return invalid('at least one subject', 'none');
  const vague = subjects.findIndex((subject) => !hasDigest(subject));
  if (vague >= 0) return invalid('a digest on every subject', `none at /subject/${vague}`);
  return { ok: true, statement };
}

function hasDigest(subject: unknown): boolean {
  const values = Object.values(asRecord(asRecord(subject)?.digest) ?? {});
  return values.length > 0 && values.every((value) => asText(value) !== undefined);
}
