import { sha256Hex } from '../../api/canonical.ts';
import type { RunMessage } from '../../api/messages.ts';
import type { Trust } from '../../api/trust.ts';
import { statedBy } from '../../attestation/stated.ts';
import { verifyAttestation } from '../../verify/attestation.ts';
import { readAnswer } from '../client/answer.ts';
import { EXIT } from '../exit-code.ts';
import { formatReasons, type Reason, signatureReason } from '../print/reasons.ts';
import { currentRun, printResult, runRef, type Session } from '../session.ts';
import { type BundleFlags, verifyBundle } from './verify-bundle.ts';

export interface VerifyFlags extends BundleFlags {
  readonly bundle?: string;
}

/** What holds for a file; whether a cluster took it stands in the cluster alone. */
const OF_A_BUNDLE = 'Verified: signature and statement. Whether the run was accepted: proviso verify NAMESPACE/RUN';

/** `proviso verify`: checks an accepted run again, or a bundle from a file against a key or an authority. */
export async function verify(session: Session, name: string | undefined, flags: VerifyFlags): Promise<number> {
  const { bundle } = flags;
  const outcome =
    bundle === undefined ? { reasons: await verifyRun(session, name) } : await verifyBundle(session.io, bundle, flags);
  const { reasons } = outcome;
  const verified = reasons.every(({ ok }) => ok);
  const verdict = bundle === undefined ? 'Verified' : OF_A_BUNDLE;
  printResult(session, { verified, ...outcome }, () => formatReasons(session.io, reasons, verdict));
  return verified ? EXIT.ok : EXIT.error;
}

const NOBODY: Trust = { signers: [], roots: {} };

async function verifyRun(session: Session, name: string | undefined): Promise<readonly Reason[]> {
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
    ...(verdict.verified ? statementReasons(run, verdict.statement) : []),
    { ok: run.succeeded === 'True', text: `the verdict of the run is ${run.reason}: ${run.message}` },
  ];
}

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
