import { sha256Hex } from '../../api/canonical.ts';
import type { RunMessage } from '../../api/messages.ts';
import type { Trust } from '../../api/trust.ts';
import { statedBy } from '../../attestation/stated.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import { readAnswer } from '../client/answer.ts';
import { type Reason, signatureReason } from '../print/reasons.ts';
import { currentRun, runRef, type Session } from '../session.ts';
import { controlPlaneReasons } from './verify-statements.ts';

const NOBODY: Trust = { signers: [], roots: {} };

/** Checks an accepted run again: the bytes, who signed them, what they say, and what the control plane signed about it. */
export async function verifyRun(session: Session, name: string | undefined): Promise<readonly Reason[]> {
  const ref = name === undefined ? currentRun(session) : runRef(session, name);
  const run = await session.receiver().state(ref);
  const { attestation } = run;
  if (attestation === undefined) {
    return [{ ok: false, text: `the run has no accepted attestation: ${run.reason}. ${run.message}` }];
  }
  const bytes = await readAnswer(await session.receiver().evidence(attestation.digest));
  const found = `sha256:${sha256Hex(bytes)}`;
  const received = new Date(attestation.receiveTime);
  const verdict = verifyAttestation(bytes, run.verification ?? NOBODY, received);
  return [
    { ok: found === attestation.digest, text: `the stored bytes have the digest on the run, ${attestation.digest}` },
    signatureReason(verdict),
    ...(verdict.verified ? [] : rootReasons(run)),
    ...(verdict.verified ? statementReasons(run, verdict.statement) : []),
    { ok: run.succeeded === 'True', text: `the verdict of the run is ${run.reason}: ${run.message}` },
    ...(await controlPlaneReasons(session, run, { digests: artifactsOf(run) })),
  ];
}

/** The roots that the signature may have been refused for the lack of. */
const rootReasons = ({ verification }: RunMessage): readonly Reason[] =>
  Object.entries(verification?.missingRoots ?? {}).map(([root, { code, detail }]) => ({
    ok: false,
    text: `nothing can be checked against the trusted root '${root}' now: ${code}: ${detail}`,
  }));

function statementReasons(run: RunMessage, statement: Readonly<Record<string, unknown>>): readonly Reason[] {
  const stated = statedBy(statement);
  const agrees =
    !stated.isAmbiguous &&
    stated.materials.size === run.materials.length &&
    run.materials.every(({ name, digest }) => stated.materials.get(name) === digest);
  const isOurs = stated.isOfRun && stated.run === run.uid;
  return [
    { ok: isOurs, text: `its statement, ${stated.predicateType}, is about the run ${run.namespace}/${run.run}` },
    { ok: agrees, text: `its statement names the ${run.materials.length} materials of the run with their digests` },
  ];
}

/** What the control plane must have spoken of: the outputs, or the attestation if there are none. */
function artifactsOf({ contract, materials, attestation }: RunMessage): readonly string[] {
  const outputs = new Set(contract.materials.filter(({ output }) => output).map(({ name }) => name));
  const digests = materials
    .filter(({ name, type }) => outputs.has(name) && type !== 'STRING')
    .map(({ digest }) => digest);
  return digests.length > 0 || attestation === undefined ? digests : [attestation.digest];
}
