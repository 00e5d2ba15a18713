import type { Request, Response } from 'express';
import { auditedRun } from '../../api/audit-line.ts';
import { CONDITION } from '../../api/conditions.ts';
import { KIND } from '../../api/kinds.ts';
import { LABEL_WORKFLOW } from '../../api/labels.ts';
import type { CancelRequest, RunListMessage, RunMessage, RunSummary } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { RUN_REASON } from '../../api/reasons.ts';
import { settleVerdict } from '../../api/run-verdict.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { applyStatus, RECEIVER_MANAGER } from '../../kube/apply.ts';
import { decided } from '../audit.ts';
import { readJson } from '../body.ts';
import type { ReceiverContext } from '../context.ts';
import { exceptionsForMissing } from '../exceptions.ts';
import { reserveFor } from '../reserve.ts';
import { assertOpen, explainRefusedWrite, maySee, runForReader, runForSubmitter } from '../run-access.ts';
import { tellVerdict } from '../run-events.ts';
import { validated } from '../schemas.ts';
import { runMessage, runSummary } from '../state.ts';
import { verificationOf } from '../verification.ts';
import { param } from './params.ts';

/** `GET /v1/namespaces/{ns}/runs/{run}` */
export const getRunRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const run = await runForReader(context, authenticated, param(request, 'namespace'), param(request, 'run'));
  const contract = await contractOf(context, run);
  const attestation = run.status?.attestation;
  const message: RunMessage = {
    ...runMessage(run, contract, await exceptionsForMissing(context, run, contract, new Date())),
    ...(attestation === undefined ? {} : { verification: await verificationOf(context, run, contract) }),
  };
  response.json(message);
};

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 500;

/** `GET /v1/namespaces/{ns}/runs?workflow=&limit=`: the newest first. */
export const listRunsRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { caller } = await context.authenticate(request, response);
  const namespace = param(request, 'namespace');
  const { workflow, limit } = request.query;
  const isNamed = typeof workflow === 'string' && workflow !== '';
  const readsAll = await context.access.mayRead(caller, namespace, 'list');
  if (!readsAll && !(isNamed && (await context.access.maySubmit(caller, namespace, workflow)))) {
    throw new Problem('read-forbidden', `'${caller.username}' may not list the runs of '${namespace}'`, {
      hint: "name a workflow that you submit to, or get the verb 'list' on workflowruns.proviso.dev",
    });
  }
  const runs = context.runs
    .byIndex('namespace', namespace)
    .filter(({ metadata }) => !isNamed || metadata.labels?.[LABEL_WORKFLOW] === workflow)
    .toSorted((a, b) => startOf(b).localeCompare(startOf(a)));
  const count = Math.min(MAX_LIMIT, Math.max(1, Number(limit) || DEFAULT_LIMIT));
  const items: RunSummary[] = [];
  for (const run of runs) {
    if (items.length === count) break;
    // Under the name there may be runs of others from outside, and of a workflow that had it before.
    if (readsAll || (await maySee(context, caller, run))) items.push(runSummary(run));
  }
  const answer: RunListMessage = { items };
  response.json(answer);
};

const startOf = ({ metadata, status }: WorkflowRun): string => status?.startTime ?? metadata.creationTimestamp ?? '';

/** `POST …/cancel`: ends an open run. */
export const cancelRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const run = await runForSubmitter(context, authenticated, param(request, 'namespace'), param(request, 'run'));
  const reserve = reserveFor(context, authenticated.caller, response);
  const { trigger, reason } = validated<CancelRequest>('CancelRequest', await readJson(request, reserve));
  assertOpen(run, new Date());
  const now = new Date().toISOString();
  const claim = {
    type: CONDITION.Succeeded,
    status: 'False',
    reason: trigger === 'failure' ? RUN_REASON.PipelineFailed : RUN_REASON.Cancelled,
    message: reason ?? (trigger === 'failure' ? 'the pipeline reported a failure' : 'the pipeline was cancelled'),
  } as const;
  const { startTime, policies, progress } = run.status ?? {};
  // What an apply of the same manager leaves out is removed.
  const kept = { ...(startTime && { startTime }), ...(policies && { policies }), ...(progress && { progress }) };
  const status = {
    ...kept,
    finishTime: now,
    ...settleVerdict(run, [claim], now),
  };
  await applyStatus(context.client, KIND.WorkflowRun, run, status, { fieldManager: RECEIVER_MANAGER }).catch(
    (error: unknown) => explainRefusedWrite(context, run, error),
  );
  decided(response, { what: { ...auditedRun(run), reason: claim.reason } });
  const cancelled: WorkflowRun = { ...run, status: { ...run.status, ...status } };
  tellVerdict(context, cancelled, claim, 'Cancel');
  context.metrics.runs.finished(cancelled);
  response.json(runMessage(cancelled, await contractOf(context, run)));
};

const contractOf = (context: ReceiverContext, run: WorkflowRun) =>
  context.contracts.get(run.metadata.namespace ?? '', run.spec.contract);
