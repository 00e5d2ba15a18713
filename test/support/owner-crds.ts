import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface PublishedCrd {
  readonly module: string;
  readonly version: string;
  /** Of the module, as go.sum has it. */
  readonly sum: string;
  readonly file: string;
}

const TEKTON: PublishedCrd = {
  module: 'github.com/tektoncd/pipeline',
  version: 'v1.15.0',
  sum: 'h1:ZGboFUaEdpYurZWqeGT5rn9e6qmomGL/gLSKhHp2vvQ=',
  file: 'config/300-crds/300-pipelinerun.yaml',
};

/** The one that Argo installs by default; the other one is of 3 MB, and lets the same through. */
const ARGO: PublishedCrd = {
  module: 'github.com/argoproj/argo-workflows/v4',
  version: 'v4.0.5',
  sum: 'h1:/1lru5oXUd+k6KEDUps6rLX5OKfi1jTfabgXTly/VFU=',
  file: 'manifests/base/crds/minimal/argoproj.io_workflows.yaml',
};

/** The CRD of PipelineRun as Tekton publishes it; the path of a file. */
export const pipelineRunCrd = (): Promise<string> => fileOf(TEKTON);

/** The CRD of Argo's Workflow as Argo publishes it; the path of a file. */
export const argoWorkflowCrd = (): Promise<string> => fileOf(ARGO);

/** The CRD of TaskRun as Tekton publishes it; the path of a file. */
export const taskRunCrd = (): Promise<string> => fileOf({ ...TEKTON, file: 'config/300-crds/300-taskrun.yaml' });

async function fileOf({ module, version, sum, file }: PublishedCrd): Promise<string> {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  const { stdout } = await promisify(execFile)('go', args, { cwd: tmpdir() });
  const found = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (found.Sum !== sum) throw new Error(`${module}@${version} is ${found.Sum}, and not ${sum}`);
  return join(found.Dir, file);
}
