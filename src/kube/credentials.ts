import { Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

/** How to reach the API server right now. */
export interface Credentials {
  readonly server: URL;
  /** The one keep-alive pool; a new one only when a certificate file changed. */
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

/** Token and certificate files are read again after this time, so that rotation needs no restart. */
const REFRESH_MS = 60_000;
const MAX_SOCKETS = 64;

interface TlsFiles {
  readonly ca: unknown;
  readonly cert: unknown;
  readonly key: unknown;
}

/** Reads what the kubeconfig points to, at most once a minute. */
export function credentialsOf(config: KubeConfig, now: () => number = () => performance.now()) {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current context with a cluster');
  const server = new URL(cluster.server);
  let current: Promise<Credentials> | undefined;
  let agent: { readonly agent: Agent; readonly files: TlsFiles } | undefined;
  let readAt = 0;

  async function read(): Promise<Credentials> {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const files: TlsFiles = { ca: options.ca, cert: options.cert, key: options.key };
    if (agent === undefined || !sameFiles(agent.files, files)) {
      // The old pool isn't destroyed: a watch may still hold one of its connections.
      agent = {
        files,
        agent: new Agent({
          keepAlive: true,
          maxSockets: MAX_SOCKETS,
          scheduling: 'lifo',
          ...(options.ca === undefined ? {} : { ca: options.ca }),
          ...(options.cert === undefined ? {} : { cert: options.cert }),
          ...(options.key === undefined ? {} : { key: options.key }),
          rejectUnauthorized: options.rejectUnauthorized ?? true,
          ...(cluster?.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
        }),
      };
    }
    return { server, agent: agent.agent, headers: authorization(options) };
  }

  return (): Promise<Credentials> => {
    if (current === undefined || now() - readAt > REFRESH_MS) {
      readAt = now();
      current = read();
      // A failed read is tried again at the next call.
      current.catch(() => {
        current = undefined;
      });
    }
    return current;
  };
}

const sameFiles = (a: TlsFiles, b: TlsFiles): boolean =>
  String(a.ca) === String(b.ca) && String(a.cert) === String(b.cert) && String(a.key) === String(b.key);

function authorization(options: RequestOptions): Record<string, string> {
  if (typeof options.auth === 'string') {
    return { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` };
  }
  const headers = (options.headers ?? {}) as Readonly<Record<string, string>>;
  const bearer = headers.Authorization ?? headers.authorization;
  return bearer === undefined ? {} : { authorization: bearer };
}
