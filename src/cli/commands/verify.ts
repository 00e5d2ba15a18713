import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import { formatReasons, type Reason } from '../print/reasons.ts';
import { printResult, type Session } from '../session.ts';
import { verifyArtifact } from './verify-artifact.ts';
import { verifyBundle } from './verify-bundle.ts';
import { verifyFiles } from './verify-files.ts';
import { assertTaken, type VerifyFlags, type VerifyMode } from './verify-flags.ts';
import { verifyRun } from './verify-run.ts';

/** What was found, whatever was looked at. */
interface Outcome {
  readonly reasons: readonly Reason[];
  readonly [member: string]: unknown;
}

/** What holds for a file; whether a cluster took it stands in the cluster alone. */
const OF_A_BUNDLE = 'Verified: signature and statement. Whether the run was accepted: proviso verify NAMESPACE/RUN';

/** `proviso verify`: checks an accepted run again, an artifact in the cluster, or files without the cluster. */
export async function verify(session: Session, name: string | undefined, flags: VerifyFlags): Promise<number> {
  const outcome = await look(session, name, flags);
  const { reasons } = outcome;
  const verified = reasons.every(({ ok }) => ok);
  const verdict = flags.bundle === undefined ? 'Verified' : OF_A_BUNDLE;
  printResult(session, { verified, ...outcome }, () => formatReasons(session.io, reasons, verdict));
  return verified ? EXIT.ok : EXIT.error;
}

async function look(session: Session, name: string | undefined, flags: VerifyFlags): Promise<Outcome> {
  const { bundle, vsa } = flags;
  const mode = modeOf(name, flags);
  assertTaken(mode, flags);
  if (bundle !== undefined) return { ...(await verifyBundle(session.io, bundle, flags)) };
  if (vsa !== undefined) return { ...(await verifyFiles(session.io, vsa, flags)) };
  if (mode === 'artifact') return { ...(await verifyArtifact(session, flags)) };
  return { reasons: await verifyRun(session, name) };
}

function modeOf(name: string | undefined, { bundle, vsa, artifact, digest }: VerifyFlags): VerifyMode {
  const isArtifact = artifact !== undefined || digest !== undefined;
  const meant = [name !== undefined, bundle !== undefined, isArtifact || vsa !== undefined].filter(Boolean).length;
  if (meant > 1) {
    throw new Problem('usage', 'a run, an artifact and a bundle are verified one at a time', {
      hint: 'give a RUN, or --bundle FILE, or --artifact FILE or --digest, that with or without --vsa FILE',
    });
  }
  if (bundle !== undefined) return 'bundle';
  if (vsa !== undefined) return 'vsa';
  return isArtifact ? 'artifact' : 'run';
}
