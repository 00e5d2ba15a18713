import { KIND } from '../../../src/api/kinds.ts';
import type { Contract, Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { RECEIVER_MANAGER, writeStatus } from '../../../src/kube/apply.ts';
import { keyOf } from '../../../src/kube/store.ts';
import type { LoadedShop } from '../load/shop.ts';
import { finishedStatus, runOf, workflow } from '../operator/objects.ts';
import { isReady, type WorkflowWatch } from '../operator/workflow-watch.ts';
import { ratePerSecond } from '../parallel.ts';

/** So that 50,000 runs are as many for each as a Workflow keeps without being told. */
const WORKFLOWS = 500;
const PARALLEL = 32;

/** Fills a shop with finished runs, shared out over its workflows. */
export interface Seeder {
  /** Makes runs until there are so many of its own. */
  fill(size: number): Promise<void>;
}

/** Makes the workflows beside those that are submitted to; resolves once all are Ready. */
export async function createSeeder({ shop, admin, receiver }: LoadedShop, watch: WorkflowWatch): Promise<Seeder> {
  const workflows: Workflow[] = [];
  const names = Array.from({ length: WORKFLOWS }, (_, index) => `other-${index}`);
  await ratePerSecond(names, PARALLEL, async (name) => {
    workflows.push(await admin.client.create(KIND.Workflow, workflow('shop', name)));
  });
  await watch.until(
    workflows.map(({ metadata }) => keyOf(metadata)),
    isReady,
  );
  const contract = JSON.parse(await shop.kubectl('get contract -n shop release -o json')) as Contract;
  const { revision = 0, revisionName = '', revisionDigest: digest = '' } = contract.status ?? {};
  const status = { ...finishedStatus(), progress: { summary: '3/3', required: 3, present: 3 } };
  let made = 0;

  async function one(number: number): Promise<void> {
    const owner = workflows[number % workflows.length];
    if (owner === undefined) throw new Error('there are no workflows');
    const run = runOf(owner, { name: 'release', revision, revisionName, digest });
    const metadata = { ...run.metadata, name: `${owner.metadata.name}-${number}` };
    const created = await receiver.client.create<WorkflowRun>(KIND.WorkflowRun, { ...run, metadata });
    await writeStatus(receiver.client, KIND.WorkflowRun, created, status, { fieldManager: RECEIVER_MANAGER });
  }

  return {
    async fill(size) {
      const numbers = Array.from({ length: Math.max(0, size - made) }, (_, index) => made + index);
      made += numbers.length;
      await ratePerSecond(numbers, PARALLEL, one);
    },
  };
}
