import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

/** A stack with a store, a namespace `shop`, and what a test applies to it. */
export interface Shop {
  readonly stack: Stack;
  readonly http: HttpClient;
  /** kubectl that has to succeed; returns its output. */
  kubectl(args: string, input?: string): Promise<string>;
  /** The token in the Secret that the operator provisioned for a workflow. */
  tokenOf(workflow: string, namespace?: string): Promise<string>;
  run(name: string): Promise<WorkflowRun>;
  runs(): Promise<readonly WorkflowRun[]>;
  /** Digests of every object in the store, and the names of unfinished ones. */
  stored(): Promise<{ readonly blobs: readonly string[]; readonly staging: readonly string[] }>;
  stop(): Promise<void>;
}

export async function openShop(manifests: string, options: StackOptions = {}): Promise<Shop> {
  const stack = await startStack(options);
  const { controlPlane } = stack;
  const evidence = join(controlPlane.dir, 'evidence');
  const kubectl = async (args: string, input?: string): Promise<string> => {
    const options = input === undefined ? {} : { input };
    const { code, stdout, stderr } = await controlPlane.kubectl(args.split(' '), options);
    if (code !== 0) throw new Error(`kubectl ${args}: ${stderr}${stdout}`);
    return stdout;
  };
  try {
    const store = { apiVersion: 'proviso.dev/v1alpha1', kind: 'EvidenceStore', metadata: { name: 'default' } };
    await kubectl('apply -f -', JSON.stringify({ ...store, spec: { default: true, filesystem: { path: evidence } } }));
    await kubectl('create namespace shop');
    await kubectl('apply -n shop -f -', manifests);
    const trust = await kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}');
    const http = createHttpClient(stack.endpoint, trust);
    return {
      stack,
      http,
      kubectl,
      async tokenOf(workflow, namespace = 'shop') {
        await kubectl(`wait -n ${namespace} --for=condition=Ready --timeout=30s workflow.proviso.dev/${workflow}`);
        const base64 = await kubectl(`get secret -n ${namespace} proviso-${workflow} -o jsonpath={.data.token}`);
        return Buffer.from(base64, 'base64').toString('utf8');
      },
      run: async (name) => JSON.parse(await kubectl(`get workflowrun -n shop ${name} -o json`)) as WorkflowRun,
      async runs() {
        const list = JSON.parse(await kubectl('get workflowruns -n shop -o json')) as { items: WorkflowRun[] };
        return list.items;
      },
      async stored() {
        const blobs = await readdir(join(evidence, 'blobs'), { recursive: true }).catch(() => []);
        const staging = await readdir(join(evidence, 'staging')).catch(() => []);
        return {
          blobs: blobs.map((path) => path.split('/').at(-1) ?? '').filter((name) => name.length === 64),
          staging,
        };
      },
      async stop() {
        http.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
