import { KIND } from '../api/kinds.ts';
import type { ConfigMap } from '../api/object.ts';
import { Problem } from '../api/problem.ts';
import { type Secret, secretText } from '../api/secret.ts';
import type { RootDocument } from '../api/trust.ts';
import { SIGNING_CA_SECRET, TRUST_CONFIG_MAP, TRUSTED_ROOT } from '../api/trust-objects.ts';
import type { KubeClient } from '../kube/client.ts';
import { type Issuer, openAuthority } from '../pki/authority.ts';
import { type AuthorityChain, readChain } from '../pki/chain.ts';
import { publishedAuthority, readPublished, trustedRootJson, withAuthority } from '../pki/published.ts';
import { BY_RECEIPT, rootDocument } from '../verify/root-document.ts';
import { createTtlCache } from './ttl-cache.ts';

/** The cluster's own certificate authority for signing. */
export interface SigningAuthority {
  /** What certificates are issued with and attestations are judged by. Throws `cluster-unavailable`. */
  get(): Promise<SigningMaterial>;
  /** What earlier signatures are checked against: when the authority can't be had, what is published still can. */
  trustedRoot(): Promise<RootDocument>;
}

export interface SigningMaterial {
  readonly issuer: Issuer;
  /** The certificate that issues leaves, PEM. */
  readonly certificate: string;
  /** Every authority of the cluster that signatures may be checked against. */
  readonly trustedRoot: RootDocument;
}

const REMEMBERED_MS = 60_000;

/** Reads the authority from its Secret in Proviso's namespace, again every minute so that a rotation is seen. */
export function createSigningAuthority(client: KubeClient, namespace: string): SigningAuthority {
  const known = createTtlCache<SigningMaterial>(1);
  let last:
    | { readonly published: string | undefined; readonly certificate: string; readonly document: RootDocument }
    | undefined;
  async function get(): Promise<SigningMaterial> {
    const found = known.get('');
    if (found !== undefined) return found;
    const { issuer, chain } = await readAuthority(client, namespace);
    // After the Secret: what it holds was published before.
    const published = await readPublication(client, namespace);
    const certificate = chain[0].toString();
    // The same document stays the same object, so that nobody reads its certificates again every minute.
    if (last?.published !== published || last?.certificate !== certificate) {
      last = { published, certificate, document: documentOf(published, chain, namespace) };
    }
    const material = { issuer, certificate, trustedRoot: last.document };
    known.set('', material, REMEMBERED_MS);
    return material;
  }

  return {
    get,
    async trustedRoot() {
      try {
        return (await get()).trustedRoot;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const published = await readPublication(client, namespace);
        if (published === undefined) throw error;
        return documentOf(published, undefined, namespace);
      }
    },
  };
}

async function readAuthority(
  client: KubeClient,
  namespace: string,
): Promise<{ readonly issuer: Issuer; readonly chain: AuthorityChain }> {
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name: SIGNING_CA_SECRET });
  const certificate = secretText(secret, 'tls.crt');
  const privateKey = secretText(secret, 'tls.key');
  if (certificate === undefined || privateKey === undefined) {
    throw new Problem('cluster-unavailable', `the Secret ${namespace}/${SIGNING_CA_SECRET} is not there yet`, {
      hint: 'the operator makes it at its start; look at its log',
      retryAfter: 5,
    });
  }
  // Said at the first request, and not of every attestation that it has signed in vain.
  const reading = readChain(certificate, secretText(secret, 'ca.crt'));
  if (!reading.ok) throw unfit(namespace, reading.message);
  const { chain } = reading;
  try {
    return { issuer: await openAuthority({ certificate: chain[0].toString(), privateKey }), chain };
  } catch (error) {
    throw unfit(
      namespace,
      `tls.key is not the P-256 key of it, PKCS#8: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function unfit(namespace: string, found: string): Problem {
  const expected = 'expected an authority that may issue certificates for signing, and its root';
  const hint =
    'an administrator has to replace it: basicConstraints CA:TRUE, keyUsage keyCertSign, no name constraints, a P-256 key; the root in ca.crt';
  const where = `the Secret ${namespace}/${SIGNING_CA_SECRET}`;
  return new Problem('cluster-unavailable', `${where}: ${expected}, but ${found}`, { hint });
}

async function readPublication(client: KubeClient, namespace: string): Promise<string | undefined> {
  const map = await client.find<ConfigMap>(KIND.ConfigMap, { namespace, name: TRUST_CONFIG_MAP });
  return map?.data?.[TRUSTED_ROOT];
}

/** What is published; with the authority in use, for one that was given is published a while after it is used. */
function documentOf(published: string | undefined, chain: AuthorityChain | undefined, namespace: string): RootDocument {
  const authorities = published === undefined ? [] : readPublished(published);
  if (authorities === undefined) {
    const where = `the ConfigMap ${namespace}/${TRUST_CONFIG_MAP} holds no Sigstore trusted root under ${TRUSTED_ROOT}`;
    throw new Problem('cluster-unavailable', where, {
      hint: 'the operator writes it anew within ten minutes; look at its log',
      retryAfter: 30,
    });
  }
  const whole = chain === undefined ? authorities : withAuthority(authorities, publishedAuthority(chain, ''));
  const json = published !== undefined && whole === authorities ? published : trustedRootJson(whole);
  return rootDocument(json, BY_RECEIPT);
}
