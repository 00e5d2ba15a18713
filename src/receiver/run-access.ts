import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import { isFinished, verdictOf } from '../api/run-verdict.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { isStatus } from '../kube/error.ts';
import { isOlder } from '../kube/version.ts';
import { factsOfRun, noteFacts } from '../telemetry/facts.ts';
import { type Caller, homeOf, podOf } from './auth/caller.ts';
import { runOwnerOf } from './auth/owner.ts';
import type { Authenticated } from './auth/review.ts';
import type { ReceiverContext } from './context.ts';
import { isOwnFromOutside } from './run-identity.ts';

/** The same words whether a run doesn't exist or isn't the caller's to know of. */
const notFound = (namespace: string, name: string): Problem =>
  new Problem('run-not-found', `there is no run '${name}' in '${namespace}' that this identity may see`, {
    hint: 'open one with: proviso init',
  });

/**
 * The run for somebody who may see it: a reader of the namespace or a submitter of its workflow. One from outside sees his
 * own alone: other repositories may submit to the same workflow.
 */
export async function runForReader(
  context: ReceiverContext,
  { caller }: Authenticated,
  namespace: string,
  name: string,
): Promise<WorkflowRun> {
  const run = await context.client.find<WorkflowRun>(KIND.WorkflowRun, { namespace, name });
  if (run === undefined || !(await maySee(context, caller, run))) throw notFound(namespace, name);
  noteFacts(factsOfRun(run));
  return run;
}

/** For what tells of the runs of all namespaces at once. Throws `read-forbidden`. */
export async function assertReadsAll({ access }: ReceiverContext, { caller }: Authenticated): Promise<void> {
  if (await access.mayReadAll(caller)) return;
  throw new Problem('read-forbidden', `'${caller.username}' may not read the runs of the whole cluster`, {
    hint: "get the verb 'list' on workflowruns.proviso.dev by a ClusterRoleBinding",
  });
}

/** Whether a caller may see a run and its evidence. */
export async function maySee({ access }: ReceiverContext, caller: Caller, run: WorkflowRun): Promise<boolean> {
  const { namespace = '' } = run.metadata;
  if (caller.kind === 'oidc' && !isOwnFromOutside(caller, run)) return false;
  return (
    (await access.maySubmitTo(caller, namespace, run.spec.workflowRef)) ||
    (await access.mayRead(caller, namespace, 'get'))
  );
}

/**
 * The run for its own pipeline: who may submit to the workflow and is bound to this run, neither of which ever changes. What it has
 * been filled with does: `known` serves where that is no matter.
 */
export async function runForSubmitter(
  context: ReceiverContext,
  authenticated: Authenticated,
  namespace: string,
  name: string,
  known?: WorkflowRun,
): Promise<WorkflowRun> {
  const { caller } = authenticated;
  const run = known ?? (await context.client.find<WorkflowRun>(KIND.WorkflowRun, { namespace, name }));
  if (run === undefined || !(await context.access.maySubmitTo(caller, namespace, run.spec.workflowRef))) {
    throw notFound(namespace, name);
  }
  noteFacts(factsOfRun(run));
  await assertOwn(context, authenticated, run);
  return run;
}

/**
 * Nobody files evidence for somebody else's run. A run belongs to what opened it and to nothing that merely shares its
 * service account: to the pipeline of a pod, so to all pods of that pipeline; to a pod of another namespace, whose owner
 * proves nothing here, so to that pod alone; to an identity without a pod, so to that identity, again without a pod; to a run
 * of a CI system outside, so to all its jobs.
 */
async function assertOwn(context: ReceiverContext, { caller, pod }: Authenticated, run: WorkflowRun): Promise<void> {
  const { owner, username, pod: opener, issuer } = run.spec.identity;
  if (caller.kind === 'oidc') {
    if (isOwnFromOutside(caller, run)) return;
    throw new Problem(
      'run-forbidden',
      `the run was not opened by '${caller.username}', or not in this run of its CI system`,
      {
        hint: 'open a run of your own with: proviso init; jobs of one run share theirs by --idempotency-key',
      },
    );
  }
  if (owner !== undefined) {
    const own = pod === undefined ? undefined : await runOwnerOf(context.client, pod);
    if (own?.uid === owner.uid && homeOf(caller) === run.metadata.namespace) return;
    throw new Problem('run-forbidden', `the run belongs to the ${owner.kind} ${owner.name}`, {
      hint: 'only pods of that pipeline may add to it, each with a token that is bound to its pod',
    });
  }
  // A user of the cluster may be called like somebody from outside, and still isn't him.
  if (issuer === undefined && caller.username === username && podOf(caller)?.uid === opener?.uid) return;
  const found = `not by ${described(caller.username, podOf(caller))}`;
  throw new Problem('run-forbidden', `the run was opened by ${described(username, opener)}, ${found}`, {
    hint: 'add with the token that opened it, or open a run of your own with: proviso init',
  });
}

const described = (username: string, pod: { readonly name: string } | undefined): string =>
  pod === undefined ? `'${username}' without a pod` : `'${username}' in the pod ${pod.name}`;

/** The run as the watch has it, if that is the same one and no older; cheaper than to ask, and a write that is late is refused anyway. */
export function latestKnown({ runs }: Pick<ReceiverContext, 'runs'>, run: WorkflowRun): WorkflowRun {
  const seen = runs.get(run.metadata);
  return seen !== undefined && seen.metadata.uid === run.metadata.uid && !isOlder(seen, run) ? seen : run;
}

/** Throws `run-finished` for a run with a verdict, or past its deadline even if nobody has marked it yet. */
export function assertOpen(run: WorkflowRun, now: Date): void {
  const { reason, message } = verdictOf(run);
  const hint = nextRunHint(run);
  if (isFinished(run)) throw new Problem('run-finished', `the run is finished: ${reason}. ${message}`, { hint });
  if (now > new Date(run.spec.deadlineTime)) {
    throw new Problem('run-finished', `the deadline of the run was ${run.spec.deadlineTime}`, { hint });
  }
}

/** How to get another run: a pipeline in the cluster has one and no more, whatever is typed in its pods. */
export function nextRunHint({ spec }: WorkflowRun): string {
  const { owner } = spec.identity;
  if (owner === undefined) return 'open a new run with: proviso init --replace';
  return `this is the one run of the ${owner.kind} ${owner.name}: start a new ${owner.kind}`;
}

/**
 * Why the API server refused a write to a run that was open a moment ago: somebody else was faster, or a bound of the
 * schema is broken; `check` may know more of the run as it is now. Of a run that is gone, or was made anew under the name, nothing is there. Rethrows every other error.
 */
export async function explainRefusedWrite(
  context: ReceiverContext,
  run: WorkflowRun,
  error: unknown,
  check: (now: WorkflowRun) => void = () => {},
): Promise<never> {
  const { namespace = '', name } = run.metadata;
  if (isStatus(error, 404) || isStatus(error, 409)) throw notFound(namespace, name);
  if (!isStatus(error, 422)) throw error;
  const now = await context.client.find<WorkflowRun>(KIND.WorkflowRun, run.metadata);
  if (now !== undefined) {
    assertOpen(now, new Date());
    check(now);
  }
  throw new Problem('request-invalid', `the API server refuses this: ${error.message}`, { cause: error });
}
