import type { Request } from 'express';
import { Problem } from '../../api/problem.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { homeOf } from '../auth/caller.ts';
import type { Authenticated } from '../auth/review.ts';
import type { ReceiverContext } from '../context.ts';
import { findOpened, findOrOpen } from '../find-run.ts';
import { runForSubmitter } from '../run-access.ts';
import { param } from './params.ts';

/** How a path says which run is meant. */
export type WhichRun = (context: ReceiverContext, by: Authenticated, request: Request) => Promise<WorkflowRun>;

/** `…/runs/{run}`: by its name. */
export const namedRun: WhichRun = (context, by, request) =>
  runForSubmitter(context, by, param(request, 'namespace'), param(request, 'run'));

/** The same for what only adds: as the watch has it, if it does. The API server refuses what is added to one that is over. */
export const watchedRun: WhichRun = (context, by, request) => {
  const ref = { namespace: param(request, 'namespace'), name: param(request, 'run') };
  return runForSubmitter(context, by, ref.namespace, ref.name, context.runs.get(ref));
};

/** `…/workflows/{workflow}`: that of the pipeline which the caller's pod belongs to, opened by what comes first. */
export const ownRun: WhichRun = async (context, by, request) => {
  const namespace = namespaceOfPod(by, request);
  return (await findOrOpen(context, by, { workflow: param(request, 'workflow') }, namespace)).run;
};

/** The same for what only reads: it opens none. Throws `run-not-found`. */
export const openedOwnRun: WhichRun = async (context, by, request) => {
  const namespace = namespaceOfPod(by, request);
  const workflow = param(request, 'workflow');
  const run = await findOpened(context, by, { workflow }, namespace);
  if (run !== undefined) return run;
  throw new Problem('run-not-found', `this pipeline has no run of the workflow '${workflow}' yet`, {
    hint: 'hand in a material first, or open the run with POST /v1/runs',
  });
};

/** Throws `pod-required`: without a pod of the workflow's namespace nothing says which run is the caller's own. */
function namespaceOfPod({ caller, pod }: Authenticated, request: Request): string {
  const namespace = param(request, 'namespace');
  if (pod !== undefined && homeOf(caller) === namespace) return namespace;
  const who = pod === undefined ? 'has a token that is bound to no pod' : 'calls from a pod of another namespace';
  throw new Problem('pod-required', `'${caller.username}' ${who}, so that no pipeline says which run is meant`, {
    hint: `open a run with POST /v1/runs, or proviso init, and name it: /v1/namespaces/${namespace}/runs/RUN/…`,
  });
}
