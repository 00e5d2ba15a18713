import type { IncomingMessage } from 'node:http';
import { drain, refusalOf } from './answer.ts';
import { type Actions, createAuthorizer } from './authorization.ts';
import type { CredentialSource } from './credential.ts';
import { RegistryError } from './error.ts';
import type { Exchange, Outgoing } from './exchange.ts';

/** One call in a repository. */
export interface Call extends Omit<Outgoing, 'url' | 'headers'> {
  /** Below `/v2/NAME/`, or a whole address that the registry gave. */
  readonly to: string | URL;
  readonly actions: Actions;
  readonly headers?: Outgoing['headers'];
}

/** Makes calls in one repository, with what the registry asks for. */
export interface Caller {
  /** Of the calls that are written as paths. */
  readonly base: URL;
  /** An answer below 400 that is no redirect; its body is still to be read. Throws a `RegistryError` for any other. */
  call(call: Call): Promise<IncomingMessage>;
}

export interface CallerOptions {
  readonly registry: URL;
  readonly host: string;
  /** Its name in the registry. */
  readonly repository: string;
  readonly credentials: CredentialSource;
  readonly exchange: Exchange;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Registries redirect to a store once. */
const MAX_REDIRECTS = 4;

export function createCaller(options: CallerOptions): Caller {
  const { registry, repository, exchange } = options;
  const base = new URL(`/v2/${repository}/`, registry);
  const authorizer = createAuthorizer(options);

  /** Nothing is shown to another origin: a store behind a redirect has its own secret in the address. */
  const sendTo = (url: URL, call: Call, authorization: string | undefined): Promise<IncomingMessage> => {
    const shows = authorization !== undefined && url.origin === registry.origin;
    return exchange.send({ ...call, url, headers: { ...call.headers, ...(shows ? { authorization } : {}) } });
  };

  async function authorized(url: URL, call: Call): Promise<IncomingMessage> {
    const answer = await sendTo(url, call, authorizer.known(call.actions));
    const challenge = answer.headers['www-authenticate'];
    if (answer.statusCode !== 401 || challenge === undefined || url.origin !== registry.origin) return answer;
    await drain(answer);
    return sendTo(url, call, await authorizer.answer(challenge, call.actions));
  }

  return {
    base,
    async call(call) {
      let url = checked(new URL(call.to, base), registry);
      for (let count = 0; count <= MAX_REDIRECTS; count++) {
        const answer = await authorized(url, call);
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) return answer;
        const isRead = call.method === 'GET' || call.method === 'HEAD';
        const { location } = answer.headers;
        if (!isRead || !REDIRECTS.has(status) || location === undefined)
          throw await refusalOf({ ...call, url, headers: {} }, answer);
        await drain(answer);
        url = checked(new URL(location, url), registry);
      }
      throw new RegistryError(`${base.href} redirects over ${MAX_REDIRECTS} times`);
    },
  };
}

/** An address that a registry over TLS gives is over TLS too. */
function checked(url: URL, registry: URL): URL {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && registry.protocol === 'http:')) return url;
  throw new RegistryError(`${registry.host} leads to ${url.protocol}//${url.host}, which is not asked over TLS`);
}
