import { sha256Hex } from './canonical.ts';
import { KIND } from './kinds.ts';
import { API_VERSION, LABEL_CONTRACT, LABEL_MANAGED_BY, LABEL_WORKFLOW, MANAGED_BY } from './labels.ts';
import type { RunOwner, RunRunner, Workflow, WorkflowRun } from './types.gen.ts';

/** The key of the one run that an owner has of a workflow, whoever opens it first. */
export const ownerRunKey = ({ metadata }: Workflow, ownerUid: string): string =>
  sha256Hex(JSON.stringify(['owner', metadata.uid ?? '', ownerUid]));

/** The name of the run of a workflow with this key. */
export const runName = ({ metadata }: Workflow, runKey: string): string => `${metadata.name}-${runKey.slice(0, 10)}`;

/** What every run of a workflow with this key is, whoever opens it. */
export function runObject(workflow: Workflow, runKey: string): Pick<WorkflowRun, 'apiVersion' | 'kind' | 'metadata'> {
  const { name, namespace = '', uid = '' } = workflow.metadata;
  const contract = workflow.status?.contract?.name;
  return {
    apiVersion: API_VERSION,
    kind: KIND.WorkflowRun.kind,
    metadata: {
      name: runName(workflow, runKey),
      namespace,
      labels: {
        [LABEL_MANAGED_BY]: MANAGED_BY,
        [LABEL_WORKFLOW]: name,
        ...(contract === undefined ? {} : { [LABEL_CONTRACT]: contract }),
      },
      ownerReferences: [{ apiVersion: API_VERSION, kind: KIND.Workflow.kind, name, uid, controller: true }],
    },
  };
}

/** The runner that an owner proves, by group and kind. */
const RUNNERS: Readonly<Record<string, RunRunner['type']>> = {
  'tekton.dev/PipelineRun': 'TEKTON_PIPELINE',
  'tekton.dev/TaskRun': 'TEKTON_PIPELINE',
  'argoproj.io/Workflow': 'ARGO_WORKFLOW',
  'batch/Job': 'KUBERNETES_JOB',
};

export const provenRunner = ({ apiVersion, kind }: RunOwner): RunRunner['type'] | undefined =>
  RUNNERS[`${apiVersion.split('/')[0]}/${kind}`];
