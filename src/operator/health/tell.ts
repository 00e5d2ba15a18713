import { CONDITION, type ConditionClaim, findCondition } from '../../api/conditions.ts';
import { KIND } from '../../api/kinds.ts';
import { HEALTH_REASON } from '../../api/reasons.ts';
import type { Workflow } from '../../api/types.gen.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Finding } from './findings.ts';
import type { Health } from './health.ts';

/** Tells of each finding when it comes, and of the end of all of them; not of what goes on as it was. */
export function tellOfHealth(events: EventRecorder, workflow: Workflow, { facts, claim }: Health): void {
  const regarding = { ...workflow, kind: KIND.Workflow.kind };
  const known = new Set((workflow.status?.findings ?? []).map(subjectOf));
  for (const finding of facts.findings ?? []) {
    if (known.has(subjectOf(finding))) continue;
    const { reason, message: note } = finding;
    events.record(regarding, { type: 'Warning', reason, action: 'Judge', note });
  }
  if (isOver(workflow, claim)) {
    events.record(regarding, { type: 'Normal', reason: claim.reason, action: 'Judge', note: claim.message });
  }
}

/** A slow run after a slow run is nothing new; another run with a signer of its own is. */
const subjectOf = ({ reason, run = '' }: Finding): string =>
  reason === HEALTH_REASON.Slow ? reason : `${reason} ${run}`;

const isOver = ({ status }: Workflow, claim: ConditionClaim): boolean =>
  findCondition(status?.conditions, CONDITION.Healthy)?.status === 'False' && claim.status !== 'False';
