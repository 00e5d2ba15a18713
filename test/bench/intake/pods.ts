import { KIND } from '../../../src/api/kinds.ts';
import { AUDIENCE } from '../../../src/api/labels.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { objectPath } from '../../../src/kube/path.ts';
import { jobReference } from '../../support/pods.ts';
import { ratePerSecond } from '../parallel.ts';

const PARALLEL = 16;

/** The tokens of pods, each of a pipeline of its own, that may submit to a workflow. */
export async function podTokens(
  client: KubeClient,
  workflow: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const serviceAccountName = `proviso-${workflow}`;
  const tokens: string[] = [];
  await ratePerSecond(names, PARALLEL, async (name) => {
    const pod = await client.create<KubeObject>(KIND.Pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', ownerReferences: [jobReference(`job-${name}`)] },
      spec: { serviceAccountName, containers: [{ name: 'main', image: 'none' }] },
    } as KubeObject);
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid: pod.metadata.uid };
    const account = { namespace: 'shop', name: serviceAccountName };
    const answer = await client.post<{ readonly status: { readonly token: string } }>(
      objectPath(KIND.ServiceAccount, account, 'token'),
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [AUDIENCE], boundObjectRef } },
    );
    tokens.push(answer.status.token);
  });
  return tokens;
}
