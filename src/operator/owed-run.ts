import { auditedRun } from '../api/audit-line.ts';
import { KIND } from '../api/kinds.ts';
import { ownerRunKey, provenRunner, runObject } from '../api/owner-runs.ts';
import { REASON } from '../api/reasons.ts';
import type { Workflow, WorkflowRun } from '../api/types.gen.ts';
import { isStatus } from '../kube/error.ts';
import type { OperatorContext } from './context.ts';
import type { Owner } from './owner-watch.ts';

/**
 * When it ended, as its controller says; never before it was made, which the API server says. An end that isn't told the time
 * of is as old as what ended.
 */
export function endTimeOf({ metadata, outcome }: Owner): string {
  const { creationTimestamp = new Date(0).toISOString() } = metadata;
  const { endTime = creationTimestamp } = outcome;
  return Date.parse(endTime) < Date.parse(creationTimestamp) ? creationTimestamp : endTime;
}

/**
 * The run of an owner that never opened one, under the name that the receiver would give it, so that there are never two. It
 * was opened by nobody, so nothing was checked of it that is checked at init: its deadline is over from the start, and the
 * receiver takes nothing for it.
 */
export function owedRun(workflow: Workflow, owner: Owner): WorkflowRun | undefined {
  const { name, uid = '' } = workflow.metadata;
  const { contract, evidenceStoreName = '' } = workflow.status ?? {};
  if (contract === undefined) return undefined;
  const { apiVersion, kind, metadata } = owner;
  const identity = { username: '', owner: { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' } };
  const runKey = ownerRunKey(workflow, identity.owner.uid);
  const { project, team } = workflow.spec;
  return {
    ...runObject(workflow, runKey),
    spec: {
      workflowRef: { name, uid },
      contract,
      identity,
      runKey,
      runner: { type: provenRunner(identity.owner) ?? 'GENERIC', authenticated: true },
      ...(project === undefined ? {} : { project }),
      ...(team === undefined ? {} : { team }),
      evidenceStoreName,
      deadlineTime: endTimeOf(owner),
    },
  };
}

/** Opens it, unless its pipeline has just done so itself, and tells of it. Its verdict comes as that of every run whose time is over. */
export async function openOwedRun(context: OperatorContext, workflow: Workflow, owner: Owner): Promise<boolean> {
  const run = owedRun(workflow, owner);
  if (run === undefined) return false;
  let created: WorkflowRun;
  try {
    created = await context.client.create<WorkflowRun>(KIND.WorkflowRun, run);
    context.metrics.written.opened(created);
    const what = { ...auditedRun(created), owner: `${owner.kind}/${owner.metadata.name}` };
    context.audit.note({ action: 'RunOpened', verdict: 'Allowed', what });
  } catch (error) {
    if (isStatus(error, 409)) return true;
    throw error;
  }
  const what = `the ${owner.kind} ${owner.metadata.name} is over and never opened a run of the workflow '${workflow.metadata.name}'`;
  const note = `${what}; ${run.metadata.name} says what it owed. A run that was opened with a token that isn't bound to its pods doesn't count`;
  const event = { type: 'Warning', reason: REASON.EvidenceMissing, action: 'OpenRun', note } as const;
  context.events.record(owner, event);
  context.events.record({ ...created, kind: KIND.WorkflowRun.kind }, event);
  context.events.record({ ...workflow, kind: KIND.Workflow.kind }, event);
  return true;
}
