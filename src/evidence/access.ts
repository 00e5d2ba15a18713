import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import type { Secret } from '../api/secret.ts';
import type { KubeClient } from '../kube/client.ts';
import { isStatus } from '../kube/error.ts';

/** What a process has for stores that are somewhere else. */
export interface StoreAccess {
  /** Proviso's own namespace. */
  readonly namespace: string;
  readonly webIdentity: WebIdentity;
  /** A Secret in that namespace. Throws `store-unavailable` where it may not be read. */
  secret(name: string): Promise<Secret | undefined>;
}

/** The token that a pod shows to other services, which says who the pod is. */
export interface WebIdentity {
  readonly tokenFile?: string | undefined;
  /** Where it is exchanged for credentials, if not at Amazon's. */
  readonly stsEndpoint?: string | undefined;
}

export const createStoreAccess = (
  client: KubeClient,
  namespace: string,
  webIdentity: WebIdentity = {},
): StoreAccess => ({
  namespace,
  webIdentity,
  secret: (name) =>
    client.find<Secret>(KIND.Secret, { namespace, name }).catch((cause: unknown) => {
      if (!isStatus(cause, 403)) throw cause;
      throw new Problem('store-unavailable', `the credentials of the store can't be read: ${cause.message}`, {
        hint: `an administrator has to allow this process to get the Secret ${name}`,
        cause,
      });
    }),
});

/** What an EvidenceStore refers to isn't there, or not as it has to be. */
export const missing = (message: string): Problem =>
  new Problem('store-unavailable', message, { hint: 'an administrator has to see to it', retryAfter: 5 });
