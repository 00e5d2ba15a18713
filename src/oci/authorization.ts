import { parseChallenge } from './challenge.ts';
import { basicAuthorization, type Credential, type CredentialSource } from './credential.ts';
import { RegistryError } from './error.ts';
import type { Exchange } from './exchange.ts';
import { fetchToken } from './token.ts';

/** What a call does in a repository, as the scope of a token says it. */
export type Actions = 'pull' | 'pull,push' | 'delete';

/** Gives the calls in one repository what they have to show. */
export interface Authorizer {
  /** The value of `Authorization` that was taken last time. */
  known(actions: Actions): string | undefined;
  /** A new one, by the `WWW-Authenticate` of a refusal. Throws a `RegistryError` that says what is missing. */
  answer(challenge: string, actions: Actions): Promise<string>;
}

export interface AuthorizerOptions {
  readonly registry: URL;
  /** As it is written in references; credentials are kept under it. */
  readonly host: string;
  readonly repository: string;
  readonly credentials: CredentialSource;
  readonly exchange: Exchange;
}

/** A token that ends so soon may be over when it arrives. */
const MARGIN_MS = 10_000;

export function createAuthorizer({ registry, host, repository, credentials, exchange }: AuthorizerOptions): Authorizer {
  const taken = new Map<Actions, { readonly value: string; readonly until: number }>();

  async function answer(header: string, actions: Actions): Promise<string> {
    taken.delete(actions);
    const credential = await credentials(host, repository);
    const challenge = parseChallenge(header);
    if (challenge === undefined) throw new RegistryError(`${host} asks for a login in a way that is not known here`);
    const value =
      challenge.scheme === 'basic' || credential?.kind === 'registryToken'
        ? shown(credential, host)
        : await bearer({ challenge, registry, scope: `repository:${repository}:${actions}`, credential });
    if (typeof value !== 'string') return remember(actions, `Bearer ${value.value}`, value.expiresInSeconds * 1000);
    return remember(actions, value, Number.POSITIVE_INFINITY);
  }

  const bearer = (request: Parameters<typeof fetchToken>[1]) => fetchToken(exchange, request);

  function remember(actions: Actions, value: string, lifeMs: number): string {
    taken.set(actions, { value, until: Date.now() + lifeMs - MARGIN_MS });
    return value;
  }

  return {
    known(actions) {
      const one = taken.get(actions);
      return one !== undefined && one.until > Date.now() ? one.value : undefined;
    },
    answer,
  };
}

/** What is shown to the registry itself. */
function shown(credential: Credential | undefined, host: string): string {
  if (credential?.kind === 'password') return basicAuthorization(credential.username, credential.password);
  if (credential?.kind === 'registryToken') return `Bearer ${credential.token}`;
  const found = credential === undefined ? 'there is none' : 'there is only a token of another kind';
  throw new RegistryError(`${host} asks for a name and a password, and ${found}`, { status: 401 });
}
