import type { Request, Response } from 'express';
import { CONDITION, settleConditions } from '../../api/conditions.ts';
import { KIND } from '../../api/kinds.ts';
import type { InitRequest } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { RUN_REASON } from '../../api/reasons.ts';
import type { RunPolicies, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { applyStatus, RECEIVER_MANAGER } from '../../kube/apply.ts';
import { isStatus } from '../../kube/error.ts';
import { matchSubmitters } from '../../oidc/match.ts';
import { type Caller, homeOf, type OidcCaller } from '../auth/caller.ts';
import { runOwnerOf } from '../auth/owner.ts';
import { readJson } from '../body.ts';
import type { ReceiverContext } from '../context.ts';
import { pinnedContract, runName, runToOpen } from '../open-run.ts';
import { policiesAtInit } from '../policies/at-init.ts';
import { reserveFor } from '../reserve.ts';
import { runKeyOf } from '../run-identity.ts';
import { validated } from '../schemas.ts';
import { runMessage } from '../state.ts';

/** `POST /v1/runs`: opens a run, or finds the one that is open already for this pipeline or key. */
export const initRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { caller, pod } = await context.authenticate(request, response);
  const body = validated<InitRequest>('InitRequest', await readJson(request, reserveFor(context, caller, response)));
  const namespace = body.namespace ?? homeOf(caller);
  if (namespace === undefined) {
    const errors = [{ at: '/namespace', message: 'must be given, since the caller is no service account' }];
    throw new Problem('request-invalid', 'the namespace of the workflow is missing', { errors });
  }
  const workflow = await workflowForSubmitter(context, caller, namespace, body.workflow);
  // A pod proves a run only in its own namespace; elsewhere its owner means nothing.
  const owner = pod === undefined || homeOf(caller) !== namespace ? undefined : await runOwnerOf(context.client, pod);
  const runKey = runKeyOf({ workflow, caller, owner, idempotencyKey: body.idempotencyKey });
  const known = body.dryRun === true ? undefined : await openedBefore(context, workflow, runKey);
  if (known !== undefined) {
    await answerOpened(context, response, { run: known, isNew: false });
    return;
  }
  const contract = await context.contracts.get(namespace, pinnedContract(workflow));
  const wanted = runToOpen({ request: body, workflow, contract, caller, owner, runKey, now: new Date() });
  if (body.dryRun === true) {
    await (await policiesAtInit(context, wanted, contract, new Date())).stage?.discard();
    response.status(200).json({ ...runMessage(wanted, contract), dryRun: true });
  } else await open(context, response, wanted, contract);
};

/** Opens a run, unless another task of its pipeline has just done so, or a policy objects. */
async function open(
  context: ReceiverContext,
  response: Response,
  wanted: WorkflowRun,
  contract: EffectiveContract,
): Promise<void> {
  const { policies, stage } = await policiesAtInit(context, wanted, contract, new Date());
  try {
    await stage?.commit();
    const found = await createOrFind(context, wanted);
    if (!found.isNew) await stage?.withdraw();
    await answerOpened(context, response, found, found.isNew ? policies : undefined);
  } catch (error) {
    if (error instanceof Problem) await stage?.withdraw();
    throw error;
  } finally {
    await stage?.discard();
  }
}

interface Found {
  readonly run: WorkflowRun;
  readonly isNew: boolean;
}

async function answerOpened(
  context: ReceiverContext,
  response: Response,
  { run, isNew }: Found,
  policies?: RunPolicies,
): Promise<void> {
  const opened = await ensureOpened(context, run, policies);
  response
    .status(isNew ? 201 : 200)
    .json(runMessage(opened, await context.contracts.get(run.metadata.namespace ?? '', run.spec.contract)));
}

/**
 * The run that another task of the pipeline has opened, if the watch shows it: it goes on by its own terms, whatever became of
 * those of its workflow since.
 */
async function openedBefore(
  { runs, client }: ReceiverContext,
  workflow: Workflow,
  runKey: string,
): Promise<WorkflowRun | undefined> {
  const { namespace = '' } = workflow.metadata;
  const ref = { namespace, name: runName(workflow, runKey) };
  if (runs.get(ref)?.spec.runKey !== runKey) return undefined;
  const run = await client.find<WorkflowRun>(KIND.WorkflowRun, ref);
  return run?.spec.runKey === runKey ? run : undefined;
}

async function workflowForSubmitter(
  context: ReceiverContext,
  caller: Caller,
  namespace: string,
  name: string,
): Promise<Workflow> {
  if (caller.kind === 'oidc') return workflowFromOutside(context, caller, namespace, name);
  const allowed = await context.access.maySubmit(caller, namespace, name);
  // Of its own namespace a caller may know what is there; of others not even that.
  const mayKnow = allowed || homeOf(caller) === namespace;
  const workflow = mayKnow ? await context.client.find<Workflow>(KIND.Workflow, { namespace, name }) : undefined;
  if (mayKnow && workflow === undefined) {
    throw new Problem('workflow-not-found', `there is no workflow '${name}' in the namespace '${namespace}'`, {
      hint: `see: kubectl get workflows.proviso.dev -n ${namespace}`,
    });
  }
  if (!allowed || workflow === undefined) {
    throw new Problem(
      'submit-forbidden',
      `'${caller.username}' may not submit to the workflow '${name}' in '${namespace}'`,
      {
        hint: "use the Secret of that workflow, or grant the verb 'submit' on workflows.proviso.dev by RBAC",
      },
    );
  }
  return workflow;
}

/**
 * How a token differs is told only to one that has a claim that a submitter asks for; to every other one a workflow that it
 * doesn't match is like one that isn't there, since an issuer may vouch for anybody.
 */
async function workflowFromOutside(
  { client }: ReceiverContext,
  { username, token }: OidcCaller,
  namespace: string,
  name: string,
): Promise<Workflow> {
  const workflow = await client.find<Workflow>(KIND.Workflow, { namespace, name });
  const match = matchSubmitters(workflow?.spec.submitters, token);
  if (workflow !== undefined && match.matched) return workflow;
  const errors = match.matched ? [] : match.differing;
  throw new Problem('submit-forbidden', `'${username}' may not submit to the workflow '${name}' in '${namespace}'`, {
    errors,
    hint:
      errors.length === 0
        ? 'see whether the names are right, and whether spec.submitters of the workflow has this issuer, the audience and the claims of this token'
        : 'see spec.submitters of the workflow: every claim of one of them has to be that of the token',
  });
}

async function createOrFind(context: ReceiverContext, wanted: WorkflowRun): Promise<Found> {
  try {
    return { run: await context.client.create<WorkflowRun>(KIND.WorkflowRun, wanted), isNew: true };
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
  }
  const run = await context.client.get<WorkflowRun>(KIND.WorkflowRun, wanted.metadata);
  if (run.spec.runKey === wanted.spec.runKey) return { run, isNew: false };
  throw new Problem('internal', `the name ${wanted.metadata.name} is taken by another run`, { hint: 'try again' });
}

/** Sets the first condition; also after a crash between the two writes. */
export async function ensureOpened(
  context: ReceiverContext,
  run: WorkflowRun,
  policies?: RunPolicies,
): Promise<WorkflowRun> {
  if (run.status?.conditions !== undefined) return run;
  const now = new Date().toISOString();
  const message = `the run is open until ${run.spec.deadlineTime}`;
  const claim = { type: CONDITION.Succeeded, status: 'Unknown', reason: RUN_REASON.Crafting, message } as const;
  const status = {
    startTime: run.metadata.creationTimestamp ?? now,
    ...(policies === undefined ? {} : { policies }),
    conditions: settleConditions([], [claim], now),
  };
  try {
    await applyStatus(context.client, KIND.WorkflowRun, run, status, { fieldManager: RECEIVER_MANAGER });
    return { ...run, status };
  } catch (error) {
    // Another task of the pipeline opened it first, and it has a verdict already.
    if (!isStatus(error, 422)) throw error;
    return context.client.get<WorkflowRun>(KIND.WorkflowRun, run.metadata);
  }
}
