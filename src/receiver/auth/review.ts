import { createHash } from 'node:crypto';
import { excerpt } from '../../api/excerpt.ts';
import { KIND } from '../../api/kinds.ts';
import { AUDIENCE } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import { Problem } from '../../api/problem.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { OidcVerifier } from '../../oidc/verifier.ts';
import { createTtlCache } from '../ttl-cache.ts';
import { clusterToken, readBearer } from './bearer.ts';
import { type Caller, type ClusterCaller, clusterCaller, oidcCaller, type ReviewedUser } from './caller.ts';

const ACCEPTED_MS = 60_000;
const REFUSED_MS = 5_000;
const CAPACITY = 10_000;

interface TokenReview {
  readonly status: {
    readonly authenticated?: boolean;
    readonly user?: ReviewedUser;
    readonly audiences?: readonly string[];
    readonly error?: string;
  };
}

/** A token that was reviewed or verified. */
export interface Authenticated {
  readonly caller: Caller;
  /** The pod that the token is bound to, as it is now. */
  readonly pod: KubeObject | undefined;
  /** Who issued the token. */
  readonly issuer: string;
}

/**
 * Authenticates requests. A token that names an allowed OIDC issuer is verified here, every other one by TokenReview with
 * our audience; none is tried both ways, so that neither has to hold for what the other lets through. The API server keeps
 * accepting a token for seconds after its pod is gone, so a pod-bound token also needs its pod to be there, with the same uid.
 */
export function createAuthenticator(client: KubeClient, oidc: OidcVerifier) {
  const reviews = createTtlCache<ClusterCaller | Problem>(CAPACITY);

  async function review(token: string, expires: number, issuer: string): Promise<ClusterCaller> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = reviews.get(key);
    if (known instanceof Problem) throw known;
    if (known !== undefined) return known;
    const outcome = await client.post<TokenReview>('/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences: [AUDIENCE] },
    });
    const { authenticated, user, audiences, error } = outcome.status;
    // An API server that knows no audiences answers without them: then nothing is known of the token's.
    if (authenticated !== true || user === undefined || !audiences?.includes(AUDIENCE)) {
      const problem = new Problem('token-rejected', 'the cluster does not accept the token', {
        hint: `it may have been revoked, or be of another cluster: get a new one. '${excerpt(issuer)}' is no OIDC issuer that this installation allows`,
        cause: error,
      });
      reviews.set(key, problem, REFUSED_MS);
      throw problem;
    }
    const caller = clusterCaller(user);
    reviews.set(key, caller, Math.min(ACCEPTED_MS, expires * 1000 - Date.now()));
    return caller;
  }

  async function livePod(caller: ClusterCaller): Promise<KubeObject | undefined> {
    if (caller.kind === 'user' || caller.pod === undefined) return undefined;
    const { namespace } = caller;
    const { name, uid } = caller.pod;
    const pod = await client.find<KubeObject>(KIND.Pod, { namespace, name });
    if (pod?.metadata.uid !== uid) {
      throw new Problem('pod-gone', `the pod ${namespace}/${name} of this token no longer exists`);
    }
    return pod;
  }

  return async (authorization: string | undefined): Promise<Authenticated> => {
    const jwt = readBearer(authorization);
    const { iss } = jwt.claims;
    if (oidc.isAllowed(iss)) return { caller: oidcCaller(await oidc.verify(jwt)), issuer: iss, pod: undefined };
    const { token, expires, issuer } = clusterToken(jwt, Date.now() / 1000);
    const caller = await review(token, expires, issuer);
    return { caller, issuer, pod: await livePod(caller) };
  };
}
