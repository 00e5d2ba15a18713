import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';
import { type Running, startProcess } from './process.ts';

/** A control plane with the operator and the receiver running as processes, each with its own limited identity. */
export interface Stack {
  readonly controlPlane: ControlPlane;
  readonly endpoint: string;
  readonly processes: readonly Running[];
  stop(): Promise<void>;
}

/** Starts everything and waits until operator and receiver say that they are ready. */
export async function startStack(onStep: (step: string) => void = () => {}): Promise<Stack> {
  onStep('starting etcd and kube-apiserver');
  const controlPlane = await startControlPlane();
  try {
    onStep('applying crds/, config/rbac/ and config/admission/');
    await controlPlane.applyProject();
    const [port, operatorHealth, receiverHealth] = await Promise.all([freePort(), freePort(), freePort()]);
    const endpoint = `https://127.0.0.1:${port}`;
    const kubeconfig = (name: string) => controlPlane.serviceAccountKubeconfig('proviso-system', name);
    onStep('starting operator and receiver, each with its own service account');
    const operatorArgs = ['operator', '--endpoint', endpoint, '--health-port', String(operatorHealth)];
    const receiverArgs = ['receiver', '--port', String(port), '--health-port', String(receiverHealth)];
    const processes = [
      startProcess(
        'operator',
        [...operatorArgs, '--kubeconfig', await kubeconfig('proviso-operator')],
        join(controlPlane.dir, 'operator.log'),
      ),
      startProcess(
        'receiver',
        [...receiverArgs, '--kubeconfig', await kubeconfig('proviso-receiver')],
        join(controlPlane.dir, 'receiver.log'),
      ),
    ];
    await Promise.all([ready('operator', operatorHealth), ready('receiver', receiverHealth)]);
    const stop = async () => {
      await Promise.all(processes.map((running) => running.stop()));
      await controlPlane.stop();
    };
    return { controlPlane, endpoint, processes, stop };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

const ready = (name: string, port: number): Promise<true> =>
  eventually(`readiness of the ${name}`, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    return answer.ok ? true : undefined;
  });
