import { sha256Hex } from '../../api/canonical.ts';
import type { RunMessage, Unavailable } from '../../api/messages.ts';
import type { RecordedStatement } from '../../api/types.gen.ts';
import { resourceUri } from '../../attestation/acceptance.ts';
import { PROVENANCE_TYPE } from '../../attestation/provenance.ts';
import { CONTRACT_MET, VSA_TYPE } from '../../attestation/vsa.ts';
import { type ControlPlaneKeys, readKeyList } from '../../verify/key-list.ts';
import { checkProvenance } from '../../verify/provenance.ts';
import { checkSummary } from '../../verify/summary.ts';
import type { Summary } from '../../verify/summary-form.ts';
import { readAnswer } from '../client/answer.ts';
import { judge, type Reason, summaryReasons } from '../print/reasons.ts';
import type { Session } from '../session.ts';

/** What is expected of the statements of a run, besides what the run itself says. */
export interface ExpectedStatements {
  /** `sha256:…` of what they must speak of. */
  readonly digests: readonly string[];
  /** Default: those that the receiver answers with. */
  readonly trusted?: ControlPlaneKeys | undefined;
  /** Default: the workflow of the run. */
  readonly resourceUri?: string | undefined;
  readonly levels?: readonly string[];
}

/** Checks what the control plane signed about an accepted run. */
export async function controlPlaneReasons(
  session: Session,
  run: RunMessage,
  expected: ExpectedStatements,
): Promise<readonly Reason[]> {
  const published = readKeyList(run.verification?.controlPlaneKeys ?? '');
  const trusted = expected.trusted ?? (published.ok ? published.list : undefined);
  if (trusted === undefined) return [withoutKeys(run.verification?.missingKeys)];
  const found = (type: string) => run.statements?.find(({ predicateType }) => predicateType === type);
  const vsa = found(VSA_TYPE);
  const provenance = found(PROVENANCE_TYPE);
  if (vsa === undefined) {
    return [{ ok: false, text: 'the run has no verification summary; was it accepted by an earlier version?' }];
  }
  return [
    ...(await vsaReasons(session, run, vsa, { ...expected, trusted })),
    ...(provenance === undefined ? [] : await provenanceReasons(session, run, provenance, { ...expected, trusted })),
  ];
}

function withoutKeys(missing: Unavailable | undefined): Reason {
  const why = missing === undefined ? '' : `: ${missing.code}: ${missing.detail}`;
  return { ok: false, text: `the receiver answered without the keys of the control plane${why}` };
}

interface Expected extends ExpectedStatements {
  readonly trusted: ControlPlaneKeys;
}

async function vsaReasons(session: Session, run: RunMessage, statement: RecordedStatement, expected: Expected) {
  const { trusted, digests, levels = [CONTRACT_MET] } = expected;
  const resource = expected.resourceUri ?? resourceUri(trusted.verifierId, run.namespace, run.workflow);
  const { bytes, reason } = await fetched(session, statement, 'verification summary');
  const { steps, summary } = checkSummary(bytes, { trusted, digests, resourceUri: resource, levels });
  return [reason, ...summaryReasons(steps, summary), ...(summary === undefined ? [] : ofTheRun(run, summary))];
}

/** Whether a summary was made of this run's attestation, by this run's contract. */
function ofTheRun({ attestation, verification }: RunMessage, summary: Summary): readonly Reason[] {
  const wanted = [verification?.contractDigest, attestation?.digest];
  const found = [summary.policy.digest, summary.inputAttestations.join()];
  const agrees = wanted.every((digest, index) => digest !== undefined && digest === found[index]);
  const what = 'the contract and the attestation of the run';
  return [judge(agrees, `these are ${what}`, `${what} are ${wanted.join(' and ')}`)];
}

async function provenanceReasons(session: Session, run: RunMessage, statement: RecordedStatement, expected: Expected) {
  const { trusted, digests } = expected;
  const { bytes, reason } = await fetched(session, statement, 'provenance');
  const steps = checkProvenance(bytes, { trusted, digests, run: run.uid ?? '' });
  return [reason, ...steps.map(({ ok, text }) => ({ ok, text }))];
}

/** The bytes of a statement, which must be those that the run refers to. */
async function fetched(session: Session, { digest }: RecordedStatement, what: string) {
  const bytes = await readAnswer(await session.receiver().evidence(digest));
  const found = `sha256:${sha256Hex(bytes)}`;
  const text = `the ${what} of the control plane is the one on the run, ${digest}`;
  return { bytes, reason: judge(found === digest, text, `the ${what} that is stored has ${found}, not ${digest}`) };
}
