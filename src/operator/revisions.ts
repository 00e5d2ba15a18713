import { KIND } from '../api/kinds.ts';
import { API_VERSION, LABEL_CONTRACT, LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { Contract } from '../api/types.gen.ts';
import { canonicalDigest, hasDigest, revisionNameOf } from '../contract/digest.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import type { ControllerRevision } from './context.ts';
import { NameTakenError } from './failures.ts';
import { isOurs } from './ours.ts';

export interface CurrentRevision {
  readonly name: string;
  readonly digest: string;
  readonly revision: number;
  readonly isNew: boolean;
}

/**
 * The revision that holds this content: an earlier one if the contract has meant the same before, else a new one. Throws
 * `NameTakenError` when its name belongs to something else.
 */
export async function ensureRevision(
  client: KubeClient,
  contract: Contract,
  effective: EffectiveContract,
  known: (name: string) => ControllerRevision | undefined,
): Promise<CurrentRevision> {
  const { namespace = '' } = contract.metadata;
  const digest = canonicalDigest(effective);
  const name = revisionNameOf(contract.metadata.name, digest);
  const found = known(name) ?? (await client.find<ControllerRevision>(KIND.ControllerRevision, { namespace, name }));
  if (found === undefined) return { name, digest, ...(await createRevision(client, contract, name, effective)) };
  // The name holds only a part of the digest, and whoever may write ControllerRevisions may have put anything there.
  if (!isOurs(found) || !hasDigest(found.data, digest)) {
    throw new NameTakenError(
      `the ControllerRevision ${namespace}/${name} exists and is not the one of this contract; delete it`,
    );
  }
  await adopt(client, contract, found);
  return { name, digest, revision: found.revision, isNew: false };
}

async function createRevision(
  client: KubeClient,
  contract: Contract,
  name: string,
  data: EffectiveContract,
): Promise<Pick<CurrentRevision, 'revision' | 'isNew'>> {
  const { namespace = '' } = contract.metadata;
  // The watch may lag behind our own last write, so numbers are given by a fresh list.
  const revisions = await client.list<ControllerRevision>(KIND.ControllerRevision, {
    namespace,
    labelSelector: `${LABEL_CONTRACT}=${contract.metadata.name}`,
  });
  const revision = 1 + Math.max(0, ...revisions.map((each) => each.revision));
  await client.create<ControllerRevision>(KIND.ControllerRevision, {
    apiVersion: 'apps/v1',
    kind: KIND.ControllerRevision.kind,
    metadata: { name, namespace, ...ownership(contract) },
    data,
    revision,
  });
  return { revision, isNew: true };
}

/** A revision of an earlier contract of this name would go with that one, and take the open runs' contract with it. */
async function adopt(client: KubeClient, contract: Contract, revision: ControllerRevision): Promise<void> {
  const { ownerReferences = [], resourceVersion } = revision.metadata;
  if (ownerReferences.some(({ uid }) => uid === contract.metadata.uid)) return;
  const patch = { metadata: { resourceVersion, ...ownership(contract) } };
  await client.mergePatch(KIND.ControllerRevision, revision.metadata, patch, { fieldManager: OPERATOR_MANAGER });
}

const ownership = ({ metadata: { name, uid = '' } }: Contract) => ({
  labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_CONTRACT]: name },
  ownerReferences: [{ apiVersion: API_VERSION, kind: KIND.Contract.kind, name, uid, controller: true }],
});
