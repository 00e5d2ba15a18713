import { setTimeout as sleep } from 'node:timers/promises';
import { CONDITION, findCondition } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import type { ConfigMap, KubeObject } from '../api/object.ts';
import { defaultOf, isOffered } from '../api/offer.ts';
import { Problem } from '../api/problem.ts';
import type { RootDocument } from '../api/trust.ts';
import { TRUSTED_ROOT } from '../api/trust-objects.ts';
import type { TrustRoot } from '../api/types.gen.ts';
import { sha256Digest } from '../evidence/digest.ts';
import type { KubeClient } from '../kube/client.ts';

import { createTtlCache } from './ttl-cache.ts';

/** Trust roots by name, without one the default, as far as a namespace may use them. */
export interface TrustRoots {
  /** Throws a `Problem` that says why signatures can't be checked against it now. */
  get(name: string | undefined, forNamespace: string): Promise<RootDocument>;
}

const REMEMBERED_MS = 10_000;
const CAPACITY = 1_000;
/** The document and its digest are two objects: between the two writes of a refresh they differ. */
const SETTLE_MS = 250;
const RETRY_SECONDS = 5;

/** `namespace` is Proviso's own. */
export function createTrustRoots(client: KubeClient, namespace: string): TrustRoots {
  const known = createTtlCache<RootDocument>(CAPACITY);
  const read = async (name: string | undefined, forNamespace: string): Promise<RootDocument | undefined> => {
    const root = await choose(client, name);
    await assertOffered(client, root, forNamespace);
    assertReady(root);
    const holder = { namespace, name: root.status?.configMapName ?? '' };
    const json = (await client.find<ConfigMap>(KIND.ConfigMap, holder))?.data?.[TRUSTED_ROOT];
    const { digest = '' } = root.status ?? {};
    return json === undefined || sha256Digest(json) !== digest ? undefined : documentOf(root, json, digest);
  };
  return {
    async get(name, forNamespace) {
      const key = `${forNamespace}/${name ?? ''}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const document =
        (await read(name, forNamespace)) ?? (await sleep(SETTLE_MS).then(() => read(name, forNamespace)));
      if (document === undefined) throw altered(name, namespace);
      known.set(key, document, REMEMBERED_MS);
      return document;
    },
  };
}

async function choose(client: KubeClient, name: string | undefined): Promise<TrustRoot> {
  if (name !== undefined) {
    const named = await client.find<TrustRoot>(KIND.TrustRoot, { name });
    if (named !== undefined) return named;
    throw new Problem('trust-root-not-found', `the trust root '${name}' does not exist`, {
      hint: 'see kubectl get trustroots for those that exist, and name one of them in the contract',
    });
  }
  const found = defaultOf(await client.list<TrustRoot>(KIND.TrustRoot));
  if (found !== undefined) return found;
  throw new Problem('trust-root-not-found', 'no trust root is the default, and the signer of the contract names none', {
    hint: 'an administrator has to set spec.default: true on one of kubectl get trustroots',
  });
}

async function assertOffered(client: KubeClient, { metadata, spec }: TrustRoot, forNamespace: string): Promise<void> {
  if (spec.namespaces?.matchLabels === undefined) return;
  if (isOffered(spec, await client.find<KubeObject>(KIND.Namespace, { name: forNamespace }))) return;
  throw new Problem(
    'trust-root-forbidden',
    `the trust root '${metadata.name}' is not for the namespace '${forNamespace}'`,
    { hint: 'its spec.namespaces says which labels a namespace needs; an administrator gives them' },
  );
}

function assertReady({ metadata: { name, generation }, status }: TrustRoot): void {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  if (status?.observedGeneration !== generation || ready === undefined) {
    throw new Problem('trust-root-not-ready', `the trust root '${name}' was changed and is being looked at`, {
      hint: `try again in a moment; if it stays so, see whether the operator runs`,
      retryAfter: RETRY_SECONDS,
    });
  }
  if (ready.status === 'True') return;
  throw new Problem(
    'trust-root-not-ready',
    `the trust root '${name}' is not Ready: ${ready.reason}: ${ready.message}`,
    {
      hint: `an administrator has to see to it; look at kubectl get trustroot ${name} -o wide`,
    },
  );
}

const altered = (name: string | undefined, namespace: string): Problem =>
  new Problem(
    'trust-root-altered',
    `the document of ${name === undefined ? 'the default trust root' : `the trust root '${name}'`} is missing or is not the one that was checked`,
    {
      hint: `the operator writes it anew within seconds; if it happens again, look into who may write ConfigMaps in ${namespace}`,
      retryAfter: RETRY_SECONDS,
    },
  );

const documentOf = ({ spec }: TrustRoot, json: string, digest: string): RootDocument => ({
  digest,
  json,
  ...(spec.thresholds === undefined ? {} : { thresholds: spec.thresholds }),
});
