import { Problem } from '../api/problem.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/error.ts';

export interface ClusterFlags {
  /** Absent: as kubectl finds it. */
  readonly kubeconfig?: string;
}

export interface InstallationFlags extends ClusterFlags {
  /** Proviso's own namespace. */
  readonly systemNamespace: string;
}

/**
 * Talks to the API server with the caller's own rights; `namespace` is that of the kubeconfig's context. Throws `cluster-unavailable`, `cluster-refused` with its own words, or
 * `usage` for a kubeconfig that can't be read.
 */
export async function withCluster<T>(
  { kubeconfig }: ClusterFlags,
  work: (client: KubeClient, namespace: string | undefined) => Promise<T>,
): Promise<T> {
  // Of all commands only those that do this need its libraries.
  const { connect } = await import('../kube/connect.ts');
  const { client, credentials, namespace } = open();
  try {
    return await work(client, namespace);
  } catch (error) {
    throw error instanceof KubeError ? problemOf(error) : error;
  } finally {
    // What couldn't be read was told of by the work.
    await credentials().then(
      ({ agent }) => agent.destroy(),
      () => {},
    );
  }

  function open() {
    try {
      return connect(kubeconfig);
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new Problem('usage', `the kubeconfig can't be read: ${words}`, {
        hint: 'give --kubeconfig FILE, or set KUBECONFIG',
        cause,
      });
    }
  }
}

function problemOf(cause: KubeError): Problem {
  const { code, message } = cause;
  if (code === 401) {
    const hint = 'the login of the kubeconfig has expired or is of another cluster; see: kubectl auth whoami';
    return new Problem('cluster-refused', `the API server does not know who asks: ${message}`, { hint, cause });
  }
  if (code === 403) {
    const hint =
      'an administrator has to allow it; see kubectl auth can-i --list, and what the page of the command lists';
    return new Problem('cluster-refused', `the API server does not allow it: ${message}`, { hint, cause });
  }
  if (code === 0 || code === 429 || code >= 500) {
    const hint = 'see: kubectl cluster-info';
    return new Problem('cluster-unavailable', message, { hint, cause });
  }
  return new Problem('cluster-refused', `the API server refused it: ${message}`, { cause });
}
