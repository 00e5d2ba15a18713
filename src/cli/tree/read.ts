import { KIND } from '../../api/kinds.ts';
import { submitterName } from '../../api/labels.ts';
import type { ClusterContract, Contract, EvidenceStore, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import { hasDigest } from '../../contract/digest.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type Looked, look } from './look.ts';
import type { PolicyFacts, Revision, WorkflowFacts } from './workflow.ts';

/** Looks at all that belongs to a workflow; of its runs at the newest. */
export async function readWorkflow(client: KubeClient, workflow: Workflow, limit: number): Promise<WorkflowFacts> {
  const { name, namespace = '', uid } = workflow.metadata;
  const { contract: pinned, baselines = [], evidenceStoreName } = workflow.status ?? {};
  const provisioned = { namespace, name: submitterName(name) };
  const revisionRef = pinned === undefined ? undefined : { namespace, name: pinned.revisionName };
  const [contract, revision, serviceAccount, role, roleBinding, store, governing, all] = await Promise.all([
    look<Contract>(client, KIND.Contract, { namespace, name: workflow.spec.contractRef.name }),
    revisionRef === undefined ? undefined : look<Revision>(client, KIND.ControllerRevision, revisionRef),
    look(client, KIND.ServiceAccount, provisioned),
    look(client, KIND.Role, provisioned),
    look(client, KIND.RoleBinding, provisioned),
    evidenceStoreName === undefined
      ? undefined
      : look<EvidenceStore>(client, KIND.EvidenceStore, { name: evidenceStoreName }),
    Promise.all(baselines.map(async (each) => [each.name, await lookAt(client, each.name)] as const)),
    client.list<WorkflowRun>(KIND.WorkflowRun, { namespace, fieldSelector: `spec.workflowRef.name=${name}` }),
  ]);
  // One of that name may have been there before.
  const own = all.filter(({ spec }) => spec.workflowRef.uid === uid).toSorted(newestFirst);
  return {
    ...{ workflow, contract, serviceAccount, role, roleBinding },
    ...(revision === undefined ? {} : { revision }),
    ...(store === undefined ? {} : { store }),
    policies: await readPolicies(client, workflow, revision),
    baselines: new Map(governing),
    runs: own.slice(0, limit),
    omittedRuns: Math.max(0, own.length - limit),
  };
}

const lookAt = (client: KubeClient, name: string): Promise<Looked<ClusterContract>> =>
  look(client, KIND.ClusterContract, { name });

/** Those that the revision attaches, each once, however many materials it judges; of one that was exchanged none. */
async function readPolicies(
  client: KubeClient,
  { metadata: { namespace = '' }, status }: Workflow,
  revision: Looked<Revision> | undefined,
): Promise<readonly PolicyFacts[]> {
  if (revision?.outcome !== 'found') return [];
  const { data } = revision.object;
  // What somebody put in its place could name anything, a Secret too.
  if (!hasDigest<EffectiveContract>(data, status?.contract?.digest ?? '')) return [];
  const { policies = [] } = data;
  const attached = new Map(policies.map((policy) => [`${policy.kind}/${policy.name}`, policy]));
  return Promise.all(
    [...attached.values()].map(async ({ kind, name }) => ({
      ...{ kind, name },
      gate: policies.some((each) => each.kind === kind && each.name === name && each.gate),
      looked: await look(client, KIND[kind], kind === 'Policy' ? { namespace, name } : { name }),
    })),
  );
}

const newestFirst = (a: WorkflowRun, b: WorkflowRun): number => startOf(b).localeCompare(startOf(a));
const startOf = ({ metadata, status }: WorkflowRun): string => status?.startTime ?? metadata.creationTimestamp ?? '';
