import { CONDITION, type Condition, findCondition } from '../../api/conditions.ts';
import { RUN_REASON } from '../../api/reasons.ts';
import { verdictOf } from '../../api/run-verdict.ts';
import type { RunPolicies, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import type { Gap, Standing } from './model.ts';

/** Conditions that are bad when they are True, as kstatus has them; of all others False is. */
const ABNORMAL: readonly string[] = [CONDITION.Stalled, CONDITION.Reconciling];

type Place = Pick<Gap, 'namespace' | 'workflow'>;

/** What a Workflow owes now: what its own conditions say, and what the run says that got its verdict last. */
export function gapsOf(workflow: Workflow, latest: WorkflowRun | undefined): readonly Gap[] {
  const { namespace = '', name } = workflow.metadata;
  const place = { namespace, workflow: name };
  const failing = (workflow.status?.conditions ?? []).filter(isFailing);
  return [
    ...failing.map(({ reason, message, lastTransitionTime }) => ({
      ...place,
      ...{ what: reason, message, since: lastTransitionTime },
    })),
    ...(latest === undefined ? [] : gapsOfRun(place, latest)),
  ];
}

const isFailing = ({ type, status }: Condition): boolean => status === 'False' && !ABNORMAL.includes(type);

/** Verdicts that are about what policies object to. */
const BY_POLICY: readonly string[] = [RUN_REASON.PolicyViolation, RUN_REASON.AcceptedWithViolations];

function gapsOfRun(place: Place, run: WorkflowRun): readonly Gap[] {
  const { reason, message, status } = verdictOf(run);
  const since = run.status?.finishTime;
  const common = { ...place, run: run.metadata.name, ...(since === undefined ? {} : { since }) };
  const isAgainst = BY_POLICY.includes(reason);
  const objections = isAgainst ? objectionsOf(run.status?.policies) : [];
  if (objections.length > 0) return objections.map((objection) => ({ ...common, ...objection }));
  if (isAgainst || status === 'False') return [{ ...common, what: reason, message }];
  const current = findCondition(run.status?.conditions, CONDITION.Current);
  if (current?.status !== 'False') return [];
  const { lastTransitionTime } = current;
  return [{ ...common, what: `Current: ${current.reason}`, message: current.message, since: lastTransitionTime }];
}

function objectionsOf(policies: RunPolicies | undefined): readonly Pick<Gap, 'what' | 'message'>[] {
  const open = (policies?.violations ?? []).filter(({ waiver }) => waiver === undefined);
  const omitted = policies?.omitted ?? 0;
  return [
    ...open.map(({ kind, policy, material, message }) => ({
      what: `${kind}/${policy}`,
      message: material === undefined ? message : `${material}: ${message}`,
    })),
    ...(omitted === 0 ? [] : [{ what: RUN_REASON.PolicyViolation, message: `${omitted} more violations` }]),
  ];
}

/** How it stands, by what is open and the run that got its verdict last. */
export function standingOf(gaps: readonly Gap[], latest: WorkflowRun | undefined): Standing {
  if (gaps.length > 0) return 'Open';
  if (latest === undefined) return 'Unproven';
  return verdictOf(latest).reason === RUN_REASON.Waived ? 'Waived' : 'Met';
}
