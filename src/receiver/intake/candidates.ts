import { isFinished } from '../../api/run-verdict.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import type { IntakeTable } from '../../archive/tables.ts';
import type { Store } from '../../kube/store.ts';
import { Aside } from './aside.ts';
import type { EnvelopeClaims } from './claims.ts';

/** More runs than that don't all wait for one envelope. */
const MAX_CANDIDATES = 8;

/** The runs that an envelope may belong to, and what it has to prove for that. */
export interface Candidates {
  readonly runs: readonly WorkflowRun[];
  /** The uid of a TaskRun, which has to be one of the run's PipelineRun. */
  readonly task?: string;
}

/** By what an open run is found: the uid of what it is the run of, and the digests of its materials. */
export const claimsOfRun = ({ spec, status }: WorkflowRun): readonly string[] => [
  ...(spec.identity.owner === undefined ? [] : [spec.identity.owner.uid]),
  ...(status?.materials ?? []).map(({ digest }) => digest),
];

export const isOpen = (run: WorkflowRun, now: Date): boolean =>
  !isFinished(run) && now <= new Date(run.spec.deadlineTime);

/**
 * The open runs that an envelope names, where it was said to belong: that of the pipeline which its provenance states, else those that
 * have what it is about. A uid that is stated counts: what is about the same image and was built by another one isn't the run's.
 * Throws `Aside`.
 */
export function candidatesFor(
  runs: Store<WorkflowRun>,
  place: Pick<IntakeTable, 'namespace' | 'workflow'>,
  { invocation, subjects, isOfChains }: EnvelopeClaims,
  now: Date,
): Candidates {
  const isMeant = (run: WorkflowRun): boolean =>
    isOpen(run, now) &&
    (place.namespace === null || place.namespace === run.metadata.namespace) &&
    (place.workflow === null || place.workflow === run.spec.workflowRef.name);
  const owned = invocation === undefined ? [] : runs.byIndex('owner', invocation).filter(isMeant);
  if (owned.length > 0) return { runs: owned };
  if (invocation === undefined && isOfChains) {
    throw new Aside(
      'NoInvocation',
      'provenance of Tekton Chains that states no uid: whose task it is of nobody can tell; have Chains write slsa/v2alpha4',
    );
  }
  const found = new Set(subjects.flatMap((digest) => runs.byIndex('mentioned', digest).filter(isMeant)));
  const about = [...found].filter((run) => isAbout(run, subjects));
  if (about.length === 0) {
    const whose = invocation === undefined ? '' : ` is of the ${invocation} or`;
    throw new Aside('NoRun', `no open run${whose} has one of its ${subjects.length} subjects as a material`);
  }
  if (about.length > MAX_CANDIDATES) {
    throw new Aside('SeveralRuns', `${about.length} open runs have its subjects as materials`);
  }
  return { runs: about, ...(invocation === undefined ? {} : { task: invocation }) };
}

/** Whether a run has one of these as a material; its statements and judgements are mentioned by it too, and nothing that it was made of. */
export const isAbout = ({ status }: WorkflowRun, subjects: readonly string[]): boolean =>
  (status?.materials ?? []).some(({ digest }) => subjects.includes(digest));
