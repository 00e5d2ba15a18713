import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { findBinaries } from './binaries.ts';
import { type Child, spawnChild } from './child.ts';
import { type CommandOptions, type CommandResult, runCommand } from './command.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { applyProject } from './project.ts';
import { requestToken, type TokenOptions } from './tokens.ts';

export type { CommandResult } from './command.ts';
export type { TokenOptions } from './tokens.ts';

/** A real etcd and kube-apiserver of one's own, with RBAC and everything a cluster's API server does. */
export interface ControlPlane {
  readonly server: string;
  readonly adminKubeconfig: string;
  readonly kubectlPath: string;
  /** A temporary directory that is gone after `stop`. */
  readonly dir: string;
  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Applies `crds/`, `config/rbac/` and `config/admission/` and waits until they are in force. */
  applyProject(): Promise<void>;
  /** A kubeconfig with a token for the API server of a service account, which is created if need be. */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  serviceAccountToken(namespace: string, name: string, options?: TokenOptions): Promise<string>;
  /** Stops the API server, with SIGKILL if `hard`, and starts it again on the same port and data. */
  restart(hard?: boolean): Promise<void>;
  /** Kills etcd and the API server with SIGKILL, lets `work` change etcd's data directory, and starts both again. */
  outage(work?: (data: string) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** More flags for kube-apiserver. */
  readonly apiServerArgs?: readonly string[];
}

/** Starts a control plane and waits until it is ready. A failed start throws with the server's own last lines. */
export async function startControlPlane(options: StartOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries();
  console.error(`# control plane: ${binaries.from}`);
  const dir = await mkdtemp(join(tmpdir(), 'proviso-controlplane-'));
  const children: Child[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) await child.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const ports = { etcd: await freePort(), peer: await freePort(), api: await freePort() };
    const etcd = startEtcd(binaries.directory, dir, ports);
    children.push(etcd);
    const adminToken = crypto.randomUUID();
    await writeFile(join(dir, 'tokens.csv'), `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 });
    await writeFile(join(dir, 'service-accounts.key'), signingKey(), { mode: 0o600 });
    const api = startApiServer(binaries.directory, dir, ports, options.apiServerArgs ?? []);
    children.push(api);
    const server = `https://127.0.0.1:${ports.api}`;
    await api.untilReady(`${server}/readyz`, etcd);
    const caFile = join(dir, 'apiserver.crt');
    const adminKubeconfig = await writeKubeconfig(dir, 'admin', { server, caFile, token: adminToken });
    const kubectlPath = join(binaries.directory, 'kubectl');
    const kubectl = (args: readonly string[], o: CommandOptions = {}) =>
      runCommand(kubectlPath, args, { ...o, kubeconfig: o.kubeconfig ?? adminKubeconfig });
    const serviceAccountToken = (namespace: string, name: string, o: TokenOptions = {}) =>
      requestToken(kubectl, namespace, name, o);
    return {
      server,
      adminKubeconfig,
      kubectlPath,
      dir,
      kubectl,
      serviceAccountToken,
      applyProject: () => applyProject(kubectl),
      serviceAccountKubeconfig: async (namespace, name) => {
        const token = await serviceAccountToken(namespace, name);
        return writeKubeconfig(dir, `${namespace}-${name}`, { server, caFile, token });
      },
      restart: async (hard = false) => {
        await api.restart(hard);
        await api.untilReady(`${server}/readyz`, etcd);
      },
      outage: async (work = async () => {}) => {
        await api.stop('SIGKILL');
        await etcd.stop('SIGKILL');
        await work(join(dir, 'etcd'));
        await etcd.restart(true);
        await api.restart(true);
        await api.untilReady(`${server}/readyz`, etcd);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The key that signs service account tokens. */
const signingKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString();

interface Ports {
  readonly etcd: number;
  readonly peer: number;
  readonly api: number;
}

function startEtcd(binaries: string, dir: string, ports: Ports): Child {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return spawnChild('etcd', join(binaries, 'etcd'), [
    ...['--name', 'test', '--data-dir', join(dir, 'etcd'), '--logger', 'zap', '--log-level', 'warn'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `test=${peer}`],
    // A test cluster needn't survive a power cut.
    '--unsafe-no-fsync',
  ]);
}

function startApiServer(binaries: string, dir: string, ports: Ports, more: readonly string[]): Child {
  return spawnChild('kube-apiserver', join(binaries, 'kube-apiserver'), [
    ...['--etcd-servers', `http://127.0.0.1:${ports.etcd}`, '--secure-port', String(ports.api)],
    ...['--bind-address', '127.0.0.1', '--endpoint-reconciler-type', 'none', '--cert-dir', dir],
    ...['--service-account-issuer', 'https://kubernetes.default.svc'],
    ...['--service-account-key-file', join(dir, 'service-accounts.key')],
    ...['--service-account-signing-key-file', join(dir, 'service-accounts.key')],
    ...['--token-auth-file', join(dir, 'tokens.csv'), '--authorization-mode', 'RBAC'],
    ...['--service-cluster-ip-range', '10.96.0.0/16', '--disable-admission-plugins', 'ServiceAccount'],
    ...['--anonymous-auth=true', '--allow-privileged=true', '--v=0', ...more],
  ]);
}
