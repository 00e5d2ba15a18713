import { asRecord, asText } from '../api/record.ts';
import { BUILD_TYPE, builderId, PROVENANCE_TYPE } from '../attestation/provenance.ts';
import { checkControlPlaneSignature } from './control-plane-signature.ts';
import type { ControlPlaneKeys } from './key-list.ts';
import { judged, type Step, same, subjectStep, timeStep } from './steps.ts';

/** What is known of a run whose provenance is looked at. */
export interface ExpectedProvenance {
  readonly trusted: ControlPlaneKeys;
  /** `sha256:…` of the artifacts; all of them must be its subjects. */
  readonly digests: readonly string[];
  /** The uid of the run. */
  readonly run: string;
}

/** Checks the control plane's SLSA provenance of a run. Pure, and never throws. */
export function checkProvenance(bytes: Uint8Array, expected: ExpectedProvenance): readonly Step[] {
  const { trusted, digests, run } = expected;
  const signed = checkControlPlaneSignature(bytes, trusted);
  if (!signed.ok) return [signed.step];
  const { statement, fingerprint } = signed;
  const predicate = asRecord(statement.predicate);
  const details = asRecord(predicate?.runDetails);
  const metadata = asRecord(details?.metadata);
  const builder = asText(asRecord(details?.builder)?.id) ?? 'none';
  const buildType = asText(asRecord(predicate?.buildDefinition)?.buildType) ?? 'none';
  const runners = builderId(trusted.verifierId, '');
  return [
    signed.step,
    same('type', 'it is provenance,', asText(statement.predicateType) ?? 'none', PROVENANCE_TYPE),
    timeStep(asText(metadata?.finishedOn), trusted, fingerprint),
    subjectStep(statement, digests),
    same('form', 'its build type is', buildType, BUILD_TYPE),
    judged(
      'builder',
      builder.startsWith(runners),
      `its builder is ${builder}`,
      `expected ${runners}…, found ${builder}`,
    ),
    same('run', 'its run is', asText(metadata?.invocationId) ?? 'none', run),
  ];
}
