import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { Problem } from '../api/problem.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import type { KubeClient } from '../kube/client.ts';
import { createTtlCache } from './ttl-cache.ts';

/** Contracts by the revision that a run is pinned to. */
export interface Contracts {
  get(namespace: string, revisionName: string): Promise<EffectiveContract>;
}

interface ControllerRevision extends KubeObject {
  readonly data: EffectiveContract;
  readonly revision: number;
}

const CAPACITY = 1000;
/** The API server lets nobody change the data of a revision, but a namespace can be made anew. */
const REMEMBERED_MS = 300_000;

export function createContracts(client: KubeClient): Contracts {
  const known = createTtlCache<EffectiveContract>(CAPACITY);
  return {
    async get(namespace, revisionName) {
      const key = `${namespace}/${revisionName}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const ref = { namespace, name: revisionName };
      const revision = await client.find<ControllerRevision>(KIND.ControllerRevision, ref);
      if (revision === undefined) {
        throw new Problem('contract-not-ready', `the contract revision ${revisionName} is not there`, {
          hint: 'the operator makes it within seconds; try again, and look at kubectl get contracts',
          retryAfter: 2,
        });
      }
      known.set(key, revision.data, REMEMBERED_MS);
      return revision.data;
    },
  };
}
