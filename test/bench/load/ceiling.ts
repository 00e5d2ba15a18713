import { KIND } from '../../../src/api/kinds.ts';
import type { Contract, Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { RECEIVER_MANAGER, writeStatus } from '../../../src/kube/apply.ts';
import { recordedMaterial } from '../../support/workflow-run.ts';
import { finishedStatus, runOf } from '../operator/objects.ts';
import { ratePerSecond } from '../parallel.ts';
import { type LoadedShop, MATERIALS } from './shop.ts';

const PARALLEL = 32;
/** Of each material, as the receiver applies it. */
const applied = (name: string) => ({ materials: [recordedMaterial(name)] });

/**
 * Runs a second that the API server takes with nothing else to do, written as a submission writes them: a create, an apply for each
 * material under a field manager of its own, and the verdict. The ceiling of everything that keeps its state there.
 */
export async function ceiling({ shop, identities, receiver }: LoadedShop, runs: number): Promise<number> {
  const { workflow: name = '' } = identities[0] ?? {};
  const workflow = JSON.parse(await shop.kubectl(`get workflow.proviso.dev -n shop ${name} -o json`)) as Workflow;
  const contract = JSON.parse(await shop.kubectl('get contract -n shop release -o json')) as Contract;
  const { revision = 0, revisionName = '', revisionDigest: digest = '' } = contract.status ?? {};
  const numbers = Array.from({ length: runs }, (_, index) => index);
  return ratePerSecond(numbers, PARALLEL, async (number) => {
    const made = runOf(workflow, { name: 'release', revision, revisionName, digest });
    const run = await receiver.client.create<WorkflowRun>(KIND.WorkflowRun, {
      ...made,
      metadata: { ...made.metadata, name: `ceiling-${number}` },
    });
    const write = (fieldManager: string, status: object) =>
      writeStatus(receiver.client, KIND.WorkflowRun, run, status, { fieldManager });
    for (const material of MATERIALS) await write(`proviso-material-${material}`, applied(material));
    const { materials: _, ...verdict } = finishedStatus();
    await write(RECEIVER_MANAGER, verdict);
  });
}
