import { isDeepStrictEqual } from 'node:util';
import type { CertificateAuthority } from '@sigstore/protobuf-specs';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { ConfigMap, KubeObject } from '../api/object.ts';
import { CLUSTER_TRUST_ROOT, TRUST_CONFIG_MAP, TRUSTED_ROOT } from '../api/trust-objects.ts';
import type { TrustRoot } from '../api/types.gen.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import { isSameAuthority, issuingCertificate, readPublished, trustedRootJson } from '../pki/published.ts';
import { BY_RECEIPT } from '../verify/root-document.ts';
import type { CertificateOptions } from './key-pair.ts';
import { isOurs } from './ours.ts';

/** Whether an object is one of the two places; each is looked at again when it changes. */
export const isPublication = (kind: ResourceKind, { metadata: { name } }: KubeObject): boolean =>
  (kind === KIND.TrustRoot && name === CLUSTER_TRUST_ROOT) || (kind === KIND.ConfigMap && name === TRUST_CONFIG_MAP);

const labels = { [LABEL_MANAGED_BY]: MANAGED_BY };

/**
 * Publishes the authorities in the ConfigMap `proviso-trust` and in the TrustRoot `proviso-cluster`, and puts both right
 * where somebody else has changed them.
 */
export async function publishTrust(
  options: CertificateOptions,
  servingCa: string,
  authorities: readonly CertificateAuthority[],
): Promise<void> {
  const { client, namespace } = options;
  const json = trustedRootJson(authorities);
  const data = {
    'ca.crt': servingCa,
    // For tools that take certificates alone; the newest first.
    'signing-ca.crt': authorities
      .map((each) => issuingCertificate(each).toString())
      .toReversed()
      .join(''),
    [TRUSTED_ROOT]: json,
  };
  const metadata = { name: TRUST_CONFIG_MAP, namespace, labels };
  const object = { apiVersion: 'v1', kind: KIND.ConfigMap.kind, metadata, data };
  await client.apply(KIND.ConfigMap, object, { fieldManager: OPERATOR_MANAGER, force: true });
  await publishRoot(options, json);
}

async function publishRoot({ client, log }: CertificateOptions, inline: string): Promise<void> {
  const spec = { default: false, sigstore: { inline }, thresholds: BY_RECEIPT };
  const found = await client.find<TrustRoot>(KIND.TrustRoot, { name: CLUSTER_TRUST_ROOT });
  if (found === undefined) {
    const object = {
      apiVersion: API_VERSION,
      kind: KIND.TrustRoot.kind,
      metadata: { name: CLUSTER_TRUST_ROOT, labels },
      spec,
    };
    await client.apply(KIND.TrustRoot, object, { fieldManager: OPERATOR_MANAGER, force: true });
    return;
  }
  if (isOurs(found) && isDeepStrictEqual(found.spec, spec)) return;
  // Not by apply: of two sources one has to go, also when another manager owns it.
  const sources = { ...nulls(found.spec.sigstore), ...spec.sigstore };
  const patch = { metadata: { labels }, spec: { ...nulls(found.spec), ...spec, sigstore: sources } };
  await client.mergePatch(KIND.TrustRoot, { name: CLUSTER_TRUST_ROOT }, patch, { fieldManager: OPERATOR_MANAGER });
  log.info({ trustRoot: CLUSTER_TRUST_ROOT }, 'Authorities published');
}

/** What a merge patch removes all members with. */
const nulls = (object: object): Readonly<Record<string, null>> =>
  Object.fromEntries(Object.keys(object).map((name) => [name, null]));

/**
 * What is published, for an operator that has lost its own record. Whoever can change one of the two places must not get
 * an authority in by that, so of two that can be read only what both hold counts.
 */
export async function recoverPublished({
  client,
  namespace,
}: CertificateOptions): Promise<readonly CertificateAuthority[]> {
  const map = await client.find<ConfigMap>(KIND.ConfigMap, { namespace, name: TRUST_CONFIG_MAP });
  const root = await client.find<TrustRoot>(KIND.TrustRoot, { name: CLUSTER_TRUST_ROOT });
  const inMap = readPublished(map?.data?.[TRUSTED_ROOT]);
  const inRoot = readPublished(root?.spec.sigstore.inline);
  if (inMap === undefined || inRoot === undefined) return inMap ?? inRoot ?? [];
  return inMap.filter((each) => inRoot.some((other) => isSameAuthority(each, other)));
}
