import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { Problem } from '../api/problem.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { hasDigest } from '../contract/digest.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import type { KubeClient } from '../kube/client.ts';
import { createTtlCache } from './ttl-cache.ts';

/** Contracts by the revision that a run is pinned to. */
export interface Contracts {
  get(namespace: string, pinned: WorkflowRun['spec']['contract']): Promise<EffectiveContract>;
}

/** As the API server has it: whoever may write ControllerRevisions may have put anything there. */
export interface StoredRevision extends KubeObject {
  readonly data?: unknown;
  readonly revision: number;
}

const CAPACITY = 1000;
const REMEMBERED_MS = 300_000;

export function createContracts(client: KubeClient): Contracts {
  const known = createTtlCache<EffectiveContract>(CAPACITY);
  return {
    async get(namespace, { revisionName, digest }) {
      const key = `${namespace}/${revisionName}/${digest}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const ref = { namespace, name: revisionName };
      const revision = await client.find<StoredRevision>(KIND.ControllerRevision, ref);
      if (revision === undefined) {
        throw new Problem('contract-not-ready', `the contract revision ${revisionName} is not there`, {
          hint: 'the operator makes it within seconds; try again, and look at kubectl get contracts',
          retryAfter: 2,
        });
      }
      // Whoever may write ControllerRevisions can delete one and put another in its place.
      if (!hasDigest(revision.data, digest)) {
        throw new Problem('contract-altered', `the ControllerRevision ${namespace}/${revisionName} isn't ${digest}`, {
          hint: 'delete it: the operator makes it anew from the contract; and look into who may write ControllerRevisions',
        });
      }
      known.set(key, revision.data, REMEMBERED_MS);
      return revision.data;
    },
  };
}
