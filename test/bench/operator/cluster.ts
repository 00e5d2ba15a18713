import { join } from 'node:path';
import { KIND } from '../../../src/api/kinds.ts';
import type { Contract, WorkflowRun } from '../../../src/api/types.gen.ts';
import { connect, type KubeConnection } from '../../../src/kube/connect.ts';
import { startControlPlane } from '../../controlplane/index.ts';
import { buildOperator } from './bundle.ts';
import { CONTRACT, contract, evidenceStore, namespace } from './objects.ts';
import { type BenchedOperator, startOperator } from './process.ts';

/** A control plane with the project applied, a store, and a contract in each namespace; no operator runs yet. */
export interface BenchCluster {
  readonly admin: KubeConnection;
  /** The identity that may write runs and their status: admission keeps even administrators from it. */
  readonly receiver: KubeConnection;
  readonly namespaces: readonly string[];
  /** Starts the bundle with the operator's own limited identity; resolves when it is synced. */
  startOperator(): Promise<BenchedOperator>;
  /** The revision of a namespace's contract, once the operator has made it. */
  revisionIn(home: string): Promise<WorkflowRun['spec']['contract']>;
  stop(): Promise<void>;
}

/** As a tenant with many pipelines has it: a change of one contract then concerns a thousand workflows. */
const WORKFLOWS_PER_NAMESPACE = 1000;

export async function startCluster(size: number, nodeArgs: readonly string[]): Promise<BenchCluster> {
  const plane = await startControlPlane();
  try {
    await plane.applyProject();
    const entry = await buildOperator(join(plane.dir, 'dist'));
    const admin = connect(plane.adminKubeconfig);
    const receiver = connect(await plane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver'));
    const kubeconfig = await plane.serviceAccountKubeconfig('proviso-system', 'proviso-operator');
    const count = Math.max(2, Math.ceil(size / WORKFLOWS_PER_NAMESPACE));
    const namespaces = Array.from({ length: count }, (_, index) => `shop-${index}`);
    await admin.client.create(KIND.EvidenceStore, evidenceStore(join(plane.dir, 'evidence')));
    for (const home of namespaces) {
      await admin.client.create(KIND.Namespace, namespace(home));
      await admin.client.create(KIND.Contract, contract(home));
    }
    return {
      admin,
      receiver,
      namespaces,
      startOperator: () => startOperator({ entry, nodeArgs, kubeconfig, logFile: join(plane.dir, 'operator.log') }),
      async revisionIn(home) {
        const { status } = await admin.client.get<Contract>(KIND.Contract, { namespace: home, name: CONTRACT });
        const { revisionName, revision, revisionDigest: digest } = status ?? {};
        if (revisionName === undefined || revision === undefined || digest === undefined)
          throw new Error(`no revision of the contract in ${home}`);
        return { name: CONTRACT, revision, revisionName, digest };
      },
      stop: plane.stop,
    };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}
