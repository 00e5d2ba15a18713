import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import { type Secret, secretText } from '../api/secret.ts';
import type { KubeClient } from '../kube/client.ts';
import { type Issuer, openAuthority } from '../pki/authority.ts';
import { authorityFault } from '../verify/chain.ts';
import { createTtlCache } from './ttl-cache.ts';

/** The cluster's own certificate authority for signing. */
export interface SigningAuthority {
  get(): Promise<{ readonly issuer: Issuer; readonly certificate: string }>;
}

export const SIGNING_CA_SECRET = 'proviso-signing-ca';
const REMEMBERED_MS = 60_000;

/** Reads the authority from its Secret in Proviso's namespace, again every minute so that a rotation is seen. */
export function createSigningAuthority(client: KubeClient, namespace: string): SigningAuthority {
  const known = createTtlCache<{ readonly issuer: Issuer; readonly certificate: string }>(1);
  return {
    async get() {
      const found = known.get('');
      if (found !== undefined) return found;
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
      const fault = authorityFault(certificate);
      if (fault !== undefined) {
        const expected = 'expected an authority that may issue certificates for signing';
        throw new Problem(
          'cluster-unavailable',
          `the Secret ${namespace}/${SIGNING_CA_SECRET}: ${expected}, found ${fault}`,
          {
            hint: 'an administrator has to replace it: basicConstraints CA:TRUE, keyUsage keyCertSign, no name constraints',
          },
        );
      }
      const authority = { issuer: await openAuthority({ certificate, privateKey }), certificate };
      known.set('', authority, REMEMBERED_MS);
      return authority;
    },
  };
}
