import { parseDuration } from '../api/duration.ts';
import { KIND } from '../api/kinds.ts';
import { AUDIENCE, GROUP, submitterName } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';
import { type Secret, secretData, secretText } from '../api/secret.ts';
import type { Workflow } from '../api/types.gen.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import { objectPath } from '../kube/path.ts';
import type { OperatorContext } from './context.ts';
import { isProvisionedFor, nameTaken, ownedMetadata } from './provision.ts';

/** When a provisioned token ends, and when it is replaced. */
export interface TokenTimes {
  readonly expirationTime: string;
  readonly renewalTime: string;
}

interface TokenRequest {
  readonly status: { readonly token: string };
}

const RENEWS = `${GROUP}/token-renews`;
const DEFAULT_EXPIRATION = '24h';
const RENEW_AT = 0.8;

/**
 * Makes sure of a Secret with a token that is good for a while: issues one when there is none, when it is past 80 % of its
 * life, and when what it speaks of has changed. Returns its times, and whether it was issued now.
 */
export async function ensureToken(
  context: OperatorContext,
  workflow: Workflow,
  serviceAccount: KubeObject,
  servingCa: string,
): Promise<TokenTimes & { readonly issued: boolean }> {
  const metadata = ownedMetadata(workflow);
  const secret = await context.client.find<Secret>(KIND.Secret, metadata);
  if (secret !== undefined && !isProvisionedFor(secret, workflow)) throw nameTaken(KIND.Secret, secret, workflow);
  const facts = secretFacts(context, workflow, servingCa);
  const current = secret === undefined ? undefined : timesOf(secret, facts, serviceAccount, workflow, context.now());
  if (current !== undefined) return { ...current, issued: false };
  const { token, ...times } = await issue(context, workflow);
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(workflow, { [RENEWS]: times.renewalTime }),
    type: 'Opaque',
    data: secretData({ ...facts, token }),
  };
  await context.client.apply(KIND.Secret, object, { fieldManager: OPERATOR_MANAGER, force: true });
  return { ...times, issued: true };
}

/** What a pipeline mounts, besides the token. */
const secretFacts = (context: OperatorContext, workflow: Workflow, servingCa: string) => ({
  endpoint: context.endpoint,
  'ca.crt': servingCa,
  workflow: workflow.metadata.name,
  namespace: workflow.metadata.namespace ?? '',
});

/**
 * The times of the token in the Secret; `undefined` when it has to be replaced. What the token says of itself counts, since
 * anybody who may write the Secret may have put another one there.
 */
function timesOf(
  secret: Secret,
  facts: Readonly<Record<string, string>>,
  serviceAccount: KubeObject,
  workflow: Workflow,
  now: Date,
): TokenTimes | undefined {
  const claims = claimsOf(secretText(secret, 'token'));
  // A token is bound to its account's uid: of an account made anew it is worth nothing.
  if (claims === undefined || claims.accountUid !== serviceAccount.metadata.uid) return undefined;
  if (claims.audiences.join() !== AUDIENCE) return undefined;
  // A shorter life in the spec counts at once, and not only after the long-lived token has ended.
  if (lifeOf(claims) > expirationSeconds(workflow) * 1000) return undefined;
  const renewal = Date.parse(secret.metadata.annotations?.[RENEWS] ?? '');
  // Later than a token made now would be renewed it can't be, unless a clock or a hand was wrong.
  const isFresh = renewal > now.getTime() && renewal <= renewalOf(claims, now).getTime();
  const isSame = Object.entries(facts).every(([key, value]) => secretText(secret, key) === value);
  return isSame && isFresh ? timesBy(claims, new Date(renewal)) : undefined;
}

const expirationSeconds = (workflow: Workflow): number =>
  parseDuration(workflow.spec.token?.expiration ?? DEFAULT_EXPIRATION) ?? 86_400;

interface TokenClaims {
  readonly audiences: readonly string[];
  /** Milliseconds by the clock of the API server. */
  readonly issued: number;
  readonly expires: number;
  readonly accountUid: string;
}

/** What a service account token says of itself; `undefined` for what is none. Its signature is checked by who is shown it. */
function claimsOf(token: string | undefined): TokenClaims | undefined {
  try {
    const payload = Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { aud, iat, exp, ...rest } = JSON.parse(payload) as Readonly<Record<string, unknown>>;
    const bound = rest['kubernetes.io'] as { readonly serviceaccount?: { readonly uid?: unknown } } | undefined;
    const accountUid = bound?.serviceaccount?.uid;
    if (typeof iat !== 'number' || typeof exp !== 'number' || typeof accountUid !== 'string') return undefined;
    return { audiences: [aud].flat().map(String), issued: iat * 1000, expires: exp * 1000, accountUid };
  } catch {
    return undefined;
  }
}

const lifeOf = ({ issued, expires }: TokenClaims): number => expires - issued;

/** By our own clock, though the token has its times by the API server's: the two may differ by more than its life. */
const renewalOf = (claims: TokenClaims, now: Date): Date => new Date(now.getTime() + lifeOf(claims) * RENEW_AT);

const timesBy = ({ expires }: TokenClaims, renewal: Date): TokenTimes => ({
  expirationTime: new Date(expires).toISOString(),
  renewalTime: renewal.toISOString(),
});

async function issue(context: OperatorContext, workflow: Workflow): Promise<TokenTimes & { readonly token: string }> {
  const ref = { name: submitterName(workflow.metadata.name), namespace: workflow.metadata.namespace ?? '' };
  const answer = await context.client.post<TokenRequest>(objectPath(KIND.ServiceAccount, ref, 'token'), {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [AUDIENCE], expirationSeconds: expirationSeconds(workflow) },
  });
  const { token } = answer.status;
  const claims = claimsOf(token);
  if (claims === undefined) throw new Error('the API server issued a token that does not say when it ends');
  return { token, ...timesBy(claims, renewalOf(claims, context.now())) };
}
