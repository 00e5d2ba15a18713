import { auditedRun } from '../api/audit-line.ts';
import { CONDITION, findCondition } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { ANNOTATION_TRACEPARENT } from '../api/labels.ts';
import type { InitRequest } from '../api/messages.ts';
import { runName } from '../api/owner-runs.ts';
import { Problem } from '../api/problem.ts';
import { RUN_REASON } from '../api/reasons.ts';
import { settleVerdict } from '../api/run-verdict.ts';
import type { RunOwner, Workflow, WorkflowRun, WorkflowRunStatus } from '../api/types.gen.ts';
import { progressOf } from '../contract/progress.ts';
import { applyStatus, RECEIVER_MANAGER } from '../kube/apply.ts';
import { isStatus } from '../kube/error.ts';
import { currentTraceparent, noteFacts } from '../telemetry/facts.ts';
import { homeOf } from './auth/caller.ts';
import { runOwnerOf } from './auth/owner.ts';
import type { Authenticated } from './auth/review.ts';
import type { ReceiverContext } from './context.ts';
import { pinnedContract, runToOpen } from './open-run.ts';
import { policiesAtInit } from './policies/at-init.ts';
import { tellOpened } from './run-events.ts';
import { runKeyOf } from './run-identity.ts';
import { workflowForSubmitter } from './submitted-workflow.ts';

/** A run, and whether it was opened just now. */
export interface Found {
  readonly run: WorkflowRun;
  readonly isNew: boolean;
}

/** Whose run is looked for, and of what. */
interface Wanted {
  readonly workflow: Workflow;
  readonly owner: RunOwner | undefined;
  readonly runKey: string;
}

/** Throws `submit-forbidden` or `workflow-not-found`. */
export async function wantedRun(
  context: ReceiverContext,
  { caller, pod }: Authenticated,
  { workflow: name, idempotencyKey }: Pick<InitRequest, 'workflow' | 'idempotencyKey'>,
  namespace: string,
): Promise<Wanted> {
  const workflow = await workflowForSubmitter(context, caller, namespace, name);
  // A pod proves a run only in its own namespace; elsewhere its owner means nothing.
  const owner = pod === undefined || homeOf(caller) !== namespace ? undefined : await runOwnerOf(context.client, pod);
  const runKey = runKeyOf({ workflow, caller, owner, idempotencyKey });
  noteFacts({ namespace, workflow: name, run: runName(workflow, runKey) });
  return { workflow, owner, runKey };
}

/**
 * The run of this pipeline or key, opened if it isn't there. Throws what the contract doesn't allow, and what a policy
 * objects to.
 */
export async function findOrOpen(
  context: ReceiverContext,
  authenticated: Authenticated,
  request: InitRequest,
  namespace: string,
): Promise<Found> {
  const found = await wantedRun(context, authenticated, request, namespace);
  const known = await openedBefore(context, found.workflow, found.runKey);
  if (known !== undefined) return { run: await ensureOpened(context, known), isNew: false };
  const { caller } = authenticated;
  const contract = await context.contracts.get(namespace, pinnedContract(found.workflow));
  const wanted = runToOpen({ ...found, request, contract, caller, now: new Date() });
  const { policies, stage } = await policiesAtInit(context, wanted, contract, new Date());
  try {
    await stage?.commit();
    const { run, isNew } = await createOrFind(context, wanted);
    if (!isNew) {
      await stage?.withdraw();
      return { run: await ensureOpened(context, run), isNew };
    }
    context.metrics.runs.opened(run);
    tellOpened(context, run);
    context.audit.note({ action: 'RunOpened', verdict: 'Allowed', who: caller.username, what: auditedRun(run) });
    const opened = { progress: progressOf(contract, []), ...(policies && { policies }) };
    return { run: await ensureOpened(context, run, opened), isNew };
  } catch (error) {
    if (error instanceof Problem) await stage?.withdraw();
    throw error;
  } finally {
    await stage?.discard();
  }
}

/** The run of this pipeline, if it has one. Opens none, and so asks the API server and not the watch, which lags. */
export async function findOpened(
  context: ReceiverContext,
  authenticated: Authenticated,
  request: Pick<InitRequest, 'workflow'>,
  namespace: string,
): Promise<WorkflowRun | undefined> {
  const { workflow, runKey } = await wantedRun(context, authenticated, request, namespace);
  return read(context, workflow, runKey);
}

/**
 * The run that another task of the pipeline has opened, if the watch shows it: it goes on by its own terms, whatever became of
 * those of its workflow since.
 */
async function openedBefore(
  context: ReceiverContext,
  workflow: Workflow,
  runKey: string,
): Promise<WorkflowRun | undefined> {
  const { namespace = '' } = workflow.metadata;
  const seen = context.runs.get({ namespace, name: runName(workflow, runKey) });
  return seen?.spec.runKey === runKey ? read(context, workflow, runKey) : undefined;
}

async function read({ client }: ReceiverContext, workflow: Workflow, runKey: string): Promise<WorkflowRun | undefined> {
  const { namespace = '' } = workflow.metadata;
  const ref = { namespace, name: runName(workflow, runKey) };
  const run = await client.find<WorkflowRun>(KIND.WorkflowRun, ref);
  return run?.spec.runKey === runKey ? run : undefined;
}

async function createOrFind(context: ReceiverContext, wanted: WorkflowRun): Promise<Found> {
  try {
    const run = await context.client.create<WorkflowRun>(KIND.WorkflowRun, traceable(wanted));
    context.log.info('Run opened');
    return { run, isNew: true };
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
  }
  const run = await context.client.get<WorkflowRun>(KIND.WorkflowRun, wanted.metadata);
  if (run.spec.runKey === wanted.spec.runKey) return { run, isNew: false };
  throw new Problem('internal', `the name ${wanted.metadata.name} is taken by another run`, { hint: 'try again' });
}

/** Says in which trace it was opened, so that what becomes of it can be found from there. */
function traceable(run: WorkflowRun): WorkflowRun {
  const traceparent = currentTraceparent();
  if (traceparent === undefined) return run;
  return { ...run, metadata: { ...run.metadata, annotations: { [ANNOTATION_TRACEPARENT]: traceparent } } };
}

/** Sets the first condition, whatever else stands there already; also after a crash between the two writes. */
export async function ensureOpened(
  context: Pick<ReceiverContext, 'client'>,
  run: WorkflowRun,
  opened: Pick<WorkflowRunStatus, 'policies' | 'progress'> = {},
): Promise<WorkflowRun> {
  if (findCondition(run.status?.conditions, CONDITION.Succeeded) !== undefined) return run;
  const now = new Date().toISOString();
  const message = `the run is open until ${run.spec.deadlineTime}`;
  const claim = { type: CONDITION.Succeeded, status: 'Unknown', reason: RUN_REASON.Crafting, message } as const;
  const status = {
    startTime: run.metadata.creationTimestamp ?? now,
    ...opened,
    ...settleVerdict(run, [claim], now),
  };
  try {
    await applyStatus(context.client, KIND.WorkflowRun, run, status, { fieldManager: RECEIVER_MANAGER });
    return { ...run, status: { ...run.status, ...status } };
  } catch (error) {
    // Another task of the pipeline opened it first, and it has a verdict already.
    if (!isStatus(error, 422)) throw error;
    return context.client.get<WorkflowRun>(KIND.WorkflowRun, run.metadata);
  }
}
