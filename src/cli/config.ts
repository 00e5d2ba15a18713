import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIENCE } from '../api/labels.ts';
import { type Finding, Problem } from '../api/problem.ts';
import type { Credential } from './credential.ts';
import type { Io } from './io.ts';
import { accountOf, isInPod, notMounted, refuseOtherAudience, SERVICE } from './pod.ts';

/** Where the receiver is and as whom to call it. */
export interface Configuration {
  /** `https://host[:port]`, no path. */
  readonly endpoint: URL;
  readonly credential: Credential;
  /** PEM; absent: the certificates that Node trusts. */
  readonly ca?: string;
}

/** What is known beside the endpoint: the workflow that the token was made for. */
export interface Target {
  readonly workflow?: string;
  readonly namespace?: string;
}

/** Where a pod mounts the Secret that the operator makes for a workflow, or a token of its own with parts of that. */
export const DEFAULT_DIR = '/var/run/proviso';

type Settings = Pick<Io, 'env'>;

/** The directory with the Secret's keys: `--dir`, PROVISO_DIR, or the usual mount if it is there. */
function secretDir({ env }: Settings, flag: string | undefined): string | undefined {
  return flag ?? env.PROVISO_DIR ?? (existsSync(DEFAULT_DIR) ? DEFAULT_DIR : undefined);
}

function readKey(dir: string | undefined, key: string): string | undefined {
  if (dir === undefined) return undefined;
  const file = join(dir, key);
  return existsSync(file) ? readText(file, `the directory ${dir}`) : undefined;
}

function readText(file: string, from: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Problem('not-configured', `${from} names ${file}, which can't be read (${why})`, { cause });
  }
}

const present = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text;

/** What is to be shown to the receiver, unless a CI system is asked for it. */
const readToken = ({ env }: Settings, dir: string | undefined): string | undefined =>
  present(env.PROVISO_TOKEN) ?? present(readFileOf(env, 'PROVISO_TOKEN_FILE')) ?? present(readKey(dir, 'token'));

/**
 * Workflow and namespace, as far as they are said. Flags win over the environment, that over the directory, and that over
 * the service account in the token.
 */
export function readTarget(io: Settings, flags: { readonly dir?: string; readonly namespace?: string }): Target {
  const dir = secretDir(io, flags.dir);
  const told = present(io.env.PROVISO_WORKFLOW) ?? present(readKey(dir, 'workflow'));
  const place = flags.namespace ?? present(io.env.PROVISO_NAMESPACE) ?? present(readKey(dir, 'namespace'));
  const account = told === undefined || place === undefined ? accountOf(readToken(io, dir) ?? '') : undefined;
  const { workflow, namespace } = { workflow: told ?? account?.workflow, namespace: place ?? account?.namespace };
  return { ...(workflow === undefined ? {} : { workflow }), ...(namespace === undefined ? {} : { namespace }) };
}

/** Endpoint, credential and CA. Throws `not-configured` with everything that is missing and how to get it. */
export function readConfiguration(io: Settings, flags: { readonly dir?: string }): Configuration {
  const { env } = io;
  const dir = secretDir(io, flags.dir);
  const token = readToken(io, dir);
  if (token !== undefined) refuseOtherAudience(token, dir ?? DEFAULT_DIR);
  const told = present(env.PROVISO_ENDPOINT) ?? present(readKey(dir, 'endpoint'));
  // A pod with nothing but a token of the cluster can only mean the receiver of the cluster.
  const endpoint = told ?? (isInPod(env) && accountOf(token ?? '') !== undefined ? SERVICE : undefined);
  const ca = present(readFileOf(env, 'PROVISO_CA_FILE')) ?? present(readKey(dir, 'ca.crt'));
  const credential = token === undefined ? actionsCredential(env) : ({ kind: 'given', token } as const);
  if (endpoint === undefined || credential === undefined) throw notConfigured(io, dir, { endpoint, credential });
  if (told === undefined && ca === undefined && present(env.NODE_EXTRA_CA_CERTS) === undefined) throw noCa(io, dir);
  return { endpoint: parseEndpoint(endpoint), credential, ...(ca === undefined ? {} : { ca }) };
}

/** GitHub Actions says in the environment of a job with `id-token: write` where it gets tokens. */
function actionsCredential(env: Settings['env']): Credential | undefined {
  const address = present(env.ACTIONS_ID_TOKEN_REQUEST_URL);
  const requestToken = present(env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
  if (address === undefined || requestToken === undefined) return undefined;
  const url = URL.parse(address);
  if (url?.protocol === 'https:' && url.username === '') {
    return { kind: 'githubActions', url, requestToken, audience: present(env.PROVISO_AUDIENCE) ?? AUDIENCE };
  }
  throw new Problem('not-configured', 'ACTIONS_ID_TOKEN_REQUEST_URL is not an https:// address', {
    hint: 'GitHub Actions sets it; a step must not change it',
  });
}

const readFileOf = (env: Settings['env'], name: string): string | undefined => {
  const file = present(env[name]);
  return file === undefined ? undefined : readText(file, name);
};

const FILE_OF = { endpoint: 'endpoint', credential: 'token' } as const;

/** Names below `.svc` are certified by the cluster alone. */
function noCa(io: Settings, dir = DEFAULT_DIR): Problem {
  const missing = { at: `${dir}/ca.crt`, message: 'is not there, and PROVISO_CA_FILE is not set' };
  const message = `nothing says which authority ${SERVICE} has its certificate from`;
  return notMounted(message, [missing], readTarget(io, { dir }), dir);
}

function notConfigured(
  io: Settings,
  dir: string | undefined,
  found: { readonly endpoint: string | undefined; readonly credential: Credential | undefined },
): Problem {
  const target = readTarget(io, dir === undefined ? {} : { dir });
  if (isInPod(io.env)) {
    const place = dir ?? DEFAULT_DIR;
    const keys = (['endpoint', 'credential'] as const).filter((key) => found[key] === undefined);
    const missing = keys.map((key) => ({ at: `${place}/${FILE_OF[key]}`, message: 'is not there' }));
    return notMounted('this pod has not been told how to reach the receiver', missing, target, place);
  }
  const { workflow = 'WORKFLOW', namespace = 'NAMESPACE' } = target;
  const secret = `kubectl -n ${namespace} get secret proviso-${workflow}`;
  const value = (key: string): string => `"$(${secret} -o jsonpath='{.data.${key}}' | base64 -d)"`;
  const errors: Finding[] = [];
  if (found.endpoint === undefined)
    errors.push({ at: 'PROVISO_ENDPOINT', message: `is not set; export PROVISO_ENDPOINT=${value('endpoint')}` });
  if (found.credential === undefined)
    errors.push({
      at: 'PROVISO_TOKEN or PROVISO_TOKEN_FILE',
      message: io.env.GITHUB_ACTIONS
        ? 'is not set, and the job may not request a token; give it permissions: {id-token: write}'
        : `is not set; export PROVISO_TOKEN=${value('token')}`,
    });
  const where = dir === undefined ? `and ${DEFAULT_DIR} is not there` : `and ${dir} lacks it`;
  return new Problem('not-configured', `it is not known how to reach the receiver: no variable says it, ${where}`, {
    errors,
    hint: `Mount the Secret proviso-${workflow} at ${DEFAULT_DIR}, or name a directory with its keys by --dir or PROVISO_DIR, or export the variables above.`,
  });
}

function parseEndpoint(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.pathname !== '/') {
    throw new Problem('not-configured', `the endpoint '${text}' is not of the form https://host:port`, {
      hint: 'The token must not cross the network in the clear, so only https is taken.',
    });
  }
  return url;
}
