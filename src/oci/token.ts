import { asRecord, asText } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { isLoopback } from './address.ts';
import { readAnswer, refusalOf } from './answer.ts';
import type { Challenge } from './challenge.ts';
import { basicAuthorization, type Credential } from './credential.ts';
import { RegistryError } from './error.ts';
import type { Exchange, Outgoing } from './exchange.ts';

export interface TokenRequest {
  readonly challenge: Extract<Challenge, { scheme: 'bearer' }>;
  /** Of the registry that asks for the token. */
  readonly registry: URL;
  /** Such as `repository:shop/app:pull`. */
  readonly scope: string;
  readonly credential: Credential | undefined;
}

export interface Token {
  readonly value: string;
  readonly expiresInSeconds: number;
}

const MAX_TOKEN_BYTES = 256 << 10;
/** What the specification has for an answer that doesn't say. */
const DEFAULT_LIFE = 60;

/** Gets a token where the registry says that they are given (the Docker Registry v2 token and OAuth2 specifications). */
export async function fetchToken(exchange: Exchange, request: TokenRequest): Promise<Token> {
  const outgoing = tokenCall(realmOf(request), request);
  const answer = await exchange.send(outgoing);
  if (answer.statusCode !== 200) throw await refusalOf(outgoing, answer);
  const parsed = parseStrictJson(await readAnswer(answer, MAX_TOKEN_BYTES));
  const record = parsed.ok ? asRecord(parsed.value) : undefined;
  const value = asText(record?.token) ?? asText(record?.access_token);
  if (value === undefined || !/^[\x21-\x7e]+$/.test(value)) {
    throw new RegistryError(`${outgoing.url.origin}${outgoing.url.pathname} gave no token`);
  }
  const life = Number(record?.expires_in);
  return { value, expiresInSeconds: life > 0 ? life : DEFAULT_LIFE };
}

/** The address, if it may be asked: over TLS like the registry, and with a credential only beside the registry. */
function realmOf({ challenge, registry, credential }: TokenRequest): URL {
  const no = (why: string): RegistryError =>
    new RegistryError(`${registry.host} names '${challenge.realm}' as the place of its tokens, ${why}`);
  const url = URL.parse(challenge.realm);
  if (url === null || url.username !== '' || url.password !== '') throw no('which is no address');
  const isPlain = url.protocol === 'http:' && registry.protocol === 'http:';
  if (url.protocol !== 'https:' && !(isPlain && (url.hostname === registry.hostname || isLoopback(url)))) {
    throw no('which is not asked over TLS');
  }
  if (credential !== undefined && !isSameSite(url.hostname, registry.hostname)) {
    throw no('and a credential goes only to the registry that it is for and to hosts of the same domain');
  }
  return url;
}

/** The same host, or names below one domain, such as `registry.gitlab.example` and `gitlab.example`. */
function isSameSite(one: string, other: string): boolean {
  if (one === other) return true;
  if (isAddress(one) || isAddress(other)) return false;
  const domains = [parentsOf(one), parentsOf(other)] as const;
  return domains[0].some((domain) => domains[1].includes(domain));
}

const isAddress = (host: string): boolean => host.startsWith('[') || /^[\d.]+$/.test(host);

/** The host and the domain right above it, of at least two labels. */
function parentsOf(host: string): readonly string[] {
  const above = host.slice(host.indexOf('.') + 1);
  return host.includes('.') && above.includes('.') ? [host, above] : [host];
}

function tokenCall(url: URL, { challenge, scope, credential }: TokenRequest): Outgoing {
  const service = challenge.service === undefined ? {} : { service: challenge.service };
  if (credential?.kind === 'identityToken') {
    const refresh = { grant_type: 'refresh_token', refresh_token: credential.token, client_id: 'proviso' };
    const form = new URLSearchParams({ ...service, scope, ...refresh });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: Buffer.from(form.toString()) };
  }
  const asked = new URL(url);
  for (const [name, value] of Object.entries({ ...service, scope })) asked.searchParams.set(name, value);
  if (credential?.kind !== 'password') return { method: 'GET', url: asked, headers: {} };
  const authorization = basicAuthorization(credential.username, credential.password);
  return { method: 'GET', url: asked, headers: { authorization } };
}
