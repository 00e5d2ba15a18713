/** Who calls, as the API server vouches for it. */
export interface Caller {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
  /** The pod that the token is bound to. */
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string } | undefined;
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

export function callerOf(user: ReviewedUser): Caller {
  const username = user.username ?? '';
  const [, namespace, name] = SERVICE_ACCOUNT.exec(username) ?? [];
  const serviceAccount = namespace === undefined || name === undefined ? undefined : { namespace, name };
  const podName = user.extra?.[POD_NAME]?.[0];
  const podUid = user.extra?.[POD_UID]?.[0];
  const isPodBound = serviceAccount !== undefined && podName !== undefined && podUid !== undefined;
  return {
    username,
    uid: user.uid ?? '',
    groups: user.groups ?? [],
    extra: user.extra ?? {},
    serviceAccount,
    pod: isPodBound ? { namespace: serviceAccount.namespace, name: podName, uid: podUid } : undefined,
  };
}
