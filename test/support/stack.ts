import { once } from 'node:events';
import { join } from 'node:path';
import { OPERATOR_NODE_FLAGS } from '../../src/operator/node-flags.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';
import { type Running, startProcess } from './process.ts';
import { useSecretsOf } from './secrets.ts';

export type ProcessName = 'operator' | 'receiver';

const NODE_FLAGS: Readonly<Record<ProcessName, readonly string[]>> = { operator: OPERATOR_NODE_FLAGS, receiver: [] };

/** A control plane with the operator and the receiver running as processes, each with its own limited identity. */
export interface Stack {
  readonly controlPlane: ControlPlane;
  readonly endpoint: string;
  readonly processes: readonly Pick<Running, 'name' | 'logFile'>[];
  /** The number that the process has now. */
  pid(name: ProcessName): number;
  /** Where the process says how it is: `/livez`, `/readyz` and `/metrics`. */
  healthPort(name: ProcessName): number;
  /** Ends a process with SIGKILL and starts it again; resolves when it is ready. */
  killAndRestart(name: ProcessName): Promise<void>;
  /** Ends a process with SIGTERM; resolves with its exit code. */
  terminate(name: ProcessName): Promise<number | null>;
  stop(): Promise<void>;
}

interface Slot {
  readonly name: ProcessName;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly healthPort: number;
}

export interface StackOptions {
  readonly onStep?: (step: string) => void;
  /** The list of allowed OIDC issuers. */
  readonly oidcIssuers?: string;
  /** Where finished runs are kept; the operator then removes none that isn't there. */
  readonly archive?: string;
  /** Where besides the internet events may be told. */
  readonly eventEndpoints?: string;
  /** The folder in which both write down decisions, each in a file `NAME-audit.log`. */
  readonly auditLogs?: string;
}

/** Starts everything and waits until operator and receiver say that they are ready. */
export async function startStack({
  onStep = () => {},
  oidcIssuers,
  archive,
  eventEndpoints,
  auditLogs,
}: StackOptions = {}): Promise<Stack> {
  onStep('starting etcd and kube-apiserver');
  const controlPlane = await startControlPlane();
  const running = new Map<ProcessName, Running>();
  const stop = async () => {
    try {
      await useSecretsOf(controlPlane);
      await Promise.all([...running.values()].map((each) => each.stop()));
    } finally {
      await controlPlane.stop();
    }
  };
  try {
    onStep('applying crds/, config/rbac/ and config/admission/');
    await controlPlane.applyProject();
    const port = await freePort();
    const endpoint = `https://127.0.0.1:${port}`;
    const issuers = oidcIssuers === undefined ? [] : ['--oidc-issuers', oidcIssuers];
    const archived = archive === undefined ? [] : ['--archived-only'];
    const archives = archive === undefined ? [] : ['--archive', archive];
    const events = eventEndpoints === undefined ? [] : ['--event-endpoints', eventEndpoints];
    const audit = (name: ProcessName) =>
      auditLogs === undefined ? [] : ['--audit-log-path', join(auditLogs, `${name}-audit.log`)];
    const slots: Readonly<Record<ProcessName, Slot>> = {
      operator: await slotFor(controlPlane, 'operator', [
        '--endpoint',
        endpoint,
        ...issuers,
        ...archived,
        ...audit('operator'),
      ]),
      receiver: await slotFor(controlPlane, 'receiver', [
        '--port',
        String(port),
        ...issuers,
        ...archives,
        ...events,
        ...audit('receiver'),
      ]),
    };
    const start = (name: ProcessName): Promise<true> => {
      const { args, logFile, healthPort } = slots[name];
      running.set(name, startProcess(name, [name, ...args], logFile, [...NODE_FLAGS[name], 'src/main.ts']));
      return ready(name, healthPort);
    };
    onStep('starting operator and receiver, each with its own service account');
    await Promise.all([start('operator'), start('receiver')]);
    return {
      controlPlane,
      endpoint,
      processes: Object.values(slots),
      pid: (name) => running.get(name)?.child.pid ?? 0,
      healthPort: (name) => slots[name].healthPort,
      async killAndRestart(name) {
        const child = running.get(name)?.child;
        if (child !== undefined && child.exitCode === null) {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }
        await start(name);
      },
      terminate: (name) => running.get(name)?.stop() ?? Promise.resolve(null),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function slotFor(controlPlane: ControlPlane, name: ProcessName, args: readonly string[]): Promise<Slot> {
  const healthPort = await freePort();
  const kubeconfig = await controlPlane.serviceAccountKubeconfig('proviso-system', `proviso-${name}`);
  const common = ['--health-port', String(healthPort), '--kubeconfig', kubeconfig];
  return { name, args: [...args, ...common], logFile: join(controlPlane.dir, `${name}.log`), healthPort };
}

const ready = (name: string, port: number): Promise<true> =>
  eventually(`readiness of the ${name}`, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    return answer.ok ? true : undefined;
  });
