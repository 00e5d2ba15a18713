import { KIND } from '../../../src/api/kinds.ts';
import type { Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { RECEIVER_MANAGER, writeStatus } from '../../../src/kube/apply.ts';
import { keyOf } from '../../../src/kube/store.ts';
import { ratePerSecond } from '../parallel.ts';
import type { BenchCluster } from './cluster.ts';
import { finishedStatus, runOf, workflow } from './objects.ts';

/** What was made, and what this API server can do at most, while nothing else runs. */
export interface Seeded {
  /** Keys of the workflows. */
  readonly keys: readonly string[];
  readonly workflowsPerSecond: number;
  readonly runsPerSecond: number;
  /** Status writes by server-side apply: the ceiling that the operator is measured against. */
  readonly statusesPerSecond: number;
}

const PARALLEL = 32;

/**
 * Makes the workflows and a finished run of each. What the operator makes of them is left to the operator, so that the
 * state is the one that it would have left behind.
 */
export async function seed(cluster: BenchCluster, size: number): Promise<Seeded> {
  const { admin, receiver, namespaces } = cluster;
  const revisions = new Map<string, Awaited<ReturnType<BenchCluster['revisionIn']>>>();
  for (const home of namespaces) revisions.set(home, await cluster.revisionIn(home));
  const numbers = Array.from({ length: size }, (_, index) => index);
  const workflows: Workflow[] = [];
  const workflowsPerSecond = await ratePerSecond(numbers, PARALLEL, async (number) => {
    const home = namespaces[number % namespaces.length] ?? '';
    workflows.push(await admin.client.create(KIND.Workflow, workflow(home, `pipeline-${number}`)));
  });
  const runs: WorkflowRun[] = [];
  const runsPerSecond = await ratePerSecond(workflows, PARALLEL, async (each) => {
    const revision = revisions.get(each.metadata.namespace ?? '');
    if (revision === undefined) throw new Error(`no contract in ${each.metadata.namespace}`);
    runs.push(await receiver.client.create(KIND.WorkflowRun, runOf(each, revision)));
  });
  const statusesPerSecond = await ratePerSecond(runs, PARALLEL, (run) =>
    writeStatus(receiver.client, KIND.WorkflowRun, run, finishedStatus(), { fieldManager: RECEIVER_MANAGER }),
  );
  return {
    keys: workflows.map(({ metadata }) => keyOf(metadata)),
    workflowsPerSecond,
    runsPerSecond,
    statusesPerSecond,
  };
}
