import { readFile } from 'node:fs/promises';
import { Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

/** How to reach the API server right now. */
export interface Credentials {
  readonly server: URL;
  /** The one keep-alive pool; a new one only when a certificate file changed. */
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

/** Gives the credentials of now; those that were read less than a minute ago unless `renew` asks for fresh ones. */
export type CredentialSource = (renew?: boolean) => Promise<Credentials>;

/** Token and certificate files are read again after this time, so that rotation needs no restart. */
const REFRESH_MS = 60_000;
const MAX_SOCKETS = 64;
/** Less than the 90 s after which kube-apiserver closes an idle connection: who closes first should be us. */
const IDLE_MS = 60_000;

interface TlsFiles {
  readonly ca: unknown;
  readonly cert: unknown;
  readonly key: unknown;
}

/** Reads what the kubeconfig points to, at most once a minute. */
export function credentialsOf(config: KubeConfig, now: () => number = () => performance.now()): CredentialSource {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current context with a cluster');
  const server = new URL(cluster.server);
  let current: Promise<Credentials> | undefined;
  let pool: { readonly agent: Agent; readonly files: TlsFiles } | undefined;
  let readAt = 0;

  async function read(): Promise<Credentials> {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const files: TlsFiles = { ca: options.ca, cert: options.cert, key: options.key };
    if (pool === undefined || !sameFiles(pool.files, files)) {
      // The old pool isn't destroyed: a watch may still hold one of its connections.
      pool = { files, agent: agentFor(options, cluster?.tlsServerName) };
    }
    return { server, agent: pool.agent, headers: await authorization(config, options) };
  }

  return (renew = false) => {
    if (current === undefined || renew || now() - readAt > REFRESH_MS) {
      readAt = now();
      const reading = read();
      current = reading;
      // A failed read is tried again at the next call.
      reading.catch(() => {
        if (current === reading) current = undefined;
      });
    }
    return current;
  };
}

const agentFor = ({ ca, cert, key, rejectUnauthorized = true }: RequestOptions, servername: string | undefined) =>
  new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    scheduling: 'lifo',
    timeout: IDLE_MS,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized,
    ...(servername === undefined ? {} : { servername }),
  });

const sameFiles = (a: TlsFiles, b: TlsFiles): boolean =>
  String(a.ca) === String(b.ca) && String(a.cert) === String(b.cert) && String(a.key) === String(b.key);

async function authorization(config: KubeConfig, options: RequestOptions): Promise<Record<string, string>> {
  // The library keeps a token file's content for a minute of its own, in which a rotated token would be refused.
  const tokenFile: unknown = config.getCurrentUser()?.authProvider?.config?.tokenFile;
  if (typeof tokenFile === 'string') {
    return { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` };
  }
  if (typeof options.auth === 'string') {
    return { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` };
  }
  const headers = (options.headers ?? {}) as Readonly<Record<string, string>>;
  const bearer = headers.Authorization ?? headers.authorization;
  return bearer === undefined ? {} : { authorization: bearer };
}
