import { asText, type UnknownRecord } from '../api/record.ts';
import { VSA_TYPE } from '../attestation/vsa.ts';
import { checkControlPlaneSignature } from './control-plane-signature.ts';
import type { ControlPlaneKeys } from './key-list.ts';
import { judged, type Step, same, subjectStep, timeStep } from './steps.ts';
import { reaches, readSummary, type Summary } from './summary-form.ts';

/** What a consumer knows before it looks at a summary. Without one of these a summary proves nothing to it. */
export interface ExpectedSummary {
  /** Keys and the one verifier that they speak for. */
  readonly trusted: ControlPlaneKeys;
  /** `sha256:…` of the artifacts; all of them must be its subjects. */
  readonly digests: readonly string[];
  readonly resourceUri: string;
  /** All of them must be reached. */
  readonly levels: readonly string[];
}

export interface SummaryOutcome {
  readonly verified: boolean;
  readonly steps: readonly Step[];
  /** What the signed summary says; absent when the signature or its form doesn't hold. */
  readonly summary?: Summary;
}

/**
 * Checks a verification summary as https://slsa.dev/verification_summary/v1 demands of whoever relies on one: signature,
 * subject, predicateType, that the verifier is the one of the key, resourceUri, result, levels; and that the key counted at
 * the time of the verification. Pure, and never throws.
 */
export function checkSummary(bytes: Uint8Array, expected: ExpectedSummary): SummaryOutcome {
  const signed = checkControlPlaneSignature(bytes, expected.trusted);
  if (!signed.ok) return { verified: false, steps: [signed.step] };
  const { statement, fingerprint } = signed;
  const { trusted } = expected;
  const type = asText(statement.predicateType) ?? 'none';
  const isSummary = type === VSA_TYPE;
  const steps: Step[] = [
    signed.step,
    judged('type', isSummary, `it is a verification summary, ${type}`, `expected ${VSA_TYPE}, found ${type}`),
  ];
  if (!isSummary) return { verified: false, steps };
  const reading = readSummary(statement.predicate);
  if (!reading.ok) {
    return { verified: false, steps: [...steps, { step: 'form', ok: false, text: `by SLSA ${reading.message}` }] };
  }
  const all = [
    ...steps,
    timeStep(reading.summary.timeVerified, trusted, fingerprint),
    ...contentSteps(statement, reading.summary, expected),
  ];
  return { verified: all.every(({ ok }) => ok), steps: all, summary: reading.summary };
}

function contentSteps(statement: UnknownRecord, summary: Summary, expected: ExpectedSummary): readonly Step[] {
  const { trusted, digests, resourceUri, levels } = expected;
  const missing = levels.filter((level) => !reaches(summary.verifiedLevels, level));
  const said = summary.verifiedLevels.join(', ');
  return [
    subjectStep(statement, digests),
    same('verifier', 'its verifier is', summary.verifierId, trusted.verifierId),
    same('resource', 'it was accepted as', summary.resourceUri, resourceUri),
    same('result', 'its result is', summary.verificationResult, 'PASSED'),
    judged(
      'levels',
      levels.length > 0 && missing.length === 0,
      `its levels are ${said}`,
      `expected ${missing.join(', ') || 'a level that is asked for'}, found ${said}`,
    ),
  ];
}
