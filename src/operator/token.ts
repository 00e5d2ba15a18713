import { parseDuration } from '../api/duration.ts';
import { KIND } from '../api/kinds.ts';
import { AUDIENCE, GROUP, submitterName } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';
import { type Secret, secretData, secretText } from '../api/secret.ts';
import type { Workflow } from '../api/types.gen.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import { objectPath } from '../kube/path.ts';
import type { OperatorContext } from './context.ts';
import { isOurs, nameTaken, ownedMetadata } from './provision.ts';

/** When a provisioned token ends, and when it is replaced. */
export interface TokenTimes {
  readonly expirationTime: string;
  readonly renewalTime: string;
}

interface TokenRequest {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

const EXPIRES = `${GROUP}/token-expires`;
const RENEWS = `${GROUP}/token-renews`;
const ACCOUNT_UID = `${GROUP}/service-account-uid`;
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
  if (secret !== undefined && !isOurs(secret, workflow)) throw nameTaken(KIND.Secret, secret, workflow);
  const facts = secretFacts(context, workflow, servingCa);
  const current = secret === undefined ? undefined : timesOf(secret, facts, serviceAccount, workflow, context.now());
  if (current !== undefined) return { ...current, issued: false };
  const { token, ...times } = await issue(context, workflow);
  const annotations = {
    [EXPIRES]: times.expirationTime,
    [RENEWS]: times.renewalTime,
    [ACCOUNT_UID]: serviceAccount.metadata.uid ?? '',
  };
  const data = secretData({ ...facts, token });
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(workflow, annotations),
    type: 'Opaque',
    data,
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

/** The times of the token in the Secret; `undefined` when it has to be replaced. */
function timesOf(
  secret: Secret,
  facts: Readonly<Record<string, string>>,
  serviceAccount: KubeObject,
  workflow: Workflow,
  now: Date,
): TokenTimes | undefined {
  const { annotations = {} } = secret.metadata;
  const expirationTime = annotations[EXPIRES];
  const renewalTime = annotations[RENEWS];
  if (expirationTime === undefined || renewalTime === undefined || secret.data?.token === undefined) return undefined;
  // A token is bound to its account's uid: of an account made anew it is worth nothing.
  if (annotations[ACCOUNT_UID] !== serviceAccount.metadata.uid) return undefined;
  const isSame = Object.entries(facts).every(([key, value]) => secretText(secret, key) === value);
  const isFresh = new Date(renewalTime) > now;
  // A shorter life in the spec counts at once, and not only after the long-lived token has ended.
  const latest = now.getTime() + expirationSeconds(workflow) * 1000;
  return isSame && isFresh && Date.parse(expirationTime) <= latest ? { expirationTime, renewalTime } : undefined;
}

const expirationSeconds = (workflow: Workflow): number =>
  parseDuration(workflow.spec.token?.expiration ?? DEFAULT_EXPIRATION) ?? 86_400;

async function issue(context: OperatorContext, workflow: Workflow): Promise<TokenTimes & { readonly token: string }> {
  const ref = { name: submitterName(workflow.metadata.name), namespace: workflow.metadata.namespace ?? '' };
  const answer = await context.client.post<TokenRequest>(objectPath(KIND.ServiceAccount, ref, 'token'), {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [AUDIENCE], expirationSeconds: expirationSeconds(workflow) },
  });
  const { token, expirationTimestamp } = answer.status;
  const now = context.now().getTime();
  // The API server may give a shorter life than was asked for.
  const renewal = new Date(now + (Date.parse(expirationTimestamp) - now) * RENEW_AT);
  return { token, expirationTime: expirationTimestamp, renewalTime: renewal.toISOString() };
}
