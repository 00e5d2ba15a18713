import { KIND } from '../../api/kinds.ts';
import type { KubeObject, OwnerReference } from '../../api/object.ts';
import type { RunOwner } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';

/**
 * Whose run a pod-bound caller works on: the controller of the pod, and of that a Tekton TaskRun the PipelineRun above
 * it; the pod itself when nobody controls it. So all tasks of one pipeline meet in one run without saying so.
 */
export async function runOwnerOf(client: KubeClient, pod: KubeObject): Promise<RunOwner> {
  const { namespace = '', name, uid = '' } = pod.metadata;
  const controller = controllerOf(pod);
  if (controller === undefined) return { apiVersion: 'v1', kind: 'Pod', name, uid };
  if (controller.kind !== 'TaskRun' || !controller.apiVersion.startsWith('tekton.dev/')) return ownerFrom(controller);
  const version = controller.apiVersion.split('/')[1] ?? 'v1';
  const taskRun = await client.find<KubeObject>({ ...KIND.TaskRun, version }, { namespace, name: controller.name });
  // A TaskRun made anew under the name is another one; then only the pod's own word counts.
  if (taskRun === undefined || taskRun.metadata.uid !== controller.uid) return ownerFrom(controller);
  const above = controllerOf(taskRun);
  return ownerFrom(above ?? controller);
}

const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

const ownerFrom = ({ apiVersion, kind, name, uid }: OwnerReference): RunOwner => ({ apiVersion, kind, name, uid });
