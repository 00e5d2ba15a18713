import type { Referrer } from '../../api/messages.ts';
import type { Reason } from '../print/reasons.ts';
import type { Session } from '../session.ts';
import { expectedDigest, expectedResource, levelsOf, type SummaryFlags, trustedKeys } from './verify-files.ts';
import { controlPlaneReasons } from './verify-statements.ts';

/** Of many runs with the same artifact so many are looked at. */
const MAX_RUNS = 5;

export interface ArtifactFindings {
  readonly reasons: readonly Reason[];
  /** The run whose summary was looked at. */
  readonly run?: string;
}

/** Finds the accepted runs that an artifact belongs to, and checks what the control plane signed about one of them. */
export async function verifyArtifact(session: Session, flags: SummaryFlags): Promise<ArtifactFindings> {
  const trusted = await trustedKeys(session.io, flags);
  const { digest, reason } = await expectedDigest(session.io, flags);
  const { items } = await session.receiver().referrers(digest);
  const wanted = items.filter((item) => item.succeeded === 'True' && isOf(item, flags.workflow) && isSpokenOf(item));
  if (wanted.length === 0) return { reasons: [...reason, notFound(digest, items, flags)] };
  let first: ArtifactFindings | undefined;
  for (const { namespace, run } of wanted.slice(0, MAX_RUNS)) {
    const state = await session.receiver().state({ namespace, run });
    const expected = {
      digests: [digest],
      trusted,
      resourceUri: flags.resourceUri ?? (trusted === undefined ? undefined : expectedResource(trusted, flags)),
      levels: levelsOf(flags),
    };
    const found = await controlPlaneReasons(session, state, expected);
    const intro = { ok: true, text: `the run ${namespace}/${run} handed it in; its verdict is ${state.reason}` };
    const outcome = { reasons: [...reason, intro, ...found], run: `${namespace}/${run}` };
    if (found.every(({ ok }) => ok)) return outcome;
    first ??= outcome;
  }
  return first ?? { reasons: reason };
}

const isOf = ({ namespace, workflow }: Referrer, wanted: string | undefined): boolean =>
  wanted === undefined || wanted === `${namespace}/${workflow}`;

/** A summary speaks of materials, or of the attestation; of a statement of the control plane and of what policies said nothing else speaks. */
const isSpokenOf = ({ references }: Referrer): boolean =>
  references.some(({ role }) => role === 'material' || role === 'attestation');

function notFound(digest: string, items: readonly Referrer[], { workflow }: SummaryFlags): Reason {
  const who = `accepted run${workflow === undefined ? '' : ` of ${workflow}`} that this identity may see`;
  const others = items.slice(0, MAX_RUNS).map(({ namespace, run, reason }) => `${namespace}/${run} (${reason})`);
  const known = others.length === 0 ? '' : `; it belongs to ${others.join(', ')}`;
  return { ok: false, text: `no ${who} handed in ${digest}${known}` };
}
