import type { ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { serveTls } from '../support/tls-server.ts';

/** Who a token is for. Each kind has an issuer of its own, because Fulcio reads an issuer's tokens in one way. */
export type Identity =
  | { readonly kind: 'email'; readonly email: string }
  /** Claims as GitHub Actions sets them; those left out get a plausible value. */
  | { readonly kind: 'github'; readonly claims?: Readonly<Record<string, string>> }
  | { readonly kind: 'kubernetes'; readonly namespace: string; readonly serviceAccount: string }
  /** An id below `spiffe://proviso.test/`. */
  | { readonly kind: 'spiffe'; readonly id: string };

export type IssuerKind = Identity['kind'];

export const ISSUER_KINDS: readonly IssuerKind[] = ['email', 'github', 'kubernetes', 'spiffe'];

export const TRUST_DOMAIN = 'proviso.test';

/** The audience that Fulcio demands. */
export const AUDIENCE = 'sigstore';

export interface Issuer {
  /** The issuers' URLs, as they stand in tokens and certificates. */
  readonly urls: Readonly<Record<IssuerKind, string>>;
  /** PEM, to check their server against. */
  readonly ca: string;
  token(identity: Identity): Promise<string>;
  stop(): Promise<void>;
}

/** OpenID Connect issuers on loopback, over TLS as contracts ask: discovery, a key set, and tokens for the asking. */
export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256', use: 'sig' }] };
  const server = await serveTls(({ url = '' }, response) => {
    if (url === '/jwks') return answer(response, jwks);
    const kind = ISSUER_KINDS.find((each) => url === `/${each}/.well-known/openid-configuration`);
    if (kind === undefined) return answer(response, { error: 'not found' }, 404);
    return answer(response, discovery(urlOf(kind), `${server.url}/jwks`));
  });
  const urlOf = (kind: IssuerKind): string => `${server.url}/${kind}`;
  return {
    urls: { email: urlOf('email'), github: urlOf('github'), kubernetes: urlOf('kubernetes'), spiffe: urlOf('spiffe') },
    ca: server.ca,
    token: (identity) =>
      new SignJWT(claimsOf(identity))
        .setProtectedHeader({ alg: 'RS256', kid: 'test', typ: 'JWT' })
        .setIssuer(urlOf(identity.kind))
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('10 minutes')
        .sign(privateKey),
    stop: () => server.close(),
  };
}

const discovery = (issuer: string, jwksUri: string): unknown => ({
  issuer,
  jwks_uri: jwksUri,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
});

function claimsOf(identity: Identity): Record<string, unknown> {
  switch (identity.kind) {
    case 'email':
      return { sub: identity.email, email: identity.email, email_verified: true };
    case 'github':
      return githubClaims(identity.claims ?? {});
    case 'kubernetes': {
      const { namespace, serviceAccount } = identity;
      const uid = crypto.randomUUID();
      return {
        sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
        'kubernetes.io': { namespace, serviceaccount: { name: serviceAccount, uid }, pod: { name: 'build', uid } },
      };
    }
    case 'spiffe':
      return { sub: identity.id };
  }
}

function githubClaims(given: Readonly<Record<string, string>>): Record<string, string> {
  const repository = given.repository ?? 'acme/shop';
  const ref = given.ref ?? 'refs/heads/main';
  const sha = given.sha ?? '5f2c1c0a1d6a7a4bb7d5c6de0c8f1f6a0e1d2c3b';
  const workflow = `${repository}/.github/workflows/release.yaml@${ref}`;
  return {
    sub: `repo:${repository}:ref:${ref}`,
    repository,
    ref,
    sha,
    ref_type: 'branch',
    repository_id: '4711',
    repository_owner: repository.split('/')[0] ?? '',
    repository_owner_id: '42',
    repository_visibility: 'public',
    workflow: 'release',
    workflow_ref: workflow,
    workflow_sha: sha,
    job_workflow_ref: workflow,
    job_workflow_sha: sha,
    event_name: 'push',
    run_id: '1234567890',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    ...given,
  };
}

function answer(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
