import { KIND } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { asArray, asRecord, asText } from '../../api/record.ts';
import type { RunOwner, WorkflowRun } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';

/** A TaskRun or PipelineRun as the API server has it; its schema lets anything through. */
export type TektonObject = KubeObject & { readonly status?: unknown };

/** More tasks are looked at of no pipeline. */
const MAX_TASKS = 200;

export const isTekton = ({ apiVersion }: RunOwner): boolean => apiVersion.startsWith('tekton.dev/');

/** The PipelineRun or TaskRun of a run, if it is still there. */
export async function tektonOwner(client: KubeClient, run: WorkflowRun): Promise<TektonObject | undefined> {
  const { owner } = run.spec.identity;
  if (owner === undefined || !isTekton(owner)) return undefined;
  const kind = owner.kind === 'PipelineRun' ? KIND.PipelineRun : KIND.TaskRun;
  const { namespace = '' } = run.metadata;
  const version = owner.apiVersion.split('/')[1] ?? kind.version;
  const found = await client.find<TektonObject>({ ...kind, version }, { namespace, name: owner.name });
  return found?.metadata.uid === owner.uid ? found : undefined;
}

/** The TaskRuns of a PipelineRun, one after the other: those that it names and that say the same. */
export async function* tasksOf(
  client: KubeClient,
  pipelineRun: TektonObject,
  isWanted: (name: string) => boolean = () => true,
): AsyncGenerator<TektonObject> {
  const { namespace = '', uid } = pipelineRun.metadata;
  for (const reference of asArray(asRecord(pipelineRun.status)?.childReferences).slice(0, MAX_TASKS)) {
    const child = asRecord(reference);
    const name = asText(child?.name) ?? '';
    if (child?.kind !== 'TaskRun' || !/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name) || !isWanted(name)) continue;
    const task = await client.find<TektonObject>(KIND.TaskRun, { namespace, name });
    const isOurs = task?.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid);
    if (task !== undefined && isOurs === true) yield task;
  }
}

/** Whether a TaskRun with this uid is one of the run's PipelineRun. */
export async function isTaskOf(client: KubeClient, run: WorkflowRun, uid: string): Promise<boolean> {
  if (run.spec.identity.owner?.kind !== 'PipelineRun') return false;
  const pipelineRun = await tektonOwner(client, run);
  if (pipelineRun === undefined) return false;
  for await (const { metadata } of tasksOf(client, pipelineRun)) if (metadata.uid === uid) return true;
  return false;
}
