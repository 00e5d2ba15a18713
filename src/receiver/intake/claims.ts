import { excerpt } from '../../api/excerpt.ts';
import type { Finding } from '../../api/problem.ts';
import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import type { ContainerForm } from '../../verify/container/content.ts';
import { readContainer } from '../../verify/container/read.ts';
import { readStatement } from '../../verify/statement.ts';
import { differenceIn, type Refusal } from '../../verify/verdict.ts';

/** What an envelope says of itself, by which a run is looked for. Nothing of it is believed before a signature is verified. */
export interface EnvelopeClaims {
  readonly predicateType: string;
  /** Of what is signed: two signatures of the same have it alike. */
  readonly payloadDigest: string;
  /** `sha256:…` of its subjects, each once. */
  readonly subjects: readonly string[];
  /** The uid of the object in the cluster that was built by, where its provenance states one. */
  readonly invocation?: string;
  /** Whether it is provenance of Tekton Chains: its subjects are what a task says, and only the uid says whose task. */
  readonly isOfChains: boolean;
}

export type ClaimsReading =
  | { readonly ok: true; readonly claims: EnvelopeClaims }
  | { readonly ok: false; readonly finding: Finding };

/** Forms that stand for themselves, as materials of signed statements do. */
const FORMS: readonly ContainerForm[] = ['sigstore-bundle', 'dsse', 'slsa-generator', 'witness'];
const MAX_TYPE = 256;

/** Reads one envelope around one in-toto statement. Pure; whatever is handed in, it doesn't throw. */
export function readClaims(bytes: Uint8Array): ClaimsReading {
  const reading = readContainer(bytes);
  if (!reading.ok) return no(reading.refusal);
  const [content, ...others] = reading.contents;
  if (others.length > 0 || !FORMS.includes(content.form)) {
    return {
      ok: false,
      finding: { at: content.at || '/', message: 'must be one DSSE envelope or one Sigstore bundle' },
    };
  }
  const { payload, payloadType } = content;
  const read = readStatement(payloadType, payload);
  if (!read.ok) return no(read.refusal, '/payload');
  const { statement } = read;
  const predicateType = asText(statement.predicateType) ?? '';
  const predicate = asRecord(statement.predicate) ?? {};
  const invocation = invocationOf(predicateType, predicate);
  const claims = {
    predicateType: excerpt(predicateType, MAX_TYPE),
    payloadDigest: sha256Digest(payload),
    subjects: subjectsOf(statement),
    ...(invocation === undefined ? {} : { invocation }),
    isOfChains: isOfChains(predicateType, predicate),
  };
  return { ok: true, claims };
}

function no(refusal: Refusal, at = refusal.at): ClaimsReading {
  return { ok: false, finding: { at: at || '/', message: excerpt(differenceIn(refusal), 500) } };
}

function subjectsOf({ subject }: UnknownRecord): readonly string[] {
  const digests = asArray(subject).flatMap((entry) => {
    const sha256 = asText(asRecord(asRecord(entry)?.digest)?.sha256);
    return sha256 === undefined ? [] : [`sha256:${sha256}`];
  });
  return [...new Set(digests)];
}

const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PROVENANCE_V1 = 'https://slsa.dev/provenance/v1';
const PROVENANCE_V02 = 'https://slsa.dev/provenance/v0.2';

/** Whether it is SLSA provenance, of a version that the type SLSA_PROVENANCE takes. */
export const isProvenance = (predicateType: string): boolean =>
  predicateType === PROVENANCE_V1 || predicateType === PROVENANCE_V02;

/** Other builders put an address or a number there, which is no object of the cluster. */
function invocationOf(predicateType: string, { runDetails, metadata }: UnknownRecord): string | undefined {
  if (!isProvenance(predicateType)) return undefined;
  const isV1 = predicateType === PROVENANCE_V1;
  const id = isV1 ? asRecord(asRecord(runDetails)?.metadata)?.invocationId : asRecord(metadata)?.buildInvocationId;
  const text = asText(id) ?? '';
  return UID.test(text) ? text : undefined;
}

/** By the build type, which Chains sets: `tekton.dev/v1/TaskRun` and `https://tekton.dev/chains/v2/slsa`, to name some. */
function isOfChains(predicateType: string, { buildDefinition, buildType }: UnknownRecord): boolean {
  if (!isProvenance(predicateType)) return false;
  const type = asText(predicateType === PROVENANCE_V1 ? asRecord(buildDefinition)?.buildType : buildType) ?? '';
  return /^(https:\/\/)?tekton\.dev\//.test(type);
}
