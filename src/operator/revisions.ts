import { KIND, type ResourceKind } from '../api/kinds.ts';
import { API_VERSION, LABEL_CLUSTER_CONTRACT, LABEL_CONTRACT, LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';
import type { ClusterContract, Contract } from '../api/types.gen.ts';
import { canonicalDigest, hasDigest, revisionNameOf } from '../contract/digest.ts';
import type { BaselineTerms, EffectiveContract } from '../contract/effective.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import { createOneByOne } from '../queue/one-by-one.ts';
import type { ControllerRevision } from './context.ts';
import { NameTakenError } from './failures.ts';
import { isOurs } from './ours.ts';

export interface CurrentRevision {
  readonly name: string;
  readonly digest: string;
  readonly revision: number;
  readonly isNew: boolean;
}

/** Whose content is kept, and where. */
export interface RevisionOwner {
  readonly kind: ResourceKind;
  readonly object: KubeObject;
  /** Where its revisions lie. */
  readonly namespace: string;
  /** What the names of its revisions begin with. */
  readonly prefix: string;
  /** The label on them that holds its name. */
  readonly label: string;
}

export const ownedByContract = (contract: Contract): RevisionOwner => ({
  kind: KIND.Contract,
  object: contract,
  namespace: contract.metadata.namespace ?? '',
  prefix: contract.metadata.name,
  label: LABEL_CONTRACT,
});

/** They lie in Proviso's own namespace, where a Contract may have the same name. */
export const ownedByClusterContract = (contract: ClusterContract, namespace: string): RevisionOwner => ({
  kind: KIND.ClusterContract,
  object: contract,
  namespace,
  prefix: `cluster-${contract.metadata.name}`,
  label: LABEL_CLUSTER_CONTRACT,
});

/** Many workflows may need the same new revision at once, and no two may get the same number. */
const inTurn = createOneByOne();

/**
 * The revision that holds this content: an earlier one if its owner has meant the same before, else a new one. Throws
 * `NameTakenError` when its name belongs to something else.
 */
export async function ensureRevision(
  client: KubeClient,
  owner: RevisionOwner,
  content: EffectiveContract | BaselineTerms,
  known: (name: string) => ControllerRevision | undefined,
): Promise<CurrentRevision> {
  const { namespace, prefix } = owner;
  const digest = canonicalDigest(content);
  const name = revisionNameOf(prefix, digest);
  const found = known(name) ?? (await findOrCreate(client, owner, name, content));
  if ('isNew' in found) return { name, digest, ...found };
  // The name holds only a part of the digest, and whoever may write ControllerRevisions may have put anything there.
  if (!isOurs(found) || !hasDigest(found.data, digest)) {
    throw new NameTakenError(
      `the ControllerRevision ${namespace}/${name} exists and is not the one of this contract; delete it`,
    );
  }
  await adopt(client, owner, found);
  return { name, digest, revision: found.revision, isNew: false };
}

function findOrCreate(
  client: KubeClient,
  owner: RevisionOwner,
  name: string,
  content: EffectiveContract | BaselineTerms,
): Promise<ControllerRevision | Created> {
  const { namespace, prefix } = owner;
  return inTurn(`${namespace}/${prefix}`, async () => {
    const found = await client.find<ControllerRevision>(KIND.ControllerRevision, { namespace, name });
    return found ?? (await createRevision(client, owner, name, content));
  });
}

type Created = Pick<CurrentRevision, 'revision' | 'isNew'>;

async function createRevision(
  client: KubeClient,
  owner: RevisionOwner,
  name: string,
  data: EffectiveContract | BaselineTerms,
): Promise<Created> {
  const { namespace, label, object } = owner;
  // The watch may lag behind our own last write, so numbers are given by a fresh list.
  const revisions = await client.list<ControllerRevision>(KIND.ControllerRevision, {
    namespace,
    labelSelector: `${label}=${object.metadata.name}`,
  });
  const revision = 1 + Math.max(0, ...revisions.map((each) => each.revision));
  await client.create<ControllerRevision<EffectiveContract | BaselineTerms>>(KIND.ControllerRevision, {
    apiVersion: 'apps/v1',
    kind: KIND.ControllerRevision.kind,
    metadata: { name, namespace, ...ownership(owner) },
    data,
    revision,
  });
  return { revision, isNew: true };
}

/** A revision of an earlier contract of this name would go with that one, and take the open runs' contract with it. */
async function adopt(client: KubeClient, owner: RevisionOwner, revision: ControllerRevision): Promise<void> {
  const { ownerReferences = [], resourceVersion } = revision.metadata;
  if (ownerReferences.some(({ uid }) => uid === owner.object.metadata.uid)) return;
  const patch = { metadata: { resourceVersion, ...ownership(owner) } };
  await client.mergePatch(KIND.ControllerRevision, revision.metadata, patch, { fieldManager: OPERATOR_MANAGER });
}

const ownership = ({ kind, label, object: { metadata } }: RevisionOwner) => ({
  labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [label]: metadata.name },
  ownerReferences: [
    { apiVersion: API_VERSION, kind: kind.kind, name: metadata.name, uid: metadata.uid ?? '', controller: true },
  ],
});
