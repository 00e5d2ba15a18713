import { type OidcToken, oidcUsername } from '../../oidc/token.ts';

/** Who calls: somebody the API server vouches for, or somebody from outside with a token of an allowed issuer. */
export type Caller = ServiceAccountCaller | UserCaller | OidcCaller;
export type ClusterCaller = ServiceAccountCaller | UserCaller;

interface Reviewed {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface ServiceAccountCaller extends Reviewed {
  readonly kind: 'serviceAccount';
  readonly namespace: string;
  readonly name: string;
  /** The pod that the token is bound to, in the same namespace. */
  readonly pod: { readonly name: string; readonly uid: string } | undefined;
}

/** An identity of the cluster that is no service account, such as a person with a certificate. */
export interface UserCaller extends Reviewed {
  readonly kind: 'user';
}

export interface OidcCaller {
  readonly kind: 'oidc';
  /** For messages, records and limits; who it is, issuer and subject say. */
  readonly username: string;
  readonly token: OidcToken;
}

/** `status.user` of a TokenReview. */
export interface ReviewedUser {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

export function clusterCaller(user: ReviewedUser): ClusterCaller {
  const { username = '', uid = '', groups = [], extra = {} } = user;
  const reviewed: Reviewed = { username, uid, groups, extra };
  const [, namespace, name] = SERVICE_ACCOUNT.exec(username) ?? [];
  if (namespace === undefined || name === undefined) return { kind: 'user', ...reviewed };
  const podName = extra[POD_NAME]?.[0];
  const podUid = extra[POD_UID]?.[0];
  const pod = podName === undefined || podUid === undefined ? undefined : { name: podName, uid: podUid };
  return { kind: 'serviceAccount', ...reviewed, namespace, name, pod };
}

export const oidcCaller = (token: OidcToken): OidcCaller => ({
  kind: 'oidc',
  username: oidcUsername(token.issuer, token.subject),
  token,
});

/** The namespace that a caller belongs to; only service accounts have one. */
export const homeOf = (caller: Caller): string | undefined =>
  caller.kind === 'serviceAccount' ? caller.namespace : undefined;

/** The pod that a caller's token is bound to. */
export const podOf = (caller: Caller): ServiceAccountCaller['pod'] =>
  caller.kind === 'serviceAccount' ? caller.pod : undefined;
