import { KIND } from '../api/kinds.ts';
import { API_VERSION, LABEL_MANAGED_BY, LABEL_TRUST_ROOT, MANAGED_BY } from '../api/labels.ts';
import type { ConfigMap } from '../api/object.ts';
import { TRUSTED_ROOT, trustRootConfigMap } from '../api/trust-objects.ts';
import type { TrustRoot } from '../api/types.gen.ts';
import { sha256Digest } from '../evidence/digest.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { OperatorContext } from './context.ts';
import { NameTakenError } from './failures.ts';

/** The document that was in force, if the ConfigMap still has its bytes. */
export async function keptDocument(
  { client, namespace }: OperatorContext,
  { metadata, status }: TrustRoot,
): Promise<string | undefined> {
  if (status?.digest === undefined) return undefined;
  const name = trustRootConfigMap(metadata.name);
  const text = (await client.find<ConfigMap>(KIND.ConfigMap, { namespace, name }))?.data?.[TRUSTED_ROOT];
  return text !== undefined && sha256Digest(text) === status.digest ? text : undefined;
}

/** Puts the document where the receiver reads it. Throws `NameTakenError` when a ConfigMap there isn't ours. */
export async function publishDocument(
  { client, namespace }: OperatorContext,
  { metadata: { name: trustRoot, uid = '' } }: TrustRoot,
  json: string,
): Promise<void> {
  const name = trustRootConfigMap(trustRoot);
  const found = await client.find<ConfigMap>(KIND.ConfigMap, { namespace, name });
  if (found !== undefined && found.metadata.labels?.[LABEL_TRUST_ROOT] !== trustRoot) {
    throw new NameTakenError(
      `the ConfigMap ${namespace}/${name} exists and was not made for this trust root; rename or delete it`,
    );
  }
  const isOwned = (found?.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid);
  // One that an earlier TrustRoot of this name has left is taken over, before the cluster removes it with its owner.
  if (isOwned && found?.data?.[TRUSTED_ROOT] === json) return;
  const object = {
    apiVersion: 'v1',
    kind: KIND.ConfigMap.kind,
    metadata: {
      name,
      namespace,
      labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_TRUST_ROOT]: trustRoot },
      ownerReferences: [{ apiVersion: API_VERSION, kind: KIND.TrustRoot.kind, name: trustRoot, uid, controller: true }],
    },
    data: { [TRUSTED_ROOT]: json },
  };
  await client.apply(KIND.ConfigMap, object, { fieldManager: OPERATOR_MANAGER, force: true });
}
