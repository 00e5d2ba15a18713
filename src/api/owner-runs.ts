import { sha256Hex } from './canonical.ts';
import type { RunOwner, RunRunner, Workflow } from './types.gen.ts';

/** The key of the one run that an owner has of a workflow, whoever opens it first. */
export const ownerRunKey = ({ metadata }: Workflow, ownerUid: string): string =>
  sha256Hex(JSON.stringify(['owner', metadata.uid ?? '', ownerUid]));

/** The name of the run of a workflow with this key. */
export const runName = ({ metadata }: Workflow, runKey: string): string => `${metadata.name}-${runKey.slice(0, 10)}`;

/** The runner that an owner proves, by group and kind. */
const RUNNERS: Readonly<Record<string, RunRunner['type']>> = {
  'tekton.dev/PipelineRun': 'TEKTON_PIPELINE',
  'tekton.dev/TaskRun': 'TEKTON_PIPELINE',
  'argoproj.io/Workflow': 'ARGO_WORKFLOW',
  'batch/Job': 'KUBERNETES_JOB',
};

export const provenRunner = ({ apiVersion, kind }: RunOwner): RunRunner['type'] | undefined =>
  RUNNERS[`${apiVersion.split('/')[0]}/${kind}`];
