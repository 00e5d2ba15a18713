import { asArray, asRecord, asText } from '../api/record.ts';
import { parseBounded } from './container/document.ts';
import { readStatement } from './statement.ts';
import type { Refusal } from './verdict.ts';

/** What cosign calls a signature of an image since it writes bundles. An attestation of another type is none. */
export const SIGN_PREDICATE_TYPE = 'https://sigstore.dev/cosign/sign/v1';
const SIMPLE_SIGNING_TYPE = 'cosign container image signature';

/** Why a statement doesn't say that the image of the digest (`sha256:…`) is signed; undefined if it does. */
export function statementFault(payloadType: string, payload: Uint8Array, digest: string): Refusal | undefined {
  const reading = readStatement(payloadType, payload);
  if (!reading.ok) return reading.refusal;
  const { predicateType, subject } = reading.statement;
  if (predicateType !== SIGN_PREDICATE_TYPE) {
    return mismatch(`the predicate type ${SIGN_PREDICATE_TYPE}`, String(predicateType));
  }
  const digests = asArray(subject).map((each) => asText(asRecord(asRecord(each)?.digest)?.sha256) ?? 'none');
  return digests.some((hex) => `sha256:${hex}` === digest)
    ? undefined
    : mismatch(`the image ${digest}`, digests.map((hex) => `sha256:${hex}`).join(', '));
}

/** The same of a simple signing payload: `{critical: {type, image: {docker-manifest-digest}}}`. */
export function simpleSigningFault(payload: Uint8Array, digest: string): Refusal | undefined {
  const parsed = parseBounded(payload);
  if (!parsed.ok) return mismatch('strict JSON', `${parsed.message} (${parsed.at})`);
  const critical = asRecord(asRecord(parsed.value)?.critical);
  if (critical?.type !== SIMPLE_SIGNING_TYPE) {
    return mismatch(`critical.type '${SIMPLE_SIGNING_TYPE}'`, asText(critical?.type) ?? 'none');
  }
  const found = asText(asRecord(critical.image)?.['docker-manifest-digest']) ?? 'none';
  return found === digest ? undefined : mismatch(`the image ${digest}`, found);
}

const mismatch = (expected: string, found: string): Refusal => ({
  code: 'statement-mismatch',
  step: 'statement',
  expected,
  found: found.slice(0, 300),
});
