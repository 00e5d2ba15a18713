import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { moduleFolder } from '../controlplane/go.ts';
import { withLock } from '../controlplane/lock.ts';

const PINS = new URL('./crds', import.meta.url).pathname;
const TEKTON = { module: 'github.com/tektoncd/pipeline', folder: 'config/300-crds' };
const ARGO = { module: 'github.com/argoproj/argo-workflows/v4', folder: 'manifests/base/crds/full' };

/** Where each resource is defined, within the modules that `crds/go.mod` pins. */
const FILES = [
  { ...TEKTON, file: '300-task.yaml' },
  { ...TEKTON, file: '300-stepaction.yaml' },
  { ...TEKTON, file: '300-pipeline.yaml' },
  { ...TEKTON, file: '300-pipelinerun.yaml' },
  { ...TEKTON, file: '300-taskrun.yaml' },
  { ...ARGO, file: 'argoproj.io_workflows.yaml' },
  { ...ARGO, file: 'argoproj.io_clusterworkflowtemplates.yaml' },
] as const;

/**
 * The real CRDs of Tekton and Argo Workflows as one list, a file in `~/.cache/proviso/tools`. Their schemas are whole but for
 * descriptions, which take them over the size that etcd takes, and nothing converts versions, since their webhooks don't run.
 */
export async function pipelineCrds(): Promise<string> {
  const root = join(homedir(), '.cache/proviso/tools');
  const pins = createHash('sha256').update(await readFile(join(PINS, 'go.sum')));
  pins.update(JSON.stringify(FILES));
  const path = join(root, `crds-${pins.digest('hex').slice(0, 8)}.json`);
  await mkdir(root, { recursive: true });
  await withLock(join(root, 'crds.lock'), async () => {
    if (await readFile(path).catch(() => undefined)) return;
    const items: unknown[] = [];
    for (const { module, folder, file } of FILES) {
      items.push(lean(load(await readFile(join(await moduleFolder(PINS, module), folder, file), 'utf8'))));
    }
    await writeFile(`${path}.tmp`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await rename(`${path}.tmp`, path);
  });
  return path;
}

function lean(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((each) => lean(each));
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(
    // Among the names of fields `description` is a field.
    ([name, each]) => isNames || !((name === 'description' && typeof each === 'string') || name === 'conversion'),
  );
  return Object.fromEntries(kept.map(([name, each]) => [name, lean(each, !isNames && name === 'properties')]));
}
