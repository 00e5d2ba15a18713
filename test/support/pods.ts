import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mountSecret } from './command-line.ts';
import type { Shop } from './shop.ts';

export interface PodOptions {
  readonly name: string;
  readonly serviceAccount: string;
  readonly ownerReferences?: readonly object[];
  /** Default `shop`. */
  readonly namespace?: string;
}

/** The token of a pod, as the kubelet would project it; nothing runs in the pod. */
export async function tokenOfPod(shop: Shop, options: PodOptions): Promise<string> {
  const { name, serviceAccount, ownerReferences = [], namespace = 'shop' } = options;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ownerReferences },
    spec: { serviceAccountName: serviceAccount, containers: [{ name: 'main', image: 'none' }] },
  };
  await shop.kubectl('create -f -', JSON.stringify(pod));
  const uid = await shop.kubectl(`get pod -n ${namespace} ${name} -o jsonpath={.metadata.uid}`);
  const binding = { audience: 'proviso', pod: { name, uid } };
  return shop.stack.controlPlane.serviceAccountToken(namespace, serviceAccount, binding);
}

/** An owner reference to a Job that needn't be there. */
export const jobReference = (name: string) =>
  ({ apiVersion: 'batch/v1', kind: 'Job', name, uid: crypto.randomUUID(), controller: true }) as const;

/** What the volume of config/tekton and config/argo projects: the Secret of a workflow, with the token of the pod. */
export async function mountInPod(shop: Shop, workflow: string, pod: PodOptions): Promise<string> {
  const directory = join(shop.stack.controlPlane.dir, `mount-pod-${pod.name}`);
  await cp(await mountSecret(shop, workflow), directory, { recursive: true });
  await writeFile(join(directory, 'token'), await tokenOfPod(shop, pod));
  return directory;
}
