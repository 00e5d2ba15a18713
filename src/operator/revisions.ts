import { KIND } from '../api/kinds.ts';
import { API_VERSION, LABEL_CONTRACT, LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { Contract } from '../api/types.gen.ts';
import { canonicalDigest } from '../contract/digest.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import type { KubeClient } from '../kube/client.ts';
import { isStatus } from '../kube/error.ts';
import type { ControllerRevision } from './context.ts';

export interface CurrentRevision {
  readonly name: string;
  readonly revision: number;
  readonly isNew: boolean;
}

/** The revision that holds this content: an earlier one if the contract has meant the same before, else a new one. */
export async function ensureRevision(
  client: KubeClient,
  contract: Contract,
  effective: EffectiveContract,
  known: (name: string) => ControllerRevision | undefined,
): Promise<CurrentRevision> {
  const { name: contractName, namespace = '', uid = '' } = contract.metadata;
  const name = `${contractName}-${canonicalDigest(effective).slice(0, 10)}`;
  const cached = known(name);
  if (cached !== undefined) return { name, revision: cached.revision, isNew: false };
  // The watch may lag behind our own last write, so numbers are given by a fresh list.
  const revisions = await client.list<ControllerRevision>(KIND.ControllerRevision, {
    namespace,
    labelSelector: `${LABEL_CONTRACT}=${contractName}`,
  });
  const found = revisions.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return { name, revision: found.revision, isNew: false };
  const revision = 1 + Math.max(0, ...revisions.map((each) => each.revision));
  try {
    await client.create<ControllerRevision>(KIND.ControllerRevision, {
      apiVersion: 'apps/v1',
      kind: KIND.ControllerRevision.kind,
      metadata: {
        name,
        namespace,
        labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_CONTRACT]: contractName },
        ownerReferences: [
          { apiVersion: API_VERSION, kind: KIND.Contract.kind, name: contractName, uid, controller: true },
        ],
      },
      data: effective,
      revision,
    });
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
    const other = await client.get<ControllerRevision>(KIND.ControllerRevision, { namespace, name });
    return { name, revision: other.revision, isNew: false };
  }
  return { name, revision, isNew: true };
}
