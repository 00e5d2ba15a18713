import { Problem } from '../../api/problem.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/error.ts';

/** How a command reaches the cluster itself, beside the receiver. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  /** Proviso's own namespace. */
  readonly systemNamespace: string;
}

/** Connects with the rights of whoever the kubeconfig is of. Throws `usage` if there is none that can be read. */
export async function openCluster({ kubeconfig }: ClusterFlags): Promise<KubeClient> {
  // It takes time that other commands needn't spend.
  const { connect } = await import('../../kube/connect.ts');
  try {
    return connect(kubeconfig).client;
  } catch (cause) {
    throw new Problem('usage', `the kubeconfig can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** What the API server said, as a refusal for people. */
export function clusterProblem(error: unknown): unknown {
  if (!(error instanceof KubeError)) return error;
  if (error.code === 0) {
    return new Problem('cluster-unavailable', error.message, {
      hint: 'see --kubeconfig, and: kubectl version',
      cause: error,
    });
  }
  const hint =
    error.code === 403
      ? 'the command has the rights of whoever the kubeconfig is of; docs/runbook.md lists those that it takes'
      : 'kubectl says the same; see what it takes';
  return new Problem('cluster-refused', `the API server refuses this: ${error.message}`, { hint, cause: error });
}
