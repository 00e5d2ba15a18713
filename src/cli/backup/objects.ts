import { KIND, type ResourceKind } from '../../api/kinds.ts';
import { LABEL_CLUSTER_CONTRACT, LABEL_CONTRACT, LABEL_MANAGED_BY, MANAGED_BY } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import { CLUSTER_TRUST_ROOT, TRUST_CONFIG_MAP } from '../../api/trust-objects.ts';
import type { KubeClient } from '../../kube/client.ts';
import { apiVersionOf } from '../../kube/path.ts';

/** The ConfigMap with the public keys of the control plane. */
const PUBLISHED_KEYS = 'proviso-control-plane-keys';

/**
 * In the order in which they are restored: revisions before the contracts that they are of, so that these find what they have meant
 * before and count on from there.
 */
export const RESTORED_KINDS = [
  KIND.Namespace,
  KIND.EvidenceStore,
  KIND.TrustRoot,
  KIND.ClusterPolicy,
  KIND.Policy,
  KIND.ClusterPolicyGroup,
  KIND.PolicyGroup,
  KIND.ControllerRevision,
  KIND.ClusterContract,
  KIND.Contract,
  KIND.Workflow,
] as const;

/** An object as a backup has it: without what only the cluster that it was in can know. */
export interface KeptObject extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `uid`, `resourceVersion`, owners, finalizers, managers and the status stay behind. */
export function keptObject(kind: ResourceKind, object: KubeObject): KeptObject {
  const {
    apiVersion: _,
    kind: __,
    metadata,
    status: ___,
    ...rest
  } = object as KubeObject & { readonly status?: unknown };
  const { name, namespace, labels, annotations } = metadata;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...rest,
  };
}

/** The objects of an installation, in the order in which they are restored, with the rights of whoever asks. */
export async function* objectsOf(client: KubeClient, system: string): AsyncGenerator<KeptObject, void> {
  const tenants = [
    ...(await client.list(KIND.Policy)),
    ...(await client.list(KIND.PolicyGroup)),
    ...(await client.list(KIND.Contract)),
    ...(await client.list(KIND.Workflow)),
  ];
  for (const name of [...new Set(tenants.map(({ metadata }) => metadata.namespace ?? ''))].toSorted()) {
    const { metadata } = await client.get(KIND.Namespace, { name });
    // What else a namespace says is about the cluster that it is in.
    yield keptObject(KIND.Namespace, { metadata: { name, labels: ownLabels(metadata.labels) } });
  }
  for (const kind of RESTORED_KINDS.filter((each) => each !== KIND.Namespace)) {
    for (const object of await listOf(client, kind)) yield keptObject(kind, object);
  }
  // The operator makes them from its Secrets; here they are for whoever verifies something years later.
  for (const name of [PUBLISHED_KEYS, TRUST_CONFIG_MAP]) {
    const found = await client.find(KIND.ConfigMap, { namespace: system, name });
    if (found !== undefined) yield keptObject(KIND.ConfigMap, found);
  }
}

const OURS = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;

/** What is on its way out isn't kept, nor the trust root that the operator makes. */
async function listOf(client: KubeClient, kind: ResourceKind): Promise<readonly KubeObject[]> {
  const options = kind === KIND.ControllerRevision ? { labelSelector: OURS } : {};
  const found = await client.list(kind, options);
  return found.filter(
    (each) =>
      each.metadata.deletionTimestamp === undefined &&
      (kind !== KIND.ControllerRevision || contractOf(each) !== undefined) &&
      (kind !== KIND.TrustRoot || each.metadata.name !== CLUSTER_TRUST_ROOT),
  );
}

/** The contract that a revision is of, if it is one of Proviso's. */
export function contractOf({
  metadata,
}: KubeObject):
  | { readonly kind: ResourceKind; readonly ref: { readonly namespace?: string; readonly name: string } }
  | undefined {
  const { labels = {}, namespace = '' } = metadata;
  if (labels[LABEL_MANAGED_BY] !== MANAGED_BY) return undefined;
  const [own, cluster] = [labels[LABEL_CONTRACT], labels[LABEL_CLUSTER_CONTRACT]];
  if (own !== undefined) return { kind: KIND.Contract, ref: { namespace, name: own } };
  return cluster === undefined ? undefined : { kind: KIND.ClusterContract, ref: { name: cluster } };
}

const ownLabels = (labels: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'kubernetes.io/metadata.name'));
