import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { AllowedIssuer } from '../../src/oidc/issuers.ts';
import { createCertificateAuthority } from '../../src/pki/authority.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
export type SigningKey = Parameters<InstanceType<typeof CompactSign>['sign']>[0];

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: SigningKey;
  readonly jwk: JWK;
}

export interface Signing {
  readonly key?: IssuerKey;
  /** Beside or instead of `alg`, `kid` and `typ`. */
  readonly header?: object;
}

/** An OIDC issuer over TLS with an authority of its own. What it answers can be exchanged. */
export interface TestIssuer {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** As an installation would allow it. */
  readonly allowed: AllowedIssuer;
  readonly keys: readonly IssuerKey[];
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  /** By path. */
  readonly handlers: Map<string, Handler>;
  /** A signed token. Claims stand beside `iss`, `sub`, `aud`, `iat`, `exp`; of undefined ones the token has none. */
  token(claims?: object, signing?: Signing): Promise<string>;
  stop(): Promise<void>;
}

export const DISCOVERY = '/.well-known/openid-configuration';
export const JWKS = '/keys';

export const json =
  (value: unknown): Handler =>
  (_request, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));

export async function makeKey(alg: string, kid: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Signs whatever text, also one that is no claims. */
export const signText = (text: string, key: IssuerKey, header: object = {}): Promise<string> =>
  new CompactSign(Buffer.from(text))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);

export async function startIssuer(provider?: AllowedIssuer['provider']): Promise<TestIssuer> {
  const now = new Date();
  const authority = await createCertificateAuthority({ commonName: 'issuer', now, days: 1 });
  const serving = await issueServingCertificate(authority, { hosts: ['127.0.0.1'], now, days: 1 });
  const keys = [await makeKey('RS256', 'rsa'), await makeKey('ES256', 'ec')];
  const requests: string[] = [];
  const handlers = new Map<string, Handler>();
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (request, response) => {
    requests.push(request.url ?? '');
    const handler = handlers.get(request.url ?? '');
    if (handler === undefined) response.writeHead(404).end();
    else handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const url = `https://127.0.0.1:${address.port}`;
  handlers.set(DISCOVERY, json({ issuer: url, jwks_uri: `${url}${JWKS}` }));
  handlers.set(JWKS, json({ keys: keys.map(({ jwk }) => jwk) }));
  return {
    url,
    ca: authority.certificate,
    allowed: {
      issuer: url,
      jwksUri: undefined,
      ca: authority.certificate,
      audiences: ['proviso'],
      algorithms: ['RS256', 'ES256', 'ES384', 'PS256', 'EdDSA'],
      provider,
    },
    keys,
    requests,
    handlers,
    token(claims = {}, { key = keys[0] as IssuerKey, header = {} } = {}) {
      const time = Math.floor(Date.now() / 1000);
      const usual = { iss: url, sub: 'repo:o/r:ref:refs/heads/main', aud: 'proviso', iat: time, exp: time + 300 };
      return signText(JSON.stringify({ ...usual, ...claims }), key, header);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
